import { describe, expect, it } from 'vitest';
import type { ColumnMapping, SourceFlow } from '../registry/registry-spec.js';
import { rowMapper } from './payload-to-row.js';
import { MappingError, payloadBuilder } from './row-to-payload.js';

const columns: ColumnMapping[] = [
  { column: 'code', pointer: '/code', type: 'text' },
  { column: 'name_fr', pointer: '/names/fr', type: 'text' },
  { column: 'name_ar', pointer: '/names/ar', type: 'text' },
  { column: 'sex', pointer: '/sex', type: 'integer' },
  { column: 'area', pointer: '/area', type: 'number' },
  { column: 'presumed', pointer: '/presumed', type: 'boolean' },
  { column: 'since', pointer: '/since', type: 'date' },
  { column: 'at', pointer: '/at', type: 'timestamp' },
  { column: 'replaces', pointer: '/replaces', type: 'json' },
];
const flow: SourceFlow = {
  contract: { topic: 'a.b.v1', version: 1 },
  table: { name: 't' },
  key: ['code'],
  watermarkColumn: 'w',
  columns,
};
const full = [
  '16',
  'Alger',
  'الجزائر',
  '2',
  '12.5',
  'true',
  '2026-01-31',
  '2026-01-31 10:00:00.25+00',
  '["15"]',
];

describe('rows and payloads', () => {
  it('carry every type there and back', () => {
    const payload = payloadBuilder(flow)(full);
    expect(JSON.parse(payload.toString())).toEqual({
      code: '16',
      names: { fr: 'Alger', ar: 'الجزائر' },
      sex: 2,
      area: 12.5,
      presumed: true,
      since: '2026-01-31',
      at: '2026-01-31T10:00:00.25Z',
      replaces: ['15'],
    });
    const back = rowMapper(flow).row(payload, '16');
    expect(back).toEqual([...full.slice(0, 7), '2026-01-31T10:00:00.25Z', '["15"]']);
  });

  it('leave NULL out, with the object around it', () => {
    const row = ['16', ...Array.from({ length: 8 }, () => null)];
    expect(payloadBuilder(flow)(row).toString()).toBe('{"code":"16"}');
    expect(rowMapper(flow).row(Buffer.from('{"code":"16"}'), '16')).toEqual(row);
  });

  it('write null where the mapping asks for it, and constants', () => {
    const column: ColumnMapping = { column: 'x', pointer: '/x', type: 'text', null: 'member' };
    const build = payloadBuilder({
      ...flow,
      columns: [column],
      constants: [{ pointer: '/list', value: 'DZ-2019' }],
    });
    expect(build([null]).toString()).toBe('{"list":"DZ-2019","x":null}');
  });

  it.each([
    [3, 'two'],
    [3, '9007199254740993'],
    [4, 'NaN'],
    [6, '0044-03-15 BC'],
    [7, 'infinity'],
    [8, '{'],
  ])('refuse column %i holding %s, naming pointer and type', (index, text) => {
    const row = full.map((value, at) => (at === index ? text : value));
    const violation = { pointer: columns[index]?.pointer, rule: `column-type:${columns[index]?.type}` };
    expect(() => payloadBuilder(flow)(row)).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining(violation)] }),
    );
  });

  it('never reach a prototype through a pointer', () => {
    const hostile: ColumnMapping[] = [
      { column: 'a', pointer: '/__proto__/polluted', type: 'text' },
      { column: 'b', pointer: '/constructor/prototype/polluted', type: 'text' },
    ];
    const text = payloadBuilder({ ...flow, columns: hostile })(['yes', 'yes']).toString();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(text).toBe('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}');
    const inherited = rowMapper({
      ...flow,
      columns: [{ column: 'code', pointer: '/toString', type: 'json' }],
    });
    expect(() => inherited.row(Buffer.from('{}'), '16')).toThrow(MappingError);
  });

  it.each([
    ['{"code":16}', '16', '/code'],
    ['{"code":"17"}', '16', ''],
    ['{"code":"16","sex":"2"}', '16', '/sex'],
    ['{"code":"1\\u00006"}', '16', '/code'],
    ['not json', '16', ''],
  ])('refuse the payload %s under key %s', (payload, key, pointer) => {
    expect(() => rowMapper(flow).row(Buffer.from(payload), key)).toThrow(
      expect.objectContaining({ violations: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
    );
  });

  it('take the key of a deletion apart', () => {
    expect(rowMapper(flow).key('16')).toEqual(['16']);
    expect(() => rowMapper(flow).key('16|17')).toThrow(MappingError);
  });
});
