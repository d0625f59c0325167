import { describe, expect, it } from 'vitest';
import { CHANGED, json, specApi, V1, V2, V3 } from './spec-api.js';

const api = specApi();

const subjectWith = async (name: string, ...schemas: object[]) => {
  for (const schema of schemas) await api.register(name, schema);
  return `/subjects/${name}`;
};

describe('a version', () => {
  it('that is deleted keeps its id and number, and is seen by those who ask for it', async () => {
    const path = await subjectWith('soft', V1, V2);
    const { id, guid } = await api.ok(`GET ${path}/versions/2`);
    expect(await api.ok(`DELETE ${path}/versions/2`)).toBe(2);
    expect(await api.refused(`DELETE ${path}/versions/2`)).toEqual([
      404,
      40406,
      "Subject 'soft' Version 2 was soft deleted.Set permanent=true to delete permanently",
    ]);
    expect(await api.refused(`GET ${path}/versions/2`)).toEqual([404, 40402, 'Version 2 not found.']);
    expect((await api.refused(`POST ${path}`, json(V2))).slice(0, 2)).toEqual([404, 40403]);
    expect(await api.ok(`GET ${path}/versions`)).toEqual([1]);
    expect(await api.ok(`GET ${path}/versions?deleted=true`)).toEqual([1, 2]);
    expect(await api.ok(`GET ${path}/versions?deletedOnly=true`)).toEqual([2]);
    expect(await api.ok(`GET ${path}/versions?deleted=true&deletedAsNegative=true`)).toEqual([1, -2]);
    expect(await api.ok(`GET ${path}/versions/2?deleted=true`)).toMatchObject({
      version: 2,
      id,
      deleted: true,
    });
    expect(await api.ok(`POST ${path}?deleted=true`, json(V2))).toMatchObject({ version: 2, id });
    expect(await api.ok(`GET ${path}/versions/latest`)).toMatchObject({ version: 1 });
    expect((await api.ok(`GET /schemas/ids/${id}`)).schema).toBe(json(V2).schema);
    expect((await api.ok(`GET /schemas/guids/${guid}`)).schema).toBe(json(V2).schema);
  });

  it('registered again gets a new number and its old id', async () => {
    const path = await subjectWith('again', V1, V2);
    await api.ok('PUT /config/again', { compatibility: 'NONE' });
    const { id } = await api.ok(`GET ${path}/versions/1`);
    await api.ok(`DELETE ${path}/versions/1`);
    expect(await api.register('again', V1)).toBe(id);
    expect(await api.ok(`GET ${path}/versions`)).toEqual([2, 3]);
    expect(await api.ok(`POST ${path}?deleted=true`, json(V1))).toMatchObject({ version: 3 });
  });

  it('is deleted for good only after it was deleted, and only once', async () => {
    const path = await subjectWith('hard', V1, V2);
    expect(await api.refused(`DELETE ${path}/versions/2?permanent=true`)).toEqual([
      404,
      40407,
      "Subject 'hard' Version 2 was not deleted first before being permanently deleted",
    ]);
    await api.ok(`DELETE ${path}/versions/2`);
    expect(await api.ok(`DELETE ${path}/versions/2?permanent=true`)).toBe(2);
    for (const request of [
      `GET ${path}/versions/2?deleted=true`,
      `DELETE ${path}/versions/2?permanent=true`,
    ]) {
      expect((await api.refused(request)).slice(0, 2), request).toEqual([404, 40402]);
    }
    // The next number is one more than the highest that is left.
    await api.register('hard', V3);
    expect(await api.ok(`GET ${path}/versions`)).toEqual([1, 2]);
  });

  it('`latest` is the latest that is left', async () => {
    const path = await subjectWith('latest', V1, V2);
    expect(await api.ok(`DELETE ${path}/versions/latest`)).toBe(2);
    expect(await api.ok(`DELETE ${path}/versions/-1`)).toBe(1);
    expect((await api.refused(`GET ${path}/versions/latest`)).slice(0, 2)).toEqual([404, 40401]);
    expect((await api.refused(`GET ${path}/versions`)).slice(0, 2)).toEqual([404, 40401]);
    await api.register('latest', V3);
    expect(await api.ok(`GET ${path}/versions/latest`)).toMatchObject({ version: 3 });
  });

  it('that is not there, of a subject that is not there', async () => {
    const path = await subjectWith('there', V1);
    expect((await api.refused(`DELETE ${path}/versions/9`)).slice(0, 2)).toEqual([404, 40402]);
    expect((await api.refused('DELETE /subjects/nowhere/versions/1')).slice(0, 2)).toEqual([404, 40401]);
    expect((await api.refused(`DELETE ${path}/versions/x`)).slice(0, 2)).toEqual([422, 42202]);
  });

  it('that is deleted is no longer compared with', async () => {
    const path = await subjectWith('compared', V1);
    expect((await api.refused(`POST ${path}/versions`, json(CHANGED))).slice(0, 2)).toEqual([409, 40901]);
    await api.ok(`DELETE ${path}/versions/1`);
    expect(await api.ok('POST /compatibility/subjects/compared/versions/latest', json(CHANGED))).toEqual({
      is_compatible: true,
    });
    await api.register('compared', CHANGED);
  });
});

describe('a subject', () => {
  it('is deleted softly, then for good; its settings go with it', async () => {
    const path = await subjectWith('gone', V1, V2);
    await api.ok('PUT /config/gone', { compatibility: 'FULL' });
    await api.ok('PUT /mode/gone', { mode: 'READWRITE' });
    expect(await api.refused(`DELETE ${path}?permanent=true`)).toEqual([
      404,
      40405,
      "Subject 'gone' was not deleted first before being permanently deleted",
    ]);
    expect(await api.ok(`DELETE ${path}`)).toEqual([1, 2]);
    expect(await api.refused(`DELETE ${path}`)).toEqual([
      404,
      40404,
      "Subject 'gone' was soft deleted.Set permanent=true to delete permanently",
    ]);
    expect(await api.ok(`POST ${path}?deleted=true`, json(V1))).toMatchObject({ version: 1 });
    expect(await api.ok(`DELETE ${path}?permanent=true`)).toEqual([1, 2]);
    expect((await api.refused(`POST ${path}?deleted=true`, json(V1))).slice(0, 2)).toEqual([404, 40401]);
    expect((await api.refused('GET /config/gone')).slice(0, 2)).toEqual([404, 40408]);
    expect((await api.refused('GET /mode/gone')).slice(0, 2)).toEqual([404, 40409]);
    await api.register('gone', V2);
    expect(await api.ok(`GET ${path}/versions`)).toEqual([1]);
  });

  it('numbers go on after a soft deletion', async () => {
    const path = await subjectWith('on', V1, V2);
    await api.ok(`DELETE ${path}`);
    await subjectWith('on', V1, V2);
    expect(await api.ok(`GET ${path}/versions`)).toEqual([3, 4]);
    expect((await api.refused(`GET ${path}/versions/1`)).slice(0, 2)).toEqual([404, 40402]);
  });

  it('is listed or not', async () => {
    const prefix = ':.lists:';
    await subjectWith(`${prefix}live`, V1);
    await subjectWith(`${prefix}dead`, V1);
    await api.ok(`DELETE /subjects/${prefix}dead`);
    const list = (query: string) => api.ok(`GET /subjects?subjectPrefix=${prefix}${query}`);
    expect(await list('')).toEqual([`${prefix}live`]);
    expect(await list('&deleted=true')).toEqual([`${prefix}dead`, `${prefix}live`]);
    expect(await list('&deletedOnly=true')).toEqual([`${prefix}dead`]);
    expect(await list('&deleted=true&offset=1&limit=1')).toEqual([`${prefix}live`]);
  });

  it('that is not there', async () => {
    expect(await api.refused('DELETE /subjects/nowhere')).toEqual([
      404,
      40401,
      "Subject 'nowhere' not found.",
    ]);
  });
});

describe('what an id is used by', () => {
  it('are the live versions, or all', async () => {
    const id = await api.register('use-1', { title: 'used' });
    await api.register('use-2', { title: 'used' });
    await api.ok('DELETE /subjects/use-2/versions/1');
    const of = (what: string) => api.ok(`GET /schemas/ids/${id}/${what}`);
    expect(await of('subjects')).toEqual(['use-1']);
    expect(await of('subjects?deleted=true')).toEqual(['use-1', 'use-2']);
    expect(await of('subjects?deleted=true&limit=1&offset=1')).toEqual(['use-2']);
    expect(await of('versions')).toEqual([{ subject: 'use-1', version: 1 }]);
    expect(await of('versions?deleted=true')).toHaveLength(2);
    for (const what of ['subjects', 'versions', 'schema']) {
      expect((await api.refused(`GET /schemas/ids/99999/${what}`)).slice(0, 2), what).toEqual([404, 40403]);
    }
  });
});
