const DIALECT = 'http://json-schema.org/draft-07/schema#';

const closed = (id: string, properties: Record<string, unknown>, required: string[]) => ({
  $schema: DIALECT,
  $id: id,
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const json = (schema: unknown, references: { name: string; subject: string; version: number }[] = []) => ({
  schemaType: 'JSON',
  schema: JSON.stringify(schema),
  ...(references.length === 0 ? {} : { references }),
});

/** A person who lives at an address that has a territory: two levels of references. */
export const TERRITORY = json(closed('https://types.test/territory', { code: { type: 'string' } }, ['code']));
export const ADDRESS = json(
  closed(
    'https://types.test/address',
    { street: { type: 'string' }, territory: { $ref: 'https://types.test/territory' } },
    ['territory'],
  ),
  [{ name: 'https://types.test/territory', subject: 'territory', version: 1 }],
);
export const PERSON = json(
  closed('https://types.test/person', { home: { $ref: 'https://types.test/address' } }, ['home']),
  [{ name: 'https://types.test/address', subject: 'address', version: 1 }],
);
export const AT_HOME = { home: { street: 'rue Didouche', territory: { code: '1601' } } };
export const NOWHERE = { home: { street: 'rue Didouche', territory: { code: 1601 } } };

/** Each version is compatible (BACKWARD) with the one before: `fields` optional ones, closed. */
export const birth = (fields: string[], type: string = 'string') =>
  json({
    $schema: DIALECT,
    title: 'Birth',
    type: 'object',
    additionalProperties: false,
    properties: {
      number: { type },
      ...Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
    },
    required: ['number'],
  });
