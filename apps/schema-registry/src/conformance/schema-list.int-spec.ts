import { describe, expect, it } from 'vitest';
import { CHANGED, json, type Json, specApi, V1, V2 } from './spec-api.js';

const api = specApi();

const list = async (query: string): Promise<Json[]> => api.ok(`GET /schemas?${query}`);
const named = (items: Json[]) => items.map(({ subject, version }) => `${subject} ${version}`);
const lifecycles = (items: Json[]) =>
  items.map(({ subject, associations = [] }) => [
    subject,
    associations.map(({ lifecycle }: Json) => lifecycle),
  ]);

describe('the list of schemas by association', () => {
  const associate = (topic: string, ...associations: object[]) =>
    api.ok('POST /associations', {
      ...{ resourceName: topic, resourceNamespace: 'lkc-1', resourceId: `id-${topic}` },
      associations,
    });

  it('has those that have one of the type, each with what was asked for', async () => {
    for (const subject of ['by.type-1', 'by.type-2', 'by.type-3']) await api.register(subject, V1);
    const weak = { lifecycle: 'WEAK', frozen: false };
    await associate(
      'by.type',
      { subject: 'by.type-1', associationType: 'key', ...weak },
      { subject: 'by.type-2', associationType: 'value', ...weak },
    );
    const ask = (query: string) => list(`subjectPrefix=by.type&${query}`);
    expect(await ask('associationType=key')).toMatchObject([
      { subject: 'by.type-1', associations: [{ associationType: 'key', resourceId: 'id-by.type' }] },
    ]);
    expect(await ask('associationType=value&resourceType=topic')).toMatchObject([{ subject: 'by.type-2' }]);
    expect(named(await ask('associationType=key&associationType=value'))).toEqual([
      'by.type-1 1',
      'by.type-2 1',
    ]);
    expect(named(await ask('resourceType=topic'))).toEqual(['by.type-1 1', 'by.type-2 1']);
    expect(await ask('resourceType=group')).toEqual([]);
    const unfiltered = await ask('');
    expect(unfiltered).toHaveLength(3);
    expect(unfiltered.some((item) => 'associations' in item)).toBe(false);
    expect((await ask('associationType=key'))[0].associations).toEqual(
      await api.ok('GET /associations/subjects/by.type-1'),
    );
  });

  it('has those of the lifecycles, and with NONE those that have none', async () => {
    for (const subject of ['life-weak', 'life-strong', 'life-none']) await api.register(subject, V1);
    await associate('life.weak', { subject: 'life-weak', lifecycle: 'WEAK' });
    await associate('life.strong', { subject: 'life-strong', lifecycle: 'STRONG' });
    const ask = async (...wanted: string[]) =>
      lifecycles(await list(`subjectPrefix=life-&${wanted.map((item) => `lifecycle=${item}`).join('&')}`));
    expect(await ask('WEAK')).toEqual([['life-weak', ['WEAK']]]);
    expect(await ask('STRONG')).toEqual([['life-strong', ['STRONG']]]);
    expect(await ask('NONE')).toEqual([['life-none', []]]);
    expect(await ask('WEAK', 'NONE')).toEqual([
      ['life-none', []],
      ['life-weak', ['WEAK']],
    ]);
    expect(await ask('STRONG', 'WEAK')).toEqual([
      ['life-strong', ['STRONG']],
      ['life-weak', ['WEAK']],
    ]);
    expect(await api.refused('GET /schemas?lifecycle=weak')).toEqual([
      422,
      42212,
      "The association specified an invalid value for property: 'lifecycle', reason: must be either STRONG, WEAK or NONE",
    ]);
  });

  it('has all versions, or the latest, page by page', async () => {
    for (const schema of [V1, V2]) await api.register('many-b', schema);
    for (const subject of ['many-a', 'many-c']) await api.register(subject, V1);
    for (const subject of ['many-b', 'many-c']) await associate(subject, { subject, lifecycle: 'WEAK' });
    const ask = async (query: string) => named(await list(`subjectPrefix=many-&lifecycle=WEAK&${query}`));
    expect(await ask('')).toEqual(['many-b 1', 'many-b 2', 'many-c 1']);
    expect(await ask('latestOnly=true')).toEqual(['many-b 2', 'many-c 1']);
    // The page is one of what was asked for, not of all.
    expect(await ask('limit=1')).toEqual(['many-b 1']);
    expect(await ask('offset=2&limit=5')).toEqual(['many-c 1']);
  });
});

it('the list of schemas by rule type is paged after it is filtered, and of the latest where only they are wanted', async () => {
  const rule = (type: string) => ({
    ruleSet: { domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type, expr: 'x' }] },
  });
  await api.register('ruled-a', V1);
  await api.register('ruled-b', V1, rule('CEL'));
  await api.register('ruled-b', V2, rule('JSONATA'));
  await api.register('ruled-c', V1, rule('CEL'));
  const ask = async (query: string) => named(await list(`subjectPrefix=ruled-&${query}`));
  expect(await ask('ruleType=cel')).toEqual(['ruled-b 1', 'ruled-c 1']);
  expect(await ask('ruleType=CEL&limit=1')).toEqual(['ruled-b 1']);
  expect(await ask('ruleType=CEL&offset=1')).toEqual(['ruled-c 1']);
  expect(await ask('ruleType=CEL&latestOnly=true')).toEqual(['ruled-c 1']);
  expect(await ask('ruleType=&limit=1')).toEqual(['ruled-a 1']);
  expect(await ask(`ruleType=${encodeURIComponent('x" || 1==1 || "')}`)).toEqual([]);
});

it('the list of schemas finds subjects by their aliases where that is asked for', async () => {
  for (const schema of [V1, V2]) await api.register('meant', schema);
  await api.register('alligator', V1);
  await api.register(':.al:meant', CHANGED);
  await api.ok('PUT /config/alias-one', { alias: 'meant' });
  await api.ok('PUT /config/alias-two', { alias: 'meant' });
  await api.ok('PUT /config/:.al:alias', { alias: 'meant' });
  expect(await list('subjectPrefix=alias')).toEqual([]);
  expect(await list('subjectPrefix=alias&aliases=true')).toMatchObject([
    { subject: 'meant', version: 1, aliases: ['alias-one', 'alias-two'] },
    { subject: 'meant', version: 2, aliases: ['alias-one', 'alias-two'] },
  ]);
  expect(await list('subjectPrefix=alias-t&aliases=true&latestOnly=true')).toMatchObject([
    { subject: 'meant', version: 2, aliases: ['alias-two'] },
  ]);
  const both = await list('subjectPrefix=al&aliases=true&latestOnly=true');
  expect(both).toMatchObject([{ subject: 'alligator' }, { subject: 'meant' }]);
  expect(both[0]).not.toHaveProperty('aliases');
  expect(await list('subjectPrefix=:.al:&aliases=true')).toMatchObject([
    { subject: ':.al:meant', aliases: [':.al:alias'] },
  ]);
  expect(json(CHANGED).schema).toBe((await list('subjectPrefix=:.al:'))[0].schema);
});
