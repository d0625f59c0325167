import { describe, expect, it } from 'vitest';
import type { RegistrySpec } from '../registry/registry-spec.js';
import { connectorSettings, type ConfigMap } from './connector-config.js';
import { Secrets, secretName } from './secret-reference.js';

const spec: RegistrySpec = {
  registry: 'r',
  file: 'r/openapi.yaml',
  system: 'urn:wasl:dz:social-protection:rights',
  sources: {
    births: {
      contract: { topic: 'a.b.v1', version: 1 },
      table: { name: 't' },
      key: ['k'],
      watermarkColumn: 'w',
      columns: [{ column: 'k', pointer: '/k', type: 'text' }],
    },
  },
  sinks: {},
};
const config: ConfigMap = {
  'connector.class': 'WaslPostgresSource',
  'wasl.registry': 'r',
  'wasl.flow': 'births',
  'database.url': '${env:DZ_SOCIAL_PROTECTION__RIGHTS_URL}',
};
const read = (changes: ConfigMap, name = 'births') =>
  connectorSettings(name, { ...config, ...changes }, () => spec);

describe('connectorSettings', () => {
  it('fills in defaults', () => {
    expect(read({})).toMatchObject({
      type: 'source',
      system: spec.system,
      databaseSecret: 'DZ_SOCIAL_PROTECTION__RIGHTS_URL',
      batchSize: 1000,
      maxInFlight: 64,
    });
  });

  it.each([
    ['an unknown class', { 'connector.class': 'FileStreamSource' }, 'connector.class'],
    ['a key it does not know', { transforms: 'x' }, 'transforms'],
    ['a number out of range', { 'max.in.flight': '100000' }, 'max.in.flight'],
    ['a number that is none', { 'batch.size': '1e3' }, 'batch.size'],
    ['a flow that the registry does not have', { 'wasl.flow': 'deaths' }, 'wasl.flow'],
    ['a flow named after a member of every object', { 'wasl.flow': 'constructor' }, 'wasl.flow'],
    ['a database URL in the clear', { 'database.url': 'postgres://u:hunter2@h/d' }, 'database.url'],
    [
      'a reference with something around it',
      { 'database.url': 'postgres://${env:DZ_SOCIAL_PROTECTION__X}@evil/' },
      'database.url',
    ],
    [
      'the secret of another member',
      { 'database.url': '${env:DZ_INTERIOR__CIVIL_REGISTRY_URL}' },
      'database.url',
    ],
    [
      'the secret of a member whose name begins alike',
      { 'database.url': '${env:DZ_SOCIAL_PROTECTION_FUND__URL}' },
      'database.url',
    ],
    [
      'the secret of a member of the same name in another country',
      { 'database.url': '${env:MA_SOCIAL_PROTECTION__RIGHTS_URL}' },
      'database.url',
    ],
    [
      'a name that two members could claim',
      { 'database.url': '${env:DZ_SOCIAL_PROTECTION__B__URL}' },
      'database.url',
    ],
    ['a name of nothing', { 'database.url': '${env:DZ_SOCIAL_PROTECTION__}' }, 'database.url'],
    [
      'a name that begins with an underscore',
      { 'database.url': '${env:DZ_SOCIAL_PROTECTION___URL}' },
      'database.url',
    ],
    ['a secret of the service', { 'database.url': '${env:DATABASE_URL}' }, 'database.url'],
  ])('refuses %s', (_, changes: ConfigMap, name) => {
    expect(() => read(changes)).toThrow(
      expect.objectContaining({
        code: 'malformed-request',
        violations: expect.arrayContaining([expect.objectContaining({ pointer: `/config/${name}` })]),
      }),
    );
  });

  it('gives no secret to a member whose name could be read in two ways', () => {
    const ofMember = (member: string, secret: string) => () =>
      connectorSettings('births', { ...config, 'database.url': `\${env:${secret}}` }, () => ({
        ...spec,
        system: `urn:wasl:dz:${member}:rights`,
      }));
    expect(ofMember('a', 'DZ_A__DB')).not.toThrow();
    expect(ofMember('a', 'DZ_A__B__DB')).toThrow(/DZ_A__<NAME>/);
    expect(ofMember('a--b', 'DZ_A__B__DB')).toThrow(/two hyphens/);
    expect(ofMember('a--b', 'DZ_A__DB')).toThrow(/two hyphens/);
  });

  it('does not repeat what might be a secret', () => {
    expect(() => read({ 'database.url': 'postgres://u:hunter2@h/d' })).toThrow(
      expect.not.stringContaining('hunter2'),
    );
  });

  it.each(['', 'A', '../x', 'a b', "x'; drop table connector; --"])('refuses the name %j', (name) => {
    expect(() => read({}, name)).toThrow(expect.objectContaining({ code: 'malformed-request' }));
  });
});

describe('secrets', () => {
  it('are references to one variable and nothing else', () => {
    expect(secretName('${env:A__B}')).toBe('A__B');
    for (const text of ['${env:a}', '${file:/etc/passwd}', '${env:A}${env:B}', ' ${env:A}', '${env:A}\n']) {
      expect(secretName(text)).toBeUndefined();
    }
  });

  it('say which one is missing, never what it holds', () => {
    const secrets = new Secrets({ A__B: 'hunter2' });
    expect(() => secrets.databaseUrl('A__C')).toThrow(/A__C is not set/);
    expect(() => secrets.databaseUrl('A__B')).toThrow(expect.not.stringContaining('hunter2'));
  });
});
