import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CompiledContracts } from './compiled-contracts.js';
import { SOURCE_ARGUMENTS } from './isolation/worker-start.js';

const text = '{"type":"string"}';

describe('CompiledContracts', () => {
  it('compiles each contract once', () => {
    const cache = new CompiledContracts();
    expect(cache.get('a', { text })).toBe(cache.get('a', { text }));
    expect(cache.get('b', { text })).not.toBe(cache.get('a', { text }));
    expect(cache.size).toBe(2);
  });

  it('compiles with references', () => {
    const source = { text: '{"$ref":"a"}', references: new Map([['a', text]]) };
    expect(new CompiledContracts().get('a', source).validate(1)).toHaveLength(1);
  });

  it('drops what was used longest ago, by number and by memory', () => {
    const few = new CompiledContracts({ contracts: 2 });
    const a = few.get('a', { text });
    few.get('b', { text });
    few.get('a', { text });
    few.get('c', { text });
    expect(few.get('a', { text })).toBe(a);
    expect(few.size).toBe(2);

    const small = new CompiledContracts({ bytes: 1_000_000 });
    const large = JSON.stringify({ description: 'x'.repeat(5_000) });
    for (let n = 0; n < 10; n += 1) small.get(String(n), { text: large });
    expect(small.size).toBe(2);
    expect(small.bytes).toBeLessThanOrEqual(1_000_000);
    const larger = JSON.stringify({ description: 'x'.repeat(50_000) });
    expect(small.get('larger', { text: larger }).validate(1)).toEqual([]);
    expect(small.bytes).toBeLessThanOrEqual(1_000_000);
  });

  it('keeps nothing of a schema that cannot be compiled', () => {
    const cache = new CompiledContracts();
    for (let n = 0; n < 2; n += 1)
      expect(() => cache.get('a', { text: '{"type":1}' })).toThrow(
        expect.objectContaining({ code: 'invalid-schema' }),
      );
    expect(cache.size).toBe(0);
  });

  it('gives memory back: 2,000 schemas through a cache of 20', async () => {
    const script = join(import.meta.dirname, 'heap-growth.spec-fixture.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...SOURCE_ARGUMENTS,
      '--expose-gc',
      script,
    ]);
    const { grown, estimate, left } = JSON.parse(stdout) as Record<string, number>;
    const megabyte = 1024 * 1024;
    // 2,000 contracts that stay would take 80 MB.
    expect(grown).toBeLessThan(8 * megabyte);
    expect(estimate).toBeLessThan(2 * megabyte);
    expect(left).toBeLessThan(4 * megabyte);
  }, 240_000);
});
