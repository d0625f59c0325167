import { afterEach, describe, expect, it } from 'vitest';
import { lintContractFile, lintContractSchema } from '../house-rules/lint-contract.js';
import { SchemaWorkers, type SchemaWorkersOptions } from './schema-workers.js';

const pools: SchemaWorkers[] = [];
function workers(options: Partial<SchemaWorkersOptions> = {}): SchemaWorkers {
  // The machine that runs specs may be slow: a task that is to succeed gets time.
  const pool = new SchemaWorkers({ workers: 1, timeoutMs: 20_000, ...options });
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

/** As large as the linter lets pass: compiling it takes hundreds of milliseconds and many megabytes. */
const heavy = {
  text: JSON.stringify({
    properties: Object.fromEntries(
      Array.from({ length: 900 }, (_, n) => [
        `p${n}`,
        { anyOf: [{ type: 'string', maxLength: n }, { enum: [1, 2] }, { pattern: '^a' }] },
      ]),
    ),
  }),
};
const light = { text: '{"type":"string"}' };

describe('SchemaWorkers', { timeout: 90_000 }, () => {
  it('check schemas with their references', async () => {
    const pool = workers();
    expect(await pool.compileCheck(light)).toEqual([]);
    expect(await pool.compileCheck({ text: '{"$ref":"a"}', references: new Map([['a', '{}']]) })).toEqual([]);
    expect(await pool.compileCheck({ text: '{"$ref":"a"}' })).toMatchObject([
      { pointer: '/$ref', rule: '$ref' },
    ]);
  });

  it('validate examples', async () => {
    const pool = workers();
    expect(await pool.run('validate-examples', { ...light, payloads: ['a', 1] })).toMatchObject({
      done: true,
      value: [[], [{ pointer: '', rule: 'type' }]],
    });
    await expect(pool.run('validate-examples', { text: '[]', payloads: [] })).rejects.toMatchObject({
      code: 'invalid-schema',
      violations: [expect.objectContaining({ rule: 'type' })],
    });
    await expect(pool.run('validate-examples', { ...light, payloads: [() => 1] })).rejects.toThrow('cloned');
    expect(await pool.compileCheck(light)).toEqual([]);
  });

  it('give semantic verdicts', async () => {
    const question = {
      candidate: light,
      previous: [{ text: 'true', version: 1 }],
      level: 'BACKWARD' as const,
    };
    expect(await workers().run('semantic', question)).toMatchObject({
      done: true,
      value: { verdict: 'incompatible' },
    });
  });

  it('judge by the house rules; what breaks a bound is one finding', async () => {
    const schema = { file: 'a.json', ...light };
    const contract = { file: 'c.yaml', text: 'name: x' };
    const examples = { valid: [{ file: 'v.json', text: '1' }], invalid: [] };
    const pool = workers();
    expect(await pool.houseFindings({ schema })).toEqual(lintContractSchema(light.text, 'a.json'));
    const national = { national: true };
    const texts = { schema, contract, examples };
    expect(await pool.houseFindings(texts, national)).toEqual(lintContractFile(texts, national));
    const slow = workers({ timeoutMs: 30 });
    expect(await slow.houseFindings({ schema: { file: 'a.json', ...heavy } })).toEqual([
      expect.objectContaining({
        ...{ file: 'a.json', line: 1, pointer: '', rule: 'safety', severity: 'error' },
        message: 'cannot be judged within 0.03 s',
      }),
    ]);
  });

  it('end what takes too long, and go on', async () => {
    const pool = workers({ timeoutMs: 30 });
    const [slow, next] = await Promise.all([
      pool.compileCheck(heavy),
      pool.run('validate-examples', { text: 'true', payloads: [] }),
    ]);
    expect(slow).toEqual([{ pointer: '', rule: 'complexity', message: 'cannot be compiled within 0.03 s' }]);
    expect(next).toBeDefined();
  });

  it('end what takes too much memory, and go on', async () => {
    const pool = workers({ memoryMb: 24 });
    const payloads = Array.from({ length: 10 }, (_, n) => String(n).repeat(8_000_000));
    expect(await pool.run('validate-examples', { ...light, payloads })).toEqual({
      done: false,
      bound: 'memory',
      within: 'within 24 MB of memory',
    });
    expect(await pool.compileCheck(light)).toEqual([]);
  });

  it('refuse more tasks than may wait', async () => {
    const pool = workers({ queue: 1 });
    const running = pool.compileCheck(light);
    const waiting = pool.compileCheck(light);
    await expect(pool.compileCheck(light)).rejects.toMatchObject({ code: 'too-many-requests' });
    expect(await Promise.all([running, waiting])).toEqual([[], []]);
  });

  it('end when idle, and come back', async () => {
    const pool = workers({ idleMs: 1 });
    await pool.compileCheck(light);
    await expect.poll(() => pool.size, { timeout: 20_000 }).toBe(0);
    expect(await pool.compileCheck(light)).toEqual([]);
  });

  it('are unavailable once closed, running tasks too', async () => {
    const pool = workers();
    const running = pool.compileCheck(heavy);
    const waiting = pool.compileCheck(light);
    await Promise.all([
      pool.close(),
      expect(running).rejects.toMatchObject({ code: 'unavailable' }),
      expect(waiting).rejects.toMatchObject({ code: 'unavailable' }),
    ]);
    await expect(pool.compileCheck(light)).rejects.toMatchObject({ code: 'unavailable' });
    expect(pool.size).toBe(0);
  });
});
