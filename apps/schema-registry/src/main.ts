import { start } from './app.js';

const service = await start(process.env);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void service.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
