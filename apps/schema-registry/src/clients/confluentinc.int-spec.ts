import { Compatibility, type RestError, SchemaRegistryClient } from '@confluentinc/schemaregistry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpecRegistry, specRegistry } from './spec-registry.js';
import { ADDRESS, birth, PERSON, TERRITORY } from './spec-schemas.js';

let registry: SpecRegistry;
beforeAll(async () => {
  registry = await specRegistry();
});
afterAll(() => registry?.stop());

/** A client that has cached nothing. */
const client = (url = registry.url) =>
  new SchemaRegistryClient({ baseURLs: [url], createAxiosDefaults: {}, maxRetries: 0 });
const refused = (status: number, errorCode: number) =>
  expect.objectContaining({ status, errorCode }) as RestError;
const V1 = birth([]);
const V2 = birth(['place']);
const INCOMPATIBLE = birth([], 'integer');

describe('@confluentinc/schemaregistry', () => {
  it('registers, and finds what it registered in every way', async () => {
    const subject = 'ways/of looking-value';
    const registered = await client().registerFullResponse(subject, V1);
    const { id, guid = '' } = registered;
    expect(registered).toMatchObject({ version: 1, schemaType: 'JSON', schema: V1.schema });
    expect(guid).toMatch(/^[0-9a-f]{8}-/);
    expect(await client().register(subject, V1)).toBe(id);
    expect(await client().register(subject, V2)).not.toBe(id);

    const found = { schemaType: 'JSON', schema: V1.schema };
    expect(await client().getBySubjectAndId(subject, id!)).toMatchObject(found);
    expect(await client().getByGuid(guid)).toMatchObject(found);
    expect(await client().getSchemaMetadata(subject, 1)).toMatchObject({
      ...found,
      id,
      guid,
      subject,
      version: 1,
    });
    expect(await client().getLatestSchemaMetadata(subject)).toMatchObject({ version: 2, schema: V2.schema });
    expect(await client().getIdFullResponse(subject, V1)).toMatchObject({ id, guid, version: 1 });
    expect(await client().getVersion(subject, V2)).toBe(2);
    expect(await client().getAllVersions(encodeURIComponent(subject))).toEqual([1, 2]);
    expect(await client().getAllSubjects()).toContain(subject);
  });

  it('looks up by what it was answered, members of the answer included', async () => {
    await client().register('echo-value', V1);
    const answered = await client().getLatestSchemaMetadata('echo-value');
    expect(await client().getVersion('echo-value', answered)).toBe(1);
    expect(await client().testSubjectCompatibility('echo-value', answered)).toBe(true);
  });

  it('is told what is missing', async () => {
    await client().register('missing-value', V1);
    await expect(client().getLatestSchemaMetadata('nothing')).rejects.toEqual(refused(404, 40401));
    await expect(client().getAllVersions('nothing')).rejects.toEqual(refused(404, 40401));
    await expect(client().getSchemaMetadata('missing-value', 7)).rejects.toEqual(refused(404, 40402));
    await expect(client().getBySubjectAndId('missing-value', 99_999)).rejects.toEqual(refused(404, 40403));
    await expect(client().getIdFullResponse('missing-value', V2)).rejects.toEqual(refused(404, 40403));
    await expect(client().register('missing-value', { ...V1, schema: '{' })).rejects.toEqual(
      refused(422, 42201),
    );
    await expect(client().getConfig('missing-value')).rejects.toEqual(refused(404, 40408));
    const associations = client().getAssociationsByResourceName('t', '-', 'topic', ['value'], null, 0, -1);
    expect(await associations).toEqual([]);
  });

  it('registers references of two levels', async () => {
    const references = (schema: typeof PERSON) => ({ ...schema });
    await client().register('territory', TERRITORY);
    await client().register('address', references(ADDRESS));
    const id = await client().register('person-value', references(PERSON));
    const { references: stored } = await client().getBySubjectAndId('person-value', id);
    expect(stored).toEqual(PERSON.references);
    await expect(client().deleteSubject('address')).rejects.toEqual(refused(422, 42206));
    const dangling = [{ name: 'https://types.test/address', subject: 'address', version: 9 }];
    await expect(client().register('other-value', { ...PERSON, references: dangling })).rejects.toEqual(
      refused(422, 42201),
    );
  });

  it('normalises', async () => {
    const turned = { schemaType: 'JSON', schema: '{"type":"string","title":"t"}' };
    const same = { schemaType: 'JSON', schema: '{ "title": "t", "type": "string" }' };
    const id = await client().register('normal-value', turned, true);
    expect(await client().register('normal-value', same, true)).toBe(id);
    expect(await client().getId('normal-value', same, true)).toBe(id);
    await expect(client().getId('normal-value', turned, false)).rejects.toEqual(refused(404, 40403));
    expect(await client().getAllVersions('normal-value')).toEqual([1]);
  });

  it('checks compatibility, and is refused with 409 by what it broke', async () => {
    await client().register('compat-value', V1);
    expect(await client().testSubjectCompatibility('compat-value', V2)).toBe(true);
    expect(await client().testSubjectCompatibility('compat-value', INCOMPATIBLE)).toBe(false);
    expect(await client().testCompatibility('compat-value', 1, INCOMPATIBLE)).toBe(false);
    expect(await client().testSubjectCompatibility('not-there-value', V1)).toBe(true);
    await expect(client().testCompatibility('compat-value', 9, V1)).rejects.toEqual(refused(404, 40402));
    const registering = client().register('compat-value', INCOMPATIBLE);
    await expect(registering).rejects.toEqual(refused(409, 40901));
    await expect(registering).rejects.toThrow(/errorType:"TYPE_CHANGED".*oldSchemaVersion: 1/s);
    await client().updateCompatibility('compat-value', Compatibility.NONE);
    expect(await client().register('compat-value', INCOMPATIBLE)).toBeGreaterThan(0);
  });

  it('reads and writes levels and other settings', async () => {
    expect(await client().getDefaultCompatibility()).toBe('BACKWARD');
    expect(await client().updateDefaultCompatibility(Compatibility.FULL)).toBe('FULL');
    expect(await client().getDefaultCompatibility()).toBe('FULL');
    await client().updateDefaultCompatibility(Compatibility.BACKWARD);

    expect(await client().updateCompatibility('set-value', Compatibility.FORWARD_TRANSITIVE)).toBe(
      'FORWARD_TRANSITIVE',
    );
    expect(await client().getCompatibility('set-value')).toBe('FORWARD_TRANSITIVE');
    const update = {
      compatibility: Compatibility.BACKWARD,
      compatibilityGroup: 'major',
      normalize: true,
      defaultMetadata: { properties: { owner: 'interior' } },
    };
    expect(await client().updateConfig('set-value', update)).toMatchObject(update);
    const { compatibility: compatibilityLevel, ...others } = update;
    expect(await client().getConfig('set-value')).toEqual({ compatibilityLevel, ...others });
    await expect(client().updateCompatibility('set-value', 'SOME' as Compatibility)).rejects.toEqual(
      refused(422, 42203),
    );
  });

  it('finds the latest version of a major by its metadata', async () => {
    const subject = 'majors-value';
    await client().updateConfig(subject, {
      compatibility: Compatibility.BACKWARD,
      compatibilityGroup: 'major',
    });
    const major = (schema: typeof V1, value: string) => ({
      ...schema,
      metadata: { properties: { major: value } },
    });
    await client().register(subject, major(V1, '1'));
    await client().register(subject, major(INCOMPATIBLE, '2'));
    await client().register(subject, major(V2, '1'));
    await expect(client().register(subject, major(birth(['other'], 'integer'), '1'))).rejects.toEqual(
      refused(409, 40901),
    );
    expect(await client().getLatestWithMetadata(subject, { major: '1' })).toMatchObject({ version: 3 });
    expect(await client().getLatestWithMetadata(subject, { major: '2' }, true)).toMatchObject({
      version: 2,
      metadata: { properties: { major: '2' } },
    });
    await expect(client().getLatestWithMetadata(subject, { major: '3' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('deletes softly, then for good', async () => {
    const subject = 'deleted-value';
    const id = await client().register(subject, V1);
    await client().register(subject, V2);
    await expect(client().deleteSubjectVersion(subject, 1, true)).rejects.toEqual(refused(404, 40407));
    expect(await client().deleteSubjectVersion(subject, 1)).toBe(1);
    await expect(client().deleteSubjectVersion(subject, 1)).rejects.toEqual(refused(404, 40406));
    await expect(client().getSchemaMetadata(subject, 1)).rejects.toEqual(refused(404, 40402));
    expect(await client().getSchemaMetadata(subject, 1, true)).toMatchObject({ version: 1, id });
    expect(await client().getVersion(subject, V1, false, true)).toBe(1);
    expect(await client().getBySubjectAndId(subject, id)).toMatchObject({ schema: V1.schema });
    expect(await client().deleteSubjectVersion(subject, 1, true)).toBe(1);

    await expect(client().deleteSubject(subject, true)).rejects.toEqual(refused(404, 40405));
    expect(await client().deleteSubject(subject)).toEqual([2]);
    await expect(client().deleteSubject(subject)).rejects.toEqual(refused(404, 40404));
    expect(await client().getAllSubjects()).not.toContain(subject);
    expect(await client().deleteSubject(subject, true)).toEqual([2]);
    expect((await client().registerFullResponse(subject, V1)).version).toBe(1);
  });

  it('works inside a context, by qualified names and by its base URL', async () => {
    const outside = await client().registerFullResponse(':.interior:in-context-value', V1);
    expect(outside).toMatchObject({ id: 1, version: 1 });
    const inside = client(`${registry.url}/contexts/.interior`);
    expect(await inside.getLatestSchemaMetadata('in-context-value')).toMatchObject({
      id: 1,
      schema: V1.schema,
    });
    expect(await inside.register('in-context-value', V2)).toBe(2);
    expect(await client().getAllVersions(':.interior:in-context-value')).toEqual([1, 2]);
    await expect(client().getAllVersions('in-context-value')).rejects.toEqual(refused(404, 40401));
  });
});
