const json = (schema: unknown) => ({ schemaType: 'JSON', schema: JSON.stringify(schema) });

/** What a registration refuses: its name, the request body, the error code. */
export const REFUSED_SCHEMAS: readonly [name: string, body: object, code: number][] = [
  ['another type', { schema: '{}', schemaType: 'AVRO' }, 42201],
  ['no type', { schema: '{}' }, 42201],
  ['no schema', { schemaType: 'JSON' }, 42201],
  ['an empty schema', { schemaType: 'JSON', schema: ' ' }, 42201],
  ['text that is not JSON', { schemaType: 'JSON', schema: '{' }, 42201],
  ['a malformed schema', json({ type: 'text' }), 42201],
  ['a remote reference', json({ $ref: 'http://169.254.169.254/latest/meta-data' }), 42201],
  ['a file reference', json({ $ref: 'file:///etc/passwd' }), 42201],
  ['a catastrophic back-reference', json({ pattern: '^(a+)\\1+$' }), 42201],
  ['$async', json({ $async: true }), 42201],
  ['$data', json({ properties: { a: { maximum: { $data: '1/b' } } } }), 42201],
  ['a member twice', { schemaType: 'JSON', schema: '{"type":"string","type":"object"}' }, 42201],
  ['__proto__', { schemaType: 'JSON', schema: '{"properties":{"__proto__":{}}}' }, 42201],
  ['depth 600', { schemaType: 'JSON', schema: '{"not":'.repeat(600) + '{}' + '}'.repeat(600) }, 42201],
  ['a huge enum', json({ enum: Array.from({ length: 30_000 }, (_, n) => n) }), 42201],
  ['3,000 branches', json({ oneOf: Array.from({ length: 3_000 }, () => ({})) }), 42201],
  ['a loop', json({ $ref: '#' }), 42201],
  ['more than 256 KB', json({ description: 'x'.repeat(300_000) }), 42209],
  ['references', { ...json({}), references: [{ name: 'a', subject: 'b', version: 1 }] }, 42201],
  ['metadata of another shape', { ...json({}), metadata: { properties: { a: 1 } } }, 42201],
  ['a rule without a type', { ...json({}), ruleSet: { domainRules: [{ name: 'r' }] } }, 42210],
  ['an id', { ...json({}), id: 7 }, 42205],
];
