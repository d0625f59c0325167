import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './bench-report.js';
import type { Served } from './bench-servers.js';
import type { LoadGenerator } from './load-generator.js';
import type { RegistryOrder } from './registry-material.js';

/** A registry that holds many schemas: how it starts, and what memory it takes. */
export interface Scale {
  schemas: number;
  /** Registrations a second while the database was filled. */
  filledPerSecond: number;
  /** Medians. */
  startMs: number;
  idleMegabytes: number;
  /** After look-ups of as many different ids as `LOOK_UPS`. */
  usedMegabytes: number;
  coldPerSecond: number;
}

const LOOK_UPS = 10_000;
const BATCH = 10_000;
const TARGET = { connections: 64 };

/** Registers until the database holds that many schemas. @returns registrations a second */
export async function fill(
  generator: LoadGenerator<RegistryOrder>,
  registry: Served,
  { from, until }: { from: number; until: number },
): Promise<number> {
  const began = performance.now();
  let sent = 0;
  for (; from + sent < until; sent += BATCH) {
    const requests = Math.min(BATCH, until - from - sent);
    const order = { ...TARGET, port: registry.port, requests };
    await generator.load({ what: 'distinct', from: 20_000_000 + from + sent, ...order });
    process.stderr.write(`  ${from + sent + requests} schemas\n`);
  }
  return sent === 0 ? NaN : (Math.max(0, until - from) * 1_000) / (performance.now() - began);
}

/** Starts the registry again and again over what the database holds. */
export async function measureScale(
  generator: LoadGenerator<RegistryOrder>,
  start: () => Promise<Served>,
  { schemas, rounds }: { schemas: number; rounds: number },
): Promise<Omit<Scale, 'filledPerSecond'>> {
  const seen = { start: [] as number[], idle: [] as number[], used: [] as number[], cold: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const registry = await start();
    await sleep(2_000);
    seen.start.push(registry.startedIn);
    seen.idle.push(registry.memory());
    // Spread over all ids by a step that shares no factor with their number; each one once.
    const paths = Array.from(
      { length: Math.min(LOOK_UPS, schemas) },
      (_, n) => `/schemas/ids/${1 + ((n * 7_919 + round) % schemas)}`,
    );
    const order = { ...TARGET, port: registry.port, requests: paths.length };
    const result = await generator.load({ what: 'get', paths, ...order });
    if ((result.statuses['200'] ?? 0) < 0.9 * paths.length)
      throw new Error(`look-ups: answers ${JSON.stringify(result.statuses)}`);
    seen.cold.push(result.perSecond);
    seen.used.push(registry.memory());
    await registry.stop();
  }
  return {
    schemas,
    startMs: median(seen.start),
    idleMegabytes: median(seen.idle),
    usedMegabytes: median(seen.used),
    coldPerSecond: median(seen.cold),
  };
}
