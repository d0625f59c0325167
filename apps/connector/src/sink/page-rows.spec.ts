import { describe, expect, it } from 'vitest';
import type { PulledMessage } from '#client';
import { rowMapper } from '../mapping/payload-to-row.js';
import { pageRows } from './page-rows.js';

const mapper = rowMapper({
  contract: { topic: 'a.b.v1' },
  table: { name: 't' },
  key: ['code'],
  columns: [
    { column: 'code', pointer: '/code', type: 'text' },
    { column: 'name', pointer: '/name', type: 'text' },
  ],
});
let offset = 0n;
const message = (op: 'put' | 'delete', key: string, payload = ''): PulledMessage => ({
  id: `${offset}`,
  topic: 'a.b.v1',
  op,
  key,
  source: '',
  time: '',
  dataschema: '',
  payload: Buffer.from(payload),
  manifest: '',
  evidence: '',
  partition: 0,
  offset: offset++,
});
const put = (code: string, name: string) => message('put', code, JSON.stringify({ code, name }));

describe('pageRows', () => {
  it('keeps the last word on every key', () => {
    const rows = pageRows([put('1', 'a'), put('2', 'b'), put('1', 'c'), message('delete', '2')], mapper);
    expect(rows.upserts.map(({ row }) => row)).toEqual([['1', 'c']]);
    expect(rows.deletes.map(({ key }) => key)).toEqual([['2']]);
  });

  it('lets a record come back after its deletion', () => {
    const rows = pageRows([message('delete', '1'), put('1', 'again')], mapper);
    expect(rows.upserts).toHaveLength(1);
    expect(rows.deletes).toHaveLength(0);
  });

  it('sets aside what fits no row and keeps the earlier version of that key', () => {
    const rows = pageRows([put('1', 'a'), message('put', '1', '{"code":1}')], mapper);
    expect(rows.upserts.map(({ row }) => row)).toEqual([['1', 'a']]);
    expect(rows.unmappable).toMatchObject([{ stage: 'TASK_PUT', position: { partition: 0 } }]);
  });
});
