import { describe, expect, it } from 'vitest';
import { checkCompatibility, COMPATIBILITY_LEVELS, type CompatibilityLevel, isBackward } from './check.js';

const text = (schema: unknown): string => JSON.stringify(schema);
const closed = (...names: string[]): unknown => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  additionalProperties: false,
});
const version = (number: number, schema: unknown) => ({ version: number, text: text(schema) });

function check(level: CompatibilityLevel, candidate: unknown, ...previous: unknown[]) {
  return checkCompatibility({
    candidate: { text: text(candidate) },
    previous: previous.map((schema, index) => version(index + 1, schema)),
    level,
    policy: 'STRICT',
  });
}

describe('levels', () => {
  // On a closed model an optional property may come (backward) and may go (forward).
  const [one, two, three] = [closed('a'), closed('a', 'b'), closed('a', 'b', 'c')];
  const other = { type: 'string' };

  it.each<[CompatibilityLevel, grown: boolean, shrunk: boolean, changed: boolean]>([
    ['NONE', true, true, true],
    ['BACKWARD', true, false, false],
    ['BACKWARD_TRANSITIVE', true, false, false],
    ['FORWARD', false, true, false],
    ['FORWARD_TRANSITIVE', false, true, false],
    ['FULL', false, false, false],
    ['FULL_TRANSITIVE', false, false, false],
  ])('%s: a property added %s, removed %s, another type %s', (level, grown, shrunk, changed) => {
    expect(check(level, two, one).compatible).toBe(grown);
    expect(check(level, one, two).compatible).toBe(shrunk);
    expect(check(level, other, two).compatible).toBe(changed);
    expect(check(level, two, two).compatible).toBe(true);
    expect(check(level, two).compatible).toBe(true);
  });

  it.each<[CompatibilityLevel, boolean]>([
    ['BACKWARD', true],
    ['BACKWARD_TRANSITIVE', false],
    ['FORWARD', false],
    ['FULL', false],
  ])('%s looks at versions before the latest: %s', (level, compatible) => {
    expect(check(level, three, other, two).compatible).toBe(compatible);
  });

  it('takes the newest version first and tells of the first that fails only', () => {
    const { messages, differences } = check('BACKWARD_TRANSITIVE', one, three, two, one);
    expect(differences).toEqual([
      { type: 'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL', path: '#/properties/b' },
    ]);
    expect(messages).toContain('{oldSchemaVersion: 2}');
  });

  it('may be told to look at one version only, or at all', () => {
    const request = {
      candidate: { text: text(three) },
      previous: [version(1, other), version(2, two)],
      policy: 'STRICT' as const,
    };
    const verdict = (level: CompatibilityLevel, transitiveOverride: boolean): boolean =>
      checkCompatibility({ ...request, level, transitiveOverride }).compatible;
    expect(verdict('BACKWARD_TRANSITIVE', false)).toBe(true);
    expect(verdict('BACKWARD', true)).toBe(false);
  });

  it('has seven of them', () => expect(COMPATIBILITY_LEVELS).toHaveLength(7));
});

describe('policies', () => {
  const [before, after] = [{ properties: { a: {} } }, { properties: { a: {}, b: { type: 'string' } } }];

  it('are told apart within unions too', () => {
    const union = (schema: unknown): string => text({ oneOf: [schema, { type: 'null' }] });
    const verdict = (policy: 'STRICT' | 'LENIENT') =>
      isBackward({ text: union(after) }, { text: union(before) }, policy);
    expect(verdict('STRICT')).toEqual({
      compatible: false,
      differences: [{ type: 'COMBINED_TYPE_SUBSCHEMAS_CHANGED', path: '#/' }],
    });
    expect(verdict('LENIENT')).toEqual({ compatible: true, differences: [] });
  });
});

describe('messages', () => {
  const original = { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } };
  const candidate = {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 4 }, age: { type: 'integer' } },
  };

  it('are those of a Confluent registry, in its order', () => {
    expect(check('BACKWARD', candidate, original)).toEqual({
      compatible: false,
      differences: [
        { type: 'MAX_LENGTH_DECREASED', path: '#/properties/name/maxLength' },
        { type: 'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL', path: '#/properties/age' },
      ],
      messages: [
        `{errorType:"MAX_LENGTH_DECREASED", description:"The value at path '#/properties/name/maxLength' in the new schema is less than its value in the old schema"}`,
        `{errorType:"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", description:"The new schema has an open content model and has a property or item at path '#/properties/age' which is missing in the old schema"}`,
        '{oldSchemaVersion: 1}',
        `{oldSchema: '{"type":"object","properties":{"name":{"type":"string","maxLength":5}}}'}`,
        `{validateFields: 'false', compatibility: 'BACKWARD'}`,
      ],
    });
  });

  it('change roles for forward', () => {
    expect(check('FORWARD', original, candidate).messages[1]).toBe(
      `{errorType:"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", description:"The old schema has an open content model and has a property or item at path '#/properties/age' which is missing in the new schema"}`,
    );
    expect(check('FORWARD', original, candidate).messages).toContain('{oldSchemaVersion: 1}');
  });

  it('tell the forward direction first for FULL, and name the version for the backward direction only', () => {
    const both = check('FULL', { type: 'number' }, { type: 'string' }).messages;
    expect(both.map((message) => message.slice(0, 12))).toEqual([
      '{errorType:"',
      '{errorType:"',
      '{oldSchemaVe',
      '{oldSchema: ',
      '{validateFie',
    ]);
    expect(both[0]).toContain('between the old schema and the new schema');
    expect(both[1]).toContain('between the new schema and the old schema');
    const forwardOnly = check('FULL', { type: 'string' }, { type: 'string', maxLength: 5 }).messages;
    expect(forwardOnly).toHaveLength(2);
    expect(forwardOnly[0]).toContain('MAX_LENGTH_ADDED');
    expect(forwardOnly[1]).toBe(`{validateFields: 'false', compatibility: 'FULL'}`);
  });

  it('cut a long old schema, leave out an unknown version and say whether fields are validated', () => {
    const { messages } = checkCompatibility({
      candidate: { text: '{"type":"number"}' },
      previous: [{ text: text({ type: 'string', description: 'x'.repeat(11_000) }) }],
      level: 'BACKWARD_TRANSITIVE',
      policy: 'LENIENT',
      validateFields: true,
    });
    expect(messages).toHaveLength(3);
    expect(messages[1]).toBe(
      `{oldSchema: <truncated to 10240 characters> '{"type":"string","description":"${'x'.repeat(10_240 - 32)}'}`,
    );
    expect(messages[2]).toBe(`{validateFields: 'true', compatibility: 'BACKWARD_TRANSITIVE'}`);
  });

  it.each([
    [
      { type: 'string' },
      { type: 'string', pattern: 'a' },
      `The keyword at path '#/pattern' in the new schema is not present in the old schema`,
    ],
    [
      { minimum: 1 },
      { minimum: 2 },
      `The value at path '#/minimum' in the new schema is more than its value in the old schema`,
    ],
    [
      { multipleOf: 2 },
      { multipleOf: 4 },
      `The value at path '#/multipleOf' in the new schema is more than its value in the old schema`,
    ],
    [
      { multipleOf: 2 },
      { multipleOf: 3 },
      `The value at path '#/multipleOf' is different between the new and old schema`,
    ],
    [
      { enum: [1, 2] },
      { enum: [1] },
      `An array or combined type at path '#/enum' has fewer elements in the new schema than the old schema`,
    ],
    [
      { allOf: [{ type: 'string' }] },
      { allOf: [{ type: 'string' }, { enum: ['a'] }] },
      `An array or combined type at path '#/' has more elements in the new schema than the old schema`,
    ],
    [
      { type: 'number' },
      { type: 'integer' },
      `A type at path '#/' is different between the new schema and the old schema`,
    ],
    [
      closed('a', 'b'),
      closed('a'),
      `The new schema has a closed content model and is missing a property or item present at path '#/properties/b' in the old schema`,
    ],
    [
      closed('a'),
      { ...(closed('a', 'b') as object), required: ['b'] },
      `The new schema has an unopen content model and has a required property at path '#/properties/b' which is missing in the old schema`,
    ],
    [
      { type: 'object' },
      closed(),
      `The keyword at path '#/additionalProperties' in the new schema is not present in the old schema`,
    ],
    [{ type: 'array' }, { type: 'array', items: {} }, ''],
  ])('describe %j to %j', (before, after, description) => {
    const [message] = check('BACKWARD', after, before).messages;
    expect(message).toMatch(/^\{errorType:"[A-Z_]+", description:".*"\}$/);
    expect(message).toContain(`description:"${description}"}`);
  });

  it('tell both what differs and that a name is not covered', () => {
    const of = (...names: [string, string][]) => ({
      properties: Object.fromEntries(names.map(([name, type]) => [name, { type }])),
      additionalProperties: { type: 'string' },
    });
    const added = check('BACKWARD', of(['a', 'number']), of()).messages;
    expect(added[0]).toContain(`A type at path '#/properties/a' is different`);
    expect(added[1]).toContain(
      `The new schema has a property or item at path '#/properties/a' which is missing in the old schema and is not covered by its partially open content model`,
    );
    expect(check('BACKWARD', of(), of(['a', 'number'])).messages[1]).toContain(
      `A property or item is missing in the new schema but present at path '#/properties/a' in the old schema and is not covered by its partially open content model`,
    );
  });

  it('take names as they are', () => {
    const path = `#/properties/a/b~"'%s`;
    expect(
      check('BACKWARD', { properties: { [`a/b~"'%s`]: { type: 'null' } } }, { type: 'object' }).messages[0],
    ).toContain(path);
  });
});
