import { describe, expect, it } from 'vitest';
import { CHANGED, closed, json, specApi, V1, V2, V3 } from './spec-api.js';

const api = specApi();

/** A subject in a context of its own: ids there begin with 1. */
const fresh = (() => {
  let count = 0;
  return (name = 's') => `:.reg${++count}:${name}`;
})();
const versions = (subject: string) => `/subjects/${subject}/versions`;
const marked = (properties: Record<string, string>) => ({ metadata: { properties } });

describe('ids and versions', () => {
  it('count from 1 in each context, and one content has one id in it', async () => {
    const first = fresh('one');
    const second = first.replace('one', 'two');
    expect(await api.register(first, V1)).toBe(1);
    expect(await api.register(first, V2)).toBe(2);
    expect(await api.register(first, V1)).toBe(1);
    expect(await api.register(second, V2)).toBe(2);
    expect(await api.register(second, V3)).toBe(3);
    expect(await api.ok(`GET ${versions(first)}`)).toEqual([1, 2]);
    expect(await api.ok(`GET ${versions(second)}`)).toEqual([1, 2]);
    expect(await api.register(fresh(), V1)).toBe(1);
  });

  it('a registration answers what is registered', async () => {
    const subject = fresh();
    const answer = await api.ok(`POST ${versions(subject)}`, json(V1));
    expect(answer).toMatchObject({ id: 1, version: 1, ...json(V1) });
    expect(answer.guid).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    const elsewhere = await api.ok(`POST ${versions(fresh())}`, json(V1));
    expect(elsewhere.guid).toBe(answer.guid);
  });

  it('the order of keys counts, white space does not', async () => {
    const subject = fresh();
    expect(await api.register(subject, '{ "type":  "object","title":"t" }')).toBe(1);
    expect(await api.register(subject, '{"type":"object",\n"title":"t"}')).toBe(1);
    expect(await api.register(subject, '{"title":"t","type":"object"}')).toBe(2);
    const found = await api.ok(`GET ${versions(subject)}/1`);
    expect(found.schema).toBe('{"type":"object","title":"t"}');
  });

  it('unless it is normalised, by request or by setting', async () => {
    const subject = fresh();
    const asked = await api.ok(
      `POST ${versions(subject)}?normalize=true`,
      json('{"type":"object","title":"t"}'),
    );
    expect(asked.schema).toBe('{"title":"t","type":"object"}');
    await api.ok(`PUT /config/${subject}`, { normalize: true });
    expect(await api.register(subject, '{"type":"object","title":"t"}')).toBe(asked.id);
    expect(await api.ok(`GET ${versions(subject)}`)).toEqual([1]);
  });

  it('large numbers and their spelling survive', async () => {
    const subject = fresh();
    const schema = '{"type":"number","maximum":12345678901234567890,"multipleOf":0.10}';
    await api.register(subject, schema);
    expect((await api.ok(`GET ${versions(subject)}/1`)).schema).toContain('12345678901234567890');
  });

  it.each([
    ['a boolean', 'true'],
    ['an empty object', '{}'],
  ])('%s is a schema', async (_name, schema) => {
    expect(await api.register(fresh(), schema)).toBe(1);
  });
});

describe('metadata and rules', () => {
  it('other metadata is another content; none given is what the latest version has', async () => {
    const subject = fresh();
    expect(await api.register(subject, V1, marked({ owner: 'a' }))).toBe(1);
    expect(await api.register(subject, V1, marked({ owner: 'b' }))).toBe(2);
    expect(await api.register(subject, V1, marked({ owner: 'a' }))).toBe(1);
    expect(await api.register(subject, V1)).toBe(2);
    expect(await api.register(subject, V2)).toBe(3);
    expect((await api.ok(`GET ${versions(subject)}/3`)).metadata).toEqual({ properties: { owner: 'b' } });
  });

  it('no schema given is that of the latest version', async () => {
    const subject = fresh();
    await api.register(subject, V1);
    const { id } = await api.ok(`POST ${versions(subject)}`, { schemaType: 'JSON', ...marked({ k: 'v' }) });
    expect(id).toBe(2);
    expect(await api.ok(`GET ${versions(subject)}/2`)).toMatchObject({ ...json(V1), ...marked({ k: 'v' }) });
    expect((await api.refused(`POST ${versions(fresh())}`, { schemaType: 'JSON' })).slice(0, 2)).toEqual([
      422, 42201,
    ]);
  });

  it('a rule set is kept as given', async () => {
    const subject = fresh();
    const ruleSet = {
      domainRules: [
        { name: 'check', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true', disabled: false },
      ],
    };
    await api.register(subject, V1, { ruleSet });
    for (const path of [`${versions(subject)}/latest`, `/schemas/ids/1?subject=${subject}`]) {
      expect((await api.ok(`GET ${path}`)).ruleSet, path).toMatchObject(ruleSet);
    }
  });

  const rule = { name: 'r', kind: 'TRANSFORM', mode: 'READ', type: 'CEL' };
  it.each([
    ['no name', { domainRules: [{ ...rule, name: '' }] }],
    ['a name that starts with a digit', { domainRules: [{ ...rule, name: '1r' }] }],
    ['no type', { domainRules: [{ ...rule, type: undefined }] }],
    ['the same name twice', { domainRules: [rule, rule] }],
    ['a domain mode among migration rules', { migrationRules: [rule] }],
    ['a migration mode among domain rules', { domainRules: [{ ...rule, mode: 'UPGRADE' }] }],
  ])('a rule set with %s → 42210', async (_name, ruleSet) => {
    const answer = await api.refused(`POST ${versions(fresh())}`, { ...json(V1), ruleSet });
    expect(answer.slice(0, 2)).toEqual([422, 42210]);
  });

  it('default and override metadata of the settings are merged in', async () => {
    const subject = fresh();
    await api.ok(`PUT /config/${subject}`, {
      defaultMetadata: { properties: { owner: 'nobody', office: 'central' } },
      overrideMetadata: { properties: { level: 'P2' } },
    });
    const answer = await api.ok(`POST ${versions(subject)}`, {
      ...json(V1),
      ...marked({ owner: 'a', level: 'P0' }),
    });
    expect(answer.metadata.properties).toEqual({ owner: 'a', office: 'central', level: 'P2' });
    expect((await api.ok(`POST /subjects/${subject}`, answer)).version).toBe(1);
  });
});

describe('the version asked for', () => {
  it('is found, made or refused, as its number says', async () => {
    const subject = fresh();
    const one = json(V1);
    const asked = async (more: object) => (await api.ok(`POST ${versions(subject)}`, { ...one, ...more })).id;
    const found = async (more: object) => {
      const { version, metadata } = await api.ok(`POST /subjects/${subject}`, { ...one, ...more });
      return [version, metadata?.properties?.['confluent:version']];
    };
    const numbered = (text: string) => marked({ 'confluent:version': text });

    expect(await asked({})).toBe(1);
    expect(await asked({ version: -1 })).toBe(1);
    expect(await asked({ version: 2 })).toBe(2);
    expect(await asked({ version: -1 })).toBe(2);
    expect(await found({})).toEqual([1, undefined]);
    expect(await found(numbered('1'))).toEqual([1, undefined]);
    expect(await found(numbered('2'))).toEqual([2, '2']);
    expect(await api.ok(`DELETE ${versions(subject)}/1`)).toBe(1);
    expect(await found({})).toEqual([2, '2']);
    expect(await asked({})).toBe(2);
    expect(await asked({ version: 3 })).toBe(3);
    expect(await asked({ version: -1 })).toBe(3);
    const again = await api.refused(`POST ${versions(subject)}`, { ...one, version: 3 });
    expect(again.slice(0, 2)).toEqual([422, 42201]);
    expect(again[2]).toContain('Version is not one more than previous version');
    expect(await asked({ version: 4 })).toBe(4);
    expect(await asked(numbered('-1'))).toBe(5);
    expect((await api.ok(`GET ${versions(subject)}/latest`)).metadata).toEqual(numbered('5').metadata);
    expect(await asked(numbered('2'))).toBe(2);
    expect(await asked(marked({ mykey: 'v' }))).toBe(6);
    expect(await found(marked({ mykey: 'v' }))).toEqual([6, undefined]);
  });

  it('must be the next for another schema', async () => {
    const subject = fresh();
    await api.register(subject, V1);
    const third = await api.refused(`POST ${versions(subject)}`, { ...json(V2), version: 3 });
    expect(third.slice(0, 2)).toEqual([422, 42201]);
    expect((await api.ok(`POST ${versions(subject)}`, { ...json(V2), version: 2 })).id).toBe(2);
  });
});

describe('what cannot be registered', () => {
  it.each([
    ['no JSON', '{', 42201],
    ['a number', '1', 42201],
    ['a type that is none', '{"type":"bad-object"}', 42201],
    ['a reference to nowhere', '{"$ref":"ref.json#/definitions/T"}', 42201],
    ['another schema type', undefined, 42201],
  ])('%s', async (_name, schema, code) => {
    const body = schema === undefined ? { schema: '"string"', schemaType: 'AVRO' } : json(schema);
    const answer = await api.refused(`POST ${versions(fresh())}`, body);
    expect(answer.slice(0, 2)).toEqual([422, code]);
  });

  it('a schema that is no text, which is not a repetition of the latest', async () => {
    const subject = fresh();
    await api.register(subject, V1);
    const body = { schemaType: 'JSON', schema: { type: 'integer' } };
    expect((await api.refused(`POST ${versions(subject)}`, body)).slice(0, 2)).toEqual([422, 42201]);
  });

  it('an id of its own, outside of IMPORT', async () => {
    const answer = await api.refused(`POST ${versions(fresh())}`, { ...json(V1), id: 7 });
    expect(answer.slice(0, 2)).toEqual([422, 42205]);
  });

  it.each(['%0Dbad%0Asubject%09', '%00', '__GLOBAL', '__EMPTY', ':.a:', ':.:'])(
    'the subject %s',
    async (subject) => {
      expect((await api.refused(`POST ${versions(subject)}`, json(V1))).slice(0, 2)).toEqual([422, 42208]);
    },
  );

  it('what breaks compatibility, with the reasons in order', async () => {
    const subject = fresh();
    await api.register(subject, V1);
    const [status, code, message] = await api.refused(`POST ${versions(subject)}`, json(CHANGED));
    expect([status, code]).toEqual([409, 40901]);
    expect(message).toMatch(/^Schema being registered is incompatible with an earlier schema for subject "/);
    const places = [
      'errorType:"TYPE_CHANGED"',
      'oldSchemaVersion: 1',
      `oldSchema: '${JSON.stringify(V1)}'`,
      "validateFields: 'false', compatibility: 'BACKWARD'",
    ].map((part) => message.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    await api.ok(`PUT /config/${subject}`, { compatibility: 'NONE' });
    expect(await api.register(subject, CHANGED)).toBe(2);
  });

  it('a field that begins with $$, where fields are validated', async () => {
    const subject = fresh();
    const reserved = closed({ $$secret: 'string' });
    await api.ok(`PUT /config/${subject}`, { validateFields: true });
    const answer = await api.refused(`POST ${versions(subject)}`, json(reserved));
    expect(answer.slice(0, 2)).toEqual([422, 42201]);
    await api.ok(`PUT /config/${subject}`, { validateFields: false });
    expect(await api.register(subject, reserved)).toBe(1);
  });
});
