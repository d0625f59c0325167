import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningService } from '#service';
import { createInstallation } from './installation.js';
import { runMainJob } from './job/main-job.js';
import { HELP, readOptions, type Options } from './options.js';
import { step } from './progress.js';
import { printAddresses, printReport } from './report.js';
import { prepareRegistries } from './job/registries.js';
import { startServers, type Servers } from './servers.js';
import {
  requireServicePorts,
  serviceSettings,
  startServices,
  stopServices,
  writeEnvironment,
} from './services.js';
import { SetupProblem } from './setup-problem.js';
import { claimFolder, OWNER_FILE } from './state-folder.js';

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopped.signal.aborted) process.exit(130);
    console.log('\nStopping … (once more to force it)');
    stopped.abort();
  });
}

const untilStopped = () =>
  new Promise<void>((resolve) => {
    if (stopped.signal.aborted) resolve();
    else stopped.signal.addEventListener('abort', () => resolve());
  });

/** Empties the state folder, all but the mark that this run holds it. */
function forget(folder: string): void {
  for (const entry of readdirSync(folder)) {
    if (entry !== OWNER_FILE) rmSync(join(folder, entry), { recursive: true, force: true });
  }
}

async function run(options: Options): Promise<number> {
  const started = performance.now();
  const claim = claimFolder(options.state);
  if (options.fresh) forget(options.state);
  let servers: Servers | undefined;
  let services: RunningService[] = [];
  try {
    await requireServicePorts(options);
    const installation = createInstallation(options.state);
    servers = await step('PostgreSQL and Kafka', (say) => startServers(options, process.env, say));
    const { brokers } = servers;
    const databases = await prepareRegistries(servers);
    const wasl = await servers.database('wasl');
    const environment = writeEnvironment(options, wasl);
    const settings = serviceSettings(options, installation, environment, brokers, wasl, databases.secrets);
    services = await step('services', () => startServices(settings));
    const report = await runMainJob({ installation, environment, databases, stopped: stopped.signal });
    printReport(report, performance.now() - started);
    if (options.once) return report.asExpected ? 0 : 1;
    printAddresses(options, environment, report);
    await untilStopped();
    return 0;
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    return 130;
  } finally {
    await stopServices(services);
    await servers?.stop();
    claim.release();
  }
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(HELP);
  else {
    console.log('\nWasl · وصل\n');
    process.exitCode = await run(options);
  }
} catch (error) {
  process.exitCode = 1;
  if (error instanceof SetupProblem) console.error(`\n${error.what}\n→ ${error.wayOut}\n`);
  else console.error(error);
}
process.exit();
