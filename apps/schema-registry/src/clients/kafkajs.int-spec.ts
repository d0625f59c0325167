import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throughKafka } from './spec-kafka.js';
import { type SpecRegistry, specRegistry } from './spec-registry.js';
import { ADDRESS, AT_HOME, birth, NOWHERE, PERSON, TERRITORY } from './spec-schemas.js';

let registry: SpecRegistry;
beforeAll(async () => {
  registry = await specRegistry();
});
afterAll(() => registry?.stop());

/** A client that has cached nothing. */
const client = () => new SchemaRegistry({ host: registry.url, retry: { retries: 0 } });
const asked = ({ schemaType: _, ...rest }: typeof PERSON) => ({ type: SchemaType.JSON as const, ...rest });
const config = async (subject: string) => (await fetch(`${registry.url}/config/${subject}`)).json();

const BIRTH = { number: '2023-1601-7' };
const V1 = asked(birth([]));
const V2 = asked(birth(['place']));

describe('@kafkajs/confluent-schema-registry', () => {
  it('registers, sets the level the first time, and finds what it registered', async () => {
    const { id } = await client().register(V1, { subject: 'kjs-value' });
    expect(await config('kjs-value')).toEqual({ compatibilityLevel: 'BACKWARD' });
    expect((await client().register(V1, { subject: 'kjs-value' })).id).toBe(id);
    const second = await client().register(V2, { subject: 'kjs-value' });
    expect(second.id).not.toBe(id);

    expect(await client().getRegistryId('kjs-value', 1)).toBe(id);
    expect(await client().getLatestSchemaId('kjs-value')).toBe(second.id);
    expect(await client().getRegistryIdBySchema('kjs-value', V1)).toBe(id);
    await expect(client().getRegistryIdBySchema('kjs-value', asked(birth(['other'])))).rejects.toThrow(
      'Schema not found',
    );
    await expect(client().getRegistryId('kjs-value', 9)).rejects.toThrow('Version 9 not found.');
    await expect(client().getLatestSchemaId('nothing')).rejects.toThrow("Subject 'nothing' not found.");
    await expect(client().getSchema(99_999)).rejects.toThrow('Schema 99999 not found');
  });

  it('keeps to a level other than the default', async () => {
    const options = { subject: 'full-value', compatibility: COMPATIBILITY.FULL };
    await client().register(V1, options);
    expect(await config('full-value')).toEqual({ compatibilityLevel: 'FULL' });
    await client().register(V1, options);
    await expect(client().register(V1, { subject: 'full-value' })).rejects.toThrow(
      'Compatibility does not match the configuration (BACKWARD != FULL)',
    );
  });

  it('is refused an incompatible schema with 409', async () => {
    await client().register(V1, { subject: 'refused-value' });
    await expect(
      client().register(asked(birth([], 'integer')), { subject: 'refused-value' }),
    ).rejects.toMatchObject({ status: 409, message: expect.stringContaining('incompatible') as string });
  });

  it('writes and reads messages', async () => {
    const { id } = await client().register(V1, { subject: 'messages-value' });
    const bytes = await client().encode(id, BIRTH);
    expect(bytes.readUInt8(0)).toBe(0);
    expect(bytes.readUInt32BE(1)).toBe(id);
    expect(await client().decode(bytes)).toEqual(BIRTH);
    await expect(client().encode(id, { number: 7 })).rejects.toMatchObject({ paths: [['/number']] });
  });

  it('writes and reads messages whose schema has references of two levels', async () => {
    await client().register(asked(TERRITORY), { subject: 'territory' });
    await client().register(asked(ADDRESS), { subject: 'address' });
    const { id } = await client().register(asked(PERSON), { subject: 'person-value' });
    const bytes = await client().encode(id, AT_HOME);
    expect(await client().decode(bytes)).toEqual(AT_HOME);
    await expect(client().encode(id, NOWHERE)).rejects.toThrow('invalid payload');
    // It asks without them, and finds it all the same.
    expect(await client().getRegistryIdBySchema('person-value', asked(PERSON))).toBe(id);
  });

  it('passes a message through Kafka', async () => {
    const [, { value }] = await throughKafka(async (topic) => {
      const { id } = await client().register(V1, { subject: `${topic}-value` });
      return { value: await client().encode(id, BIRTH) };
    });
    expect(await client().decode(value)).toEqual(BIRTH);
  });
});
