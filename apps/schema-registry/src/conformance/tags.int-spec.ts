import { describe, expect, it } from 'vitest';
import { json, specApi } from './spec-api.js';

const api = specApi();

const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, born: { type: 'object', properties: { at: { type: 'string' } } } },
  additionalProperties: false,
};
const TEXT = JSON.stringify(PERSON);
const at = (entityPath: string, ...tags: string[]) => ({
  schemaEntity: { entityPath, entityType: entityPath === 'object' ? 'sr_record' : 'sr_field' },
  tags,
});
const tag = (subject: string, body: object, version: number | string = 'latest') =>
  api.ok(`POST /subjects/${subject}/versions/${version}/tags`, body);
const latest = (subject: string, query = '') => api.ok(`GET /subjects/${subject}/versions/latest${query}`);

describe('tags of a version', () => {
  it('make a version with its number, and are taken away by another', async () => {
    await api.register('basic', PERSON);
    const answer = await tag('basic', {
      newVersion: 2,
      tagsToAdd: [at('object', 'R'), at('object.name', 'PII', 'A')],
    });
    expect(answer).toMatchObject({
      subject: 'basic',
      version: 2,
      metadata: { properties: { 'confluent:version': '2' } },
    });
    expect(JSON.parse(answer.schema)).toEqual({
      ...PERSON,
      properties: { ...PERSON.properties, name: { type: 'string', 'confluent:tags': ['PII', 'A'] } },
      'confluent:tags': ['R'],
    });
    const third = await tag('basic', {
      newVersion: 3,
      tagsToRemove: [at('object', 'R'), at('object.name', 'PII', 'A')],
    });
    expect(third).toMatchObject({ version: 3, schema: TEXT });
    expect(await api.ok('GET /subjects/basic/versions')).toEqual([1, 2, 3]);
  });

  it('may be of an older version, and need no number', async () => {
    await api.register('older', PERSON);
    await tag('older', { tagsToAdd: [at('object.name', 'X')] });
    const answer = await tag('older', { tagsToAdd: [at('object.born.object.at', 'Y')] }, 1);
    expect(answer.version).toBe(3);
    expect(answer.schema).not.toContain('"X"');
    expect(answer.metadata.properties['confluent:version']).toBe('3');
  });

  it('come with metadata, and with rules that are merged or taken away', async () => {
    const rule = (name: string, expr = 'true') => ({
      name,
      kind: 'CONDITION',
      mode: 'WRITE',
      type: 'CEL',
      expr,
    });
    await api.register('rules', PERSON, {
      ruleSet: { domainRules: [rule('one'), rule('two')] },
      metadata: { properties: { a: '1' } },
    });
    const names = ({ ruleSet = {} }: { ruleSet?: { domainRules?: { name: string }[] } }) =>
      ruleSet.domainRules?.map(({ name }) => name);
    const kept = await tag('rules', { tagsToAdd: [at('object.name', 'X')] });
    expect([names(kept), kept.metadata.properties]).toEqual([
      ['one', 'two'],
      { a: '1', 'confluent:version': '2' },
    ]);
    const merged = await tag('rules', {
      rulesToMerge: { domainRules: [rule('two', 'false'), rule('three')] },
      rulesToRemove: ['one'],
    });
    expect(names(merged)).toEqual(['two', 'three']);
    expect(merged.ruleSet.domainRules[0].expr).toBe('false');
    const given = await tag('rules', {
      ruleSet: { domainRules: [rule('only')] },
      metadata: { properties: { b: '2' } },
    });
    expect([names(given), given.metadata.properties]).toEqual([
      ['only'],
      { b: '2', 'confluent:version': '4' },
    ]);
    expect(names(await tag('rules', { rulesToRemove: ['only'] }))).toBeUndefined();
  });

  it('are changed by a registration as well', async () => {
    await api.register('body', PERSON);
    const body = { ...json(PERSON), schemaTagsToAdd: [at('object.name', 'X')] };
    const answer = await api.ok('POST /subjects/body/versions', body);
    expect(answer).toMatchObject({ version: 2, metadata: { properties: { 'confluent:version': '2' } } });
    const back = await api.ok('POST /subjects/body/versions', {
      ...json(answer.schema),
      schemaTagsToRemove: [at('object.name', 'X')],
    });
    expect(back).toMatchObject({ version: 3, schema: TEXT });
  });

  it('are found by name at a version, an id and a GUID', async () => {
    await api.register('find', PERSON);
    const { id, guid } = await tag('find', { tagsToAdd: [at('object.name', 'X', 'Y'), at('object', 'Z')] });
    const all = [at('object', 'Z'), at('object.name', 'X', 'Y')];
    expect((await latest('find', '?findTags=*')).schemaTags).toEqual(all);
    expect((await latest('find', '?findTags=Y')).schemaTags).toEqual([all[1]]);
    expect((await latest('find', '?findTags=Y&findTags=Z')).schemaTags).toEqual(all);
    expect(await latest('find', '?findTags=none')).not.toHaveProperty('schemaTags');
    expect(await latest('find')).not.toHaveProperty('schemaTags');
    expect((await api.ok(`GET /schemas/ids/${id}?findTags=X`)).schemaTags).toEqual([all[1]]);
    expect((await api.ok(`GET /schemas/guids/${guid}?findTags=Z`)).schemaTags).toEqual([all[0]]);
  });

  it.each([
    ['a place that is not there', 'latest', { tagsToAdd: [at('object.nobody', 'X')] }, 42201],
    ['a place that leads nowhere', 'latest', { tagsToRemove: [at('nonsense', 'X')] }, 42201],
    ['a number that is not the next', 'latest', { newVersion: 7, tagsToAdd: [at('object', 'X')] }, 42201],
    ['a version that is not there', 9, { tagsToAdd: [] }, 40402],
    ['a version that is none', 0, { tagsToAdd: [] }, 42202],
    ['no list', 'latest', { tagsToAdd: 'X' }, 42201],
    ['a wrong rule', 'latest', { ruleSet: { domainRules: [{ name: '1' }] } }, 42210],
    ['a body that is no object', 'latest', [], 42201],
  ])('are refused for %s', async (_what, version, body, code) => {
    await api.register('refused', PERSON);
    expect((await api.refused(`POST /subjects/refused/versions/${version}/tags`, body))[1]).toBe(code);
    expect(await api.ok('GET /subjects/refused/versions')).toEqual([1]);
  });

  it('are refused where nothing is registered, and in a body without a schema', async () => {
    expect((await api.refused('POST /subjects/void/versions/latest/tags', {}))[1]).toBe(40401);
    const body = { schemaType: 'JSON', schemaTagsToAdd: [at('object', 'X')] };
    expect((await api.refused('POST /subjects/void/versions', body))[1]).toBe(42201);
  });

  it('asked for by many at once make a version each', async () => {
    await api.register('raced', PERSON);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => tag('raced', { tagsToAdd: [at('object.name', `T${n}`)] }, 1)),
    );
    expect(answers.map(({ version }) => version as number).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    const next = await Promise.all(
      Array.from({ length: 4 }, (_, n) =>
        api.call('POST /subjects/raced/versions/1/tags', {
          newVersion: 10,
          tagsToAdd: [at('object', `U${n}`)],
        }),
      ),
    );
    expect(next.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
  });
});
