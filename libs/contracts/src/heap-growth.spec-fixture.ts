import { CompiledContracts } from './compiled-contracts.js';

// Run with --expose-gc: prints how the heap grows while many schemas pass through a small cache, and when it is emptied.
const collect = globalThis.gc as unknown as (options: object) => void;
const PROPERTIES = Number(process.env['PROPERTIES'] ?? 5);
const COUNT = Number(process.env['SCHEMAS'] ?? 2_000);
const cache = new CompiledContracts({ contracts: Number(process.env['CONTRACTS'] ?? 20) });

function use(from: number, to: number): void {
  for (let n = from; n < to; n += 1) {
    const text = schema(n);
    cache.get(String(n), { text }).validate({});
  }
}

function schema(n: number): string {
  const properties = Array.from({ length: PROPERTIES }, (_, p) => [
    `p${p}`,
    { type: 'string', maxLength: n + p },
  ]);
  return JSON.stringify({ properties: Object.fromEntries(properties) });
}

function heap(): number {
  // V8 keeps generated code for reuse until memory is short; this collection is the one it makes then.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return process.memoryUsage().heapUsed;
}

use(0, 50);
cache.clear();
const before = heap();
use(50, COUNT);
const full = heap();
const estimate = cache.bytes;
cache.clear();
const after = heap();
process.stdout.write(JSON.stringify({ grown: full - before, estimate, left: after - before }));
