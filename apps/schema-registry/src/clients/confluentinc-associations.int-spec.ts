import {
  type AssociationCreateOrUpdateRequest,
  JsonDeserializer,
  JsonSerializer,
  LifecyclePolicy,
  SchemaRegistryClient,
  SerdeType,
} from '@confluentinc/schemaregistry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpecRegistry, specRegistry } from './spec-registry.js';
import { birth } from './spec-schemas.js';

let registry: SpecRegistry;
beforeAll(async () => {
  registry = await specRegistry();
});
afterAll(() => registry?.stop());

const client = () =>
  new SchemaRegistryClient({ baseURLs: [registry.url], createAxiosDefaults: {}, maxRetries: 0 });
const config = { useLatestVersion: true, validate: true };
const serializer = (more: object = {}) =>
  new JsonSerializer(client(), SerdeType.VALUE, { ...config, ...more });
const deserializer = () => new JsonDeserializer(client(), SerdeType.VALUE, { validate: true });

const topic = (name: string, subject: string): AssociationCreateOrUpdateRequest => ({
  ...{ resourceName: name, resourceNamespace: 'lkc-1', resourceId: `id-${name}`, resourceType: 'topic' },
  associations: [{ subject, associationType: 'value', lifecycle: LifecyclePolicy.STRONG, schema: birth([]) }],
});
const BIRTH = { number: '2023-1601-7' };

describe('@confluentinc/schemaregistry', () => {
  it('creates an association, finds it, and deletes it', async () => {
    const created = await client().createAssociation(topic('made', 'subject-of-made'));
    expect(created).toMatchObject({
      ...{ resourceName: 'made', resourceNamespace: 'lkc-1', resourceId: 'id-made' },
      associations: [{ subject: 'subject-of-made', lifecycle: 'STRONG', frozen: false }],
    });
    const find = (namespace: string, types = ['value']) =>
      client().getAssociationsByResourceName('made', namespace, 'topic', types, null, 0, -1);
    expect(await find('-')).toMatchObject([{ subject: 'subject-of-made', associationType: 'value' }]);
    expect(await find('lkc-1', [])).toHaveLength(1);
    expect(await find('lkc-2')).toEqual([]);
    expect(await find('-', ['key'])).toEqual([]);
    await client().deleteAssociations('id-made', 'topic', ['value'], true);
    expect(await find('-')).toEqual([]);
    await expect(client().getAllVersions('subject-of-made')).rejects.toMatchObject({ status: 404 });
    await expect(client().deleteAssociations('id-made', null, null, false)).rejects.toMatchObject({
      status: 404,
      errorCode: 40410,
    });
  });

  it('is told why one is refused', async () => {
    await client().createAssociation(topic('first', 'taken'));
    await expect(client().createAssociation(topic('second', 'taken'))).rejects.toMatchObject({
      status: 409,
      errorCode: 40904,
    });
  });

  it('writes and reads messages with the subject that is associated with the topic', async () => {
    const { associations } = await client().createAssociation(topic('spoken', 'any-name'));
    const bytes = await serializer().serialize('spoken', BIRTH);
    expect(bytes.readUInt32BE(1)).toBe((associations![0]!.schema as unknown as { id: number }).id);
    expect(await deserializer().deserialize('spoken', bytes)).toEqual(BIRTH);
    await expect(client().getAllVersions('spoken-value')).rejects.toMatchObject({ status: 404 });
  });

  it('takes the name of the topic where nothing is associated', async () => {
    const id = await client().register('plain-value', birth(['place']));
    const bytes = await serializer().serialize('plain', BIRTH);
    expect(bytes.readUInt32BE(1)).toBe(id);
  });
});
