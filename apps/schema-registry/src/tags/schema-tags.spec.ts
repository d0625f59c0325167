import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '#contracts';
import { processorTime } from '#testing';
import { entitiesOf, findEntity, type SchemaEntity } from './schema-entity.js';
import { changeTags, parseSchemaTags, taggedEntities } from './schema-tags.js';

const field = (path: string): SchemaEntity => ({ path, type: 'sr_field' });
const object = (path: string): SchemaEntity => ({ path, type: 'sr_record' });
const add = (schema: unknown, entity: SchemaEntity, ...tags: string[]): unknown =>
  JSON.parse(changeTags(JSON.stringify(schema), [{ entity, tags }], []));

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '1',
    '0',
    'a.b',
    'object',
    'items',
    '"',
    '\\',
    '__proto__',
    'properties',
    'definitions',
    '$defs',
    'é,{',
  ),
  fc.string({ maxLength: 3 }),
);
const literal = fc.constantFrom('1e2', '1.0', '-0', '"x,}"', 'null', '[]', '[1,{"a":"]"}]', '{}');

/** Texts of schemas, each with an annotation that a parser would write otherwise. */
const { schema } = fc.letrec<{ schema: string }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.constant('{"type":"string"}'),
    fc.constant('true'),
    fc.constant('{}'),
    fc
      .tuple(
        fc.uniqueArray(fc.tuple(name, tie('schema')), { selector: ([key]) => key, maxLength: 3 }),
        literal,
        fc.boolean(),
      )
      .map(([fields, value, tagged]) => {
        const members = fields.map(([key, item]) => `${JSON.stringify(key)}:${item}`);
        return `{"x":${value},"type":"object",${tagged ? '"confluent:tags":["OLD"],' : ''}"properties":{${members.join()}},"y":${value}}`;
      }),
    tie('schema').map((items) => `{"items":${items},"$defs":{"d.e":${items}}}`),
    fc
      .tuple(tie('schema'), tie('schema'))
      .map(([one, two]) => `{"anyOf":[${one},${two}],"not":${one},"if":${two}}`),
  ),
}));

describe('tags', () => {
  it('added and removed again leave the same text', () => {
    fc.assert(
      fc.property(
        schema,
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        (given, tags) => {
          const text = canonicalText(given);
          const changes = [...entitiesOf(JSON.parse(text))].map(({ entity }) => ({
            entity,
            tags: tags.map((tag) => `NEW ${tag}`),
          }));
          const tagged = changeTags(text, changes, []);
          expect(canonicalText(tagged)).toBe(tagged);
          expect(changeTags(tagged, [], changes)).toBe(text);
          expect(changeTags(text, changes, changes)).toBe(text);
          expect(changeTags(tagged, changes, [])).toBe(tagged);
        },
      ),
    );
  });

  it('are found at the entities where they were added', () => {
    fc.assert(
      fc.property(schema, fc.nat(), (given, nth) => {
        const entities = [...entitiesOf(JSON.parse(given))].map(({ entity }) => entity);
        if (entities.length === 0) return;
        const entity = entities[nth % entities.length]!;
        const tagged = changeTags(canonicalText(given), [{ entity, tags: ['NEW'] }], []);
        expect(taggedEntities(tagged, ['NEW'])).toHaveLength(1);
      }),
    );
  });

  it('go where the path leads', () => {
    const inner = { type: 'object', properties: { city: { type: 'string' } } };
    expect(add(inner, object('object'), 'T')).toEqual({ ...inner, 'confluent:tags': ['T'] });
    expect(add(inner, field('object.city'), 'T', 'U', 'T')).toEqual({
      type: 'object',
      properties: { city: { type: 'string', 'confluent:tags': ['T', 'U'] } },
    });
    const tagged = { type: 'object', properties: { city: { type: 'string', 'confluent:tags': ['T'] } } };
    for (const [path, wrap] of [
      ['array.', (item: unknown) => ({ type: 'array', items: item })],
      ['object.home.', (item: unknown) => ({ properties: { home: item } })],
      ['object.a.b.', (item: unknown) => ({ properties: { 'a.b': item } })],
      ['object.$defs.home.', (item: unknown) => ({ $defs: { home: item } })],
      ['object.definitions.home.', (item: unknown) => ({ definitions: { home: item } })],
      ['anyof.1.', (item: unknown) => ({ anyOf: [{ type: 'null' }, item] })],
      ['oneof.0.', (item: unknown) => ({ oneOf: [item] })],
      ['allof.0.', (item: unknown) => ({ allOf: [item, {}] })],
      ['allof.0.conditional.then.', (item: unknown) => ({ if: {}, then: item })],
      ['conditional.else.', (item: unknown) => ({ else: item })],
      ['not.', (item: unknown) => ({ not: item })],
      ['anyof.0.', (item: unknown) => item],
      ['object.a.b.', (item: unknown) => ({ properties: { a: {}, 'a.b': item } })],
      ['object.definitions.', (item: unknown) => ({ definitions: {}, properties: { definitions: item } })],
    ] as const) {
      expect(add(wrap(inner), field(`${path}object.city`), 'T'), path).toEqual(wrap(tagged));
    }
  });

  it.each([
    field(''),
    field('city'),
    field('object'),
    field('object.town'),
    field('object.yes'),
    field('object.city.object'),
    field('array.object.city'),
    field('anyof.x.object.city'),
    field('anyof.0'),
    field('object.properties.city'),
    field('object.__proto__'),
    field('object.toString'),
    field('not'),
    field('object.list.array'),
    object('object.city.array.object'),
  ])('have no place at $path', (entity) => {
    const schema = JSON.stringify({
      properties: { city: { type: 'string' }, yes: true, list: { items: {} } },
    });
    const changing = () => changeTags(schema, [], [{ entity, tags: ['T'] }]);
    expect(changing).toThrow(`No matching path '${entity.path}' found in the schema`);
  });

  it('replace what is no list of tags', () => {
    expect(add({ type: 'object', 'confluent:tags': 'T' }, object('object'), 'U')).toEqual({
      type: 'object',
      'confluent:tags': ['U'],
    });
  });

  it('are told with all of an entity, by any of them', () => {
    const schema = JSON.stringify({
      ...{ type: 'object', 'confluent:tags': ['R'] },
      properties: { a: { 'confluent:tags': ['A', 'B'] }, b: { 'confluent:tags': [] } },
    });
    const record = { entity: object('object'), tags: ['R'] };
    const a = { entity: field('object.a'), tags: ['A', 'B'] };
    expect(taggedEntities(schema, ['*'])).toEqual([record, a]);
    expect(taggedEntities(schema, ['B', 'none'])).toEqual([a]);
    expect(taggedEntities(schema, ['none'])).toEqual([]);
  });

  it('are looked for in bounded time, however many ways there are to read a path', () => {
    const word = 'object.';
    const names = Array.from({ length: 100 }, (_, n) => word.repeat(n + 1).slice(0, -1));
    const level = (depth: number): object =>
      depth === 0
        ? { type: 'object' }
        : {
            properties: Object.fromEntries(
              names.slice(0, depth === 2 ? 100 : 40).map((name) => [name, level(depth - 1)]),
            ),
          };
    const schema = JSON.stringify(level(2));
    const changes = Array.from({ length: 100 }, () => ({
      entity: field(`${word.repeat(250)}nothing`),
      tags: ['T'],
    }));
    const took = processorTime(() => {
      expect(() => changeTags(schema, changes, [])).toThrow('No matching path');
      for (const { entity } of changes) findEntity(JSON.parse(schema), entity);
    });
    expect(took).toBeLessThan(5_000);
  });

  it('of a large schema change quickly', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, n) => [`p${n}`, { description: 'x'.repeat(200) }]),
    );
    const changes = Array.from({ length: 100 }, (_, n) => ({
      entity: field(`object.p${999 - n}`),
      tags: ['T'],
    }));
    const schema = JSON.stringify({ type: 'object', properties });
    expect(processorTime(() => changeTags(schema, changes, changes))).toBeLessThan(3_000);
  });
});

describe('what is asked for', () => {
  it('is read', () => {
    const given = [{ schemaEntity: { entityPath: 'object.a', entityType: 'SR_FIELD' }, tags: ['T'] }];
    expect(parseSchemaTags(given, 'tagsToAdd')).toEqual([{ entity: field('object.a'), tags: ['T'] }]);
    expect(parseSchemaTags(null, 'tagsToAdd')).toEqual([]);
  });

  const whole = { schemaEntity: { entityPath: 'object', entityType: 'sr_record' }, tags: ['T'] };
  it.each([
    ['no list', {}],
    ['too many', Array.from({ length: 101 }, () => whole)],
    ['no entity', [{ tags: [] }]],
    ['no path', [{ ...whole, schemaEntity: { entityType: 'sr_field' } }]],
    ['an unknown type', [{ ...whole, schemaEntity: { entityPath: 'object', entityType: 'sr_schema' } }]],
    ['a long path', [{ ...whole, schemaEntity: { entityPath: 'a'.repeat(2_001), entityType: 'sr_field' } }]],
    ['no tags', [{ ...whole, tags: undefined }]],
    ['tags that are no strings', [{ ...whole, tags: [1] }]],
  ])('is refused with %s', (_what, given) => {
    expect(() => parseSchemaTags(given, 'tagsToAdd')).toThrow();
  });
});
