import { describe, expect, it } from 'vitest';
import type { SourceFlow } from '../registry/registry-spec.js';
import { rowPreparer } from './row-submission.js';

const flow: SourceFlow = {
  contract: { topic: 'a.b.v1', version: 1 },
  table: { name: 't' },
  key: ['k'],
  watermarkColumn: 'w',
  columns: [{ column: 'k', pointer: '/k', type: 'text' }],
};
const prepare = rowPreparer(flow, {
  system: 'urn:wasl:dz:interior:civil-registry',
  connector: 'births',
  saltSecret: Buffer.alloc(32, 1),
});
const row = (key: string, deleted = false) =>
  prepare({ key: [key], values: [key], watermark: '2026-01-01', deleted });

describe('rowPreparer', () => {
  it.each(['a', 'a b', 'é', 'بلدية', 'x'.repeat(256)])('submits a row under the key %j', (key) => {
    expect(row(key).submission).toMatchObject({ key, op: 'put' });
  });

  it.each(['', 'a\tb', 'a\nb', '\r', 'a\u0085b', '\u007f', 'x'.repeat(257)])(
    'dead-letters a row and a deletion under the key %j, which the gateway would refuse',
    (key) => {
      for (const deleted of [false, true]) {
        expect(row(key, deleted).deadLetter).toMatchObject({
          stage: 'TRANSFORMATION',
          code: 'payload-invalid',
          reasons: [{ rule: 'message-key' }],
        });
      }
    },
  );

  it('gives the same submission for the same row', () => {
    expect(row('a')).toEqual(row('a'));
  });
});
