import {
  CelExecutor,
  HeaderSchemaIdSerializer,
  JsonataExecutor,
  JsonDeserializer,
  type JsonDeserializerConfig,
  JsonSerializer,
  type JsonSerializerConfig,
  RuleMode,
  RuleRegistry,
  SchemaRegistryClient,
  type Rule,
  type SchemaInfo,
  SerdeType,
} from '@confluentinc/schemaregistry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throughKafka } from './spec-kafka.js';
import { type SpecRegistry, specRegistry } from './spec-registry.js';
import { ADDRESS, AT_HOME, birth, NOWHERE, PERSON, TERRITORY } from './spec-schemas.js';

let registry: SpecRegistry;
beforeAll(async () => {
  registry = await specRegistry();
});
afterAll(() => registry?.stop());

const client = () =>
  new SchemaRegistryClient({ baseURLs: [registry.url], createAxiosDefaults: {}, maxRetries: 0 });
const rules = new RuleRegistry();
rules.registerExecutor(new CelExecutor());
rules.registerExecutor(new JsonataExecutor());

/** Nothing is cached between the two: the reader knows what the registry tells it. */
const serializer = (config: JsonSerializerConfig = { useLatestVersion: true, validate: true }) =>
  new JsonSerializer(client(), SerdeType.VALUE, config, rules);
const deserializer = (config: JsonDeserializerConfig = { validate: true }) =>
  new JsonDeserializer(client(), SerdeType.VALUE, config, rules);

const BIRTH = { number: '2023-1601-7' };
const withRules = (schema: SchemaInfo, ...domainRules: Rule[]): SchemaInfo => ({
  ...schema,
  ruleSet: { domainRules },
});

describe('messages of @confluentinc/schemaregistry', () => {
  it('are framed with the id of the latest version, and read with it', async () => {
    const id = await client().register('latest-value', birth([]));
    const bytes = await serializer().serialize('latest', BIRTH);
    expect(bytes.readUInt8(0)).toBe(0);
    expect(bytes.readUInt32BE(1)).toBe(id);
    expect(await deserializer().deserialize('latest', bytes)).toEqual(BIRTH);
    await expect(serializer().serialize('latest', { number: 7 })).rejects.toThrow(/Invalid message/);
  });

  it('bring their own schema when it is registered by itself', async () => {
    const message = { at: '2026-01-05T10:00:00Z', who: 'a@b.dz', tags: ['x'], n: 1.5, deep: { ok: true } };
    // Its Ajv knows no formats, and derives schemas that name some.
    const lax = { validate: true, validateFormats: false };
    const bytes = await serializer({ autoRegisterSchemas: true, ...lax }).serialize('auto', message);
    expect(await deserializer(lax).deserialize('auto', bytes)).toEqual(message);
    // Found again without being registered.
    expect(await serializer(lax).serialize('auto', message)).toEqual(bytes);
    expect(await client().getAllVersions('auto-value')).toEqual([1]);
  });

  it('are validated against references of two levels', async () => {
    await client().register('territory', TERRITORY);
    await client().register('address', ADDRESS);
    await client().register('person-value', PERSON);
    const bytes = await serializer().serialize('person', AT_HOME);
    expect(await deserializer().deserialize('person', bytes)).toEqual(AT_HOME);
    await expect(serializer().serialize('person', NOWHERE)).rejects.toThrow(/Invalid message/);
  });

  it('carry the GUID in a header', async () => {
    const { guid = '' } = await client().registerFullResponse('header-value', birth([]));
    const headers: Record<string, Buffer> = {};
    const bytes = await serializer({
      ...{ useLatestVersion: true, validate: true, schemaIdSerializer: HeaderSchemaIdSerializer },
    }).serialize('header', BIRTH, headers);
    expect(JSON.parse(bytes.toString())).toEqual(BIRTH);
    expect(headers['__value_schema_id']?.toString('hex')).toBe(`01${guid.replaceAll('-', '')}`);
    expect(await deserializer().deserialize('header', bytes, headers)).toEqual(BIRTH);
  });

  it('are written with a schema chosen by its id', async () => {
    const useSchemaId = await client().register('chosen-value', birth([]));
    await client().register('chosen-value', birth(['place']));
    const bytes = await serializer({ useSchemaId, validate: true }).serialize('chosen', BIRTH);
    expect(bytes.readUInt32BE(1)).toBe(useSchemaId);
  });

  it('are written with the latest version that bears some metadata', async () => {
    const marked = (fields: string[], application: string) => ({
      ...birth(fields),
      metadata: { properties: { application } },
    });
    const id = await client().register('marked-value', marked([], 'old'));
    await client().register('marked-value', marked(['place'], 'new'));
    const config = { useLatestWithMetadata: { application: 'old' }, validate: true };
    const bytes = await serializer(config).serialize('marked', BIRTH);
    expect(bytes.readUInt32BE(1)).toBe(id);
    expect(await deserializer(config).deserialize('marked', bytes)).toEqual(BIRTH);
  });

  it('are checked by a CEL rule that the registry keeps', async () => {
    const rule = { name: 'numbered', kind: 'CONDITION', mode: RuleMode.WRITE, type: 'CEL' };
    const expr = "message.number.startsWith('2023-')";
    await client().register('cel-value', withRules(birth([]), { ...rule, expr }));
    const bytes = await serializer().serialize('cel', BIRTH);
    expect(await deserializer().deserialize('cel', bytes)).toEqual(BIRTH);
    await expect(serializer().serialize('cel', { number: '1999-1' })).rejects.toThrow(/numbered/);
  });

  it('are changed by a JSONata rule on the way in and another on the way out', async () => {
    const transform = (name: string, mode: RuleMode, expr: string): Rule => ({
      ...{ name, kind: 'TRANSFORM', type: 'JSONATA', mode, expr },
    });
    const ruleSet = withRules(
      birth(['place']),
      transform('writeCapitals', RuleMode.WRITE, "$merge([$, {'place': $uppercase(place)}])"),
      transform('readPlain', RuleMode.READ, "$merge([$, {'place': place & '!'}])"),
    );
    await client().register('jsonata-value', ruleSet);
    const bytes = await serializer().serialize('jsonata', { ...BIRTH, place: 'Oran' });
    expect(JSON.parse(bytes.subarray(5).toString())).toEqual({ ...BIRTH, place: 'ORAN' });
    expect(await deserializer().deserialize('jsonata', bytes)).toEqual({ ...BIRTH, place: 'ORAN!' });
  });

  it('of an older major are lifted to the newer one by its migration rules', async () => {
    const subject = 'migrated-value';
    await client().updateConfig(subject, { compatibilityGroup: 'major' });
    const marked = (schema: SchemaInfo, major: string) => ({
      ...schema,
      metadata: { properties: { major } },
    });
    await client().register(subject, marked(birth(['place']), '1'));
    const old = await serializer().serialize('migrated', { ...BIRTH, place: 'Oran' });
    const upgrade: Rule = {
      ...{ name: 'renamed', kind: 'TRANSFORM', type: 'JSONATA', mode: RuleMode.UPGRADE },
      expr: "$merge([$sift($, function($v, $k) {$k != 'place'}), {'town': place}])",
    };
    const second = marked(birth(['town']), '2');
    await client().register(subject, { ...second, ruleSet: { migrationRules: [upgrade] } });
    const reader = deserializer({ useLatestWithMetadata: { major: '2' } });
    expect(await reader.deserialize('migrated', old)).toEqual({ ...BIRTH, town: 'Oran' });
  });

  it.each([
    ['with the id before the payload', {}],
    ['with the GUID in a header', { schemaIdSerializer: HeaderSchemaIdSerializer }],
  ])('pass through Kafka %s', async (_how, config) => {
    const [topic, { value, headers }] = await throughKafka(async (topic) => {
      await client().register(`${topic}-value`, birth([]));
      const headers: Record<string, Buffer> = {};
      const writer = serializer({ useLatestVersion: true, validate: true, ...config });
      return { value: await writer.serialize(topic, BIRTH, headers), headers };
    });
    expect(await deserializer().deserialize(topic, value, headers)).toEqual(BIRTH);
  });
});
