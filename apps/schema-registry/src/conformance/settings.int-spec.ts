import { afterEach, describe, expect, it } from 'vitest';
import { CHANGED, json, specApi, V1, V2 } from './spec-api.js';

const api = specApi();
afterEach(async () => {
  for (const path of ['/config', '/mode', '/mode/:.__GLOBAL:', '/config/:.__GLOBAL:']) {
    await api.call(`DELETE ${path}`);
  }
});

const level = (compatibilityLevel: string) => ({ compatibilityLevel });

describe('levels', () => {
  it('BACKWARD, unless set for all or for a subject', async () => {
    expect(await api.ok('GET /config')).toEqual(level('BACKWARD'));
    expect(await api.ok('GET /config/')).toEqual(level('BACKWARD'));
    expect(await api.refused('GET /config/s')).toEqual([
      404,
      40408,
      "Subject 's' does not have subject-level compatibility configured",
    ]);
    expect(await api.ok('GET /config/s?defaultToGlobal=true')).toEqual(level('BACKWARD'));
    expect(await api.ok('PUT /config', { compatibility: 'forward' })).toEqual({ compatibility: 'FORWARD' });
    expect(await api.ok('PUT /config/s', { compatibility: 'FULL' })).toEqual({ compatibility: 'FULL' });
    expect(await api.ok('GET /config')).toEqual(level('FORWARD'));
    expect(await api.ok('GET /config/s')).toEqual(level('FULL'));
    expect(await api.ok('GET /config/other?defaultToGlobal=true')).toEqual(level('FORWARD'));
    expect(await api.ok('DELETE /config/s')).toEqual(level('FULL'));
    expect((await api.refused('DELETE /config/s')).slice(0, 2)).toEqual([404, 40401]);
    expect(await api.ok('DELETE /config')).toEqual(level('FORWARD'));
    expect(await api.ok('GET /config')).toEqual(level('BACKWARD'));
  });

  it.each([{ compatibility: 'SOME' }, { compatibility: 7 }, { compatibility: '' }])(
    '%j → 42203',
    async (body) => {
      const answer = await api.refused('PUT /config/s', body);
      expect(answer.slice(0, 2)).toEqual([422, 42203]);
    },
  );

  it('every setting comes back as it was given, and what is not named stays', async () => {
    const all = {
      ...{ normalize: true, validateFields: false, validateRules: true, compatibilityGroup: 'major' },
      compatibilityPolicy: 'LENIENT',
      defaultMetadata: { properties: { a: 'b' } },
      overrideMetadata: { tags: { '**.ssn': ['PII'] } },
      defaultRuleSet: {
        domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'READ', type: 'CEL', disabled: false }],
      },
    };
    expect(await api.ok('PUT /config/all', { compatibility: 'NONE', ...all })).toEqual({
      compatibility: 'NONE',
      ...all,
    });
    expect(await api.ok('GET /config/all')).toEqual({ ...level('NONE'), ...all });
    await api.ok('PUT /config/all', { compatibility: 'FULL' });
    expect(await api.ok('GET /config/all')).toEqual({ ...level('FULL'), ...all });
    const rule = { name: 'r', mode: 'READ', type: 'CEL' };
    const bad = await api.refused('PUT /config/all', { defaultRuleSet: { migrationRules: [rule] } });
    expect(bad.slice(0, 2)).toEqual([422, 42210]);
  });

  it('`:.:` is the default context, the same as none; `:.__GLOBAL:` is above all', async () => {
    await api.ok('PUT /config', { compatibility: 'FORWARD' });
    expect(await api.ok('GET /config/:.:?defaultToGlobal=true')).toEqual(level('FORWARD'));
    await api.ok('PUT /config/:.:', { compatibility: 'FULL' });
    expect(await api.ok('GET /config')).toEqual(level('FULL'));
    await api.ok('DELETE /config/:.:');
    expect(await api.ok('GET /config')).toEqual(level('BACKWARD'));
    await api.ok('PUT /config/:.__GLOBAL:', { compatibility: 'NONE' });
    expect(await api.ok('GET /config/:.any:s?defaultToGlobal=true')).toEqual(level('NONE'));
  });

  it('of a context hold for its subjects', async () => {
    await api.ok('PUT /config/:.levels:', { compatibility: 'NONE' });
    expect(await api.ok('GET /config/:.levels:s?defaultToGlobal=true')).toEqual(level('NONE'));
    expect(await api.ok('GET /contexts/.levels/config')).toEqual(level('NONE'));
    await api.register(':.levels:s', V1);
    await api.register(':.levels:s', CHANGED);
    await api.register('levels', V1);
    expect((await api.refused('POST /subjects/levels/versions', json(CHANGED)))[0]).toBe(409);
  });

  it('an alias stands for its subject, except where it is set', async () => {
    const id = await api.register('real/name', V1);
    await api.ok('PUT /config/an%2Falias', { alias: 'real/name' });
    expect(await api.ok('GET /config/an%2Falias')).toEqual({ alias: 'real/name' });
    expect(await api.ok('GET /subjects/an%2Falias/versions/1')).toMatchObject({ id, subject: 'real/name' });
    expect(await api.ok('POST /subjects/an%2Falias', json(V1))).toMatchObject({ id });
    await api.register('an/alias', V2);
    expect(await api.ok('GET /subjects/real%2Fname/versions')).toEqual([1, 2]);
    // Without a context of its own it names a subject of the context it is set in.
    await api.ok('PUT /config/:.other:name', { alias: ':.other:real' });
    await api.ok('PUT /config/:.other:short', { alias: 'real' });
    const elsewhere = await api.register(':.other:real', V2);
    for (const name of ['name', 'short']) {
      const found = await api.ok(`GET /contexts/.other/subjects/${name}/versions/1`);
      expect(found).toMatchObject({ id: elsewhere, subject: ':.other:real' });
    }
  });

  it('only versions of the same group are compared', async () => {
    const group = (value: string) => ({ metadata: { properties: { major: value } } });
    await api.ok('PUT /config/grouped', { compatibilityGroup: 'major' });
    await api.register('grouped', V1, group('1'));
    expect(
      (await api.refused('POST /subjects/grouped/versions', { ...json(CHANGED), ...group('1') }))[0],
    ).toBe(409);
    await api.register('grouped', CHANGED, group('2'));
    await api.register('grouped', V2, group('1'));
    const checked = await api.ok('POST /compatibility/subjects/grouped/versions', {
      ...json(V1),
      ...group('2'),
    });
    expect(checked.is_compatible).toBe(false);
  });
});

describe('modes', () => {
  const read = (path: string) => api.ok(`GET /mode${path}`);

  it('READWRITE, unless set for all or for a subject', async () => {
    expect(await read('')).toEqual({ mode: 'READWRITE' });
    expect(await api.refused('GET /mode/m')).toEqual([
      404,
      40409,
      "Subject 'm' does not have subject-level mode configured",
    ]);
    expect(await read('/m?defaultToGlobal=true')).toEqual({ mode: 'READWRITE' });
    expect(await api.ok('PUT /mode', { mode: 'READONLY' })).toEqual({ mode: 'READONLY' });
    expect(await read('/m?defaultToGlobal=true')).toEqual({ mode: 'READONLY' });
    const [status, code, text] = await api.refused('POST /subjects/m/versions', json(V1));
    expect([status, code]).toEqual([422, 42205]);
    expect(text).toMatch(/^Subject m in context .*is in read-only mode$/);
    await api.ok('PUT /mode/m', { mode: 'READWRITE' });
    await api.register('m', V1);
    expect(await api.ok('DELETE /mode/m')).toEqual({ mode: 'READWRITE' });
    expect((await api.refused('DELETE /subjects/m')).slice(0, 2)).toEqual([422, 42205]);
    expect((await api.refused('DELETE /mode/m')).slice(0, 2)).toEqual([404, 40401]);
    expect(await api.ok('DELETE /mode')).toEqual({ mode: 'READONLY' });
    expect(await read('')).toEqual({ mode: 'READWRITE' });
  });

  it.each([{ mode: 'SOME' }, { mode: 7 }])('%j → 42204', async (body) => {
    expect((await api.refused('PUT /mode/m', body)).slice(0, 2)).toEqual([422, 42204]);
  });

  it('the global READONLY_OVERRIDE is stronger than a subject', async () => {
    await api.ok('PUT /mode/strong', { mode: 'READWRITE' });
    await api.ok('PUT /mode', { mode: 'READONLY_OVERRIDE' });
    expect(await read('/strong')).toEqual({ mode: 'READONLY_OVERRIDE' });
    expect((await api.refused('POST /subjects/strong/versions', json(V1)))[1]).toBe(42205);
  });

  it('of a context hold for its subjects, and are removed with or without theirs', async () => {
    const [context, one] = ['/:.modes:', '/:.modes:one'];
    await api.ok(`PUT /mode${one}`, { mode: 'READONLY' });
    await api.ok(`PUT /mode${context}`, { mode: 'READONLY' });
    expect(await read('/:.modes:two?defaultToGlobal=true')).toEqual({ mode: 'READONLY' });
    expect((await api.refused('POST /subjects/:.modes:two/versions', json(V1)))[1]).toBe(42205);
    expect(await api.ok(`DELETE /mode${context}`)).toEqual({ mode: 'READONLY' });
    expect((await api.refused(`GET /mode${context}`))[1]).toBe(40409);
    expect(await read(one)).toEqual({ mode: 'READONLY' });
    await api.ok(`DELETE /mode${context}?recursive=true`);
    expect((await api.refused(`GET /mode${one}`))[1]).toBe(40409);
  });

  it('IMPORT takes ids as they come, and is set only where nothing lives, unless forced', async () => {
    const put = (request: string, mode: string) => api.call(`PUT /mode/${request}`, { mode });
    const send = (version: number, id: number, schema: object) => ({ ...json(schema), version, id });
    const path = '/subjects/:.import:s/versions';
    await api.register(':.import:s', V1);
    expect(await put(':.import:s', 'IMPORT')).toMatchObject({ status: 422, body: { error_code: 42205 } });
    expect(await put(':.import:s?force=true', 'IMPORT')).toMatchObject({ status: 200 });
    await put(':.import:s', 'READWRITE');
    await api.ok('DELETE /subjects/:.import:s');
    await api.ok('DELETE /subjects/:.import:s?permanent=true');
    expect(await put(':.import:', 'IMPORT')).toMatchObject({ status: 200 });

    expect((await api.ok(`POST ${path}`, send(5, 100, V1))).id).toBe(100);
    expect(await api.ok('GET /subjects/:.import:s/versions')).toEqual([5]);
    // What is there already needs no id.
    expect((await api.ok(`POST ${path}`, json(V1))).id).toBe(100);
    expect((await api.refused(`POST ${path}`, json(V2)))[0]).toBe(422);
    expect((await api.refused(`POST ${path}`, send(6, 100, V2)))[1]).toBe(42205);
    // Nothing is compared.
    expect((await api.ok(`POST ${path}`, send(6, 200, CHANGED))).id).toBe(200);
    expect((await api.ok(`POST ${path}`, send(7, 100, V1))).id).toBe(100);
    expect(await api.ok('GET /subjects/:.import:s/versions')).toEqual([5, 6, 7]);
    await put(':.import:', 'READWRITE');
    // New ids go on above those that came in.
    expect(await api.register(':.import:t', { title: 'after' })).toBe(201);
  });

  it('are cleared by none', async () => {
    await api.ok('PUT /mode', { mode: 'READONLY' });
    await api.ok('PUT /mode', { mode: null });
    expect(await read('')).toEqual({ mode: 'READWRITE' });
  });
});
