import type { RunningService } from '#service';
import { testDatabase } from '#testing';
import { start } from '../app.js';

export interface SpecRegistry {
  url: string;
  stop(): Promise<void>;
}

/** A registry as a team would run it beside its Kafka: alone on an empty PostgreSQL, by default without accounts. */
export async function specRegistry(
  env: Record<string, string> = { REGISTRY_AUTH: 'off' },
): Promise<SpecRegistry> {
  const database = await testDatabase();
  let service: RunningService;
  try {
    service = await start({
      ...{ HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'fatal', DATABASE_URL: database.url },
      ...{ WASL_TOKEN_ISSUER: 'http://directory.test', ...env },
    });
  } catch (error) {
    await database.drop();
    throw error;
  }
  return {
    url: service.url,
    stop: async () => {
      await service.close();
      await database.drop();
    },
  };
}
