import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKey, publicJwk } from '#protocol';
import { parseControlRecord } from './parse-record.js';
import type { ControlRecord } from './records.js';
import { CONTROL_TOPICS, controlKey, controlRecord, controlTombstone, controlTopic } from './topics.js';

const names = { fr: 'Éducation', ar: 'التربية', en: 'Education' };
const { jwk: privateJwk } = generateKey('Ed25519');
const jwk = publicJwk(privateJwk);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const topic = 'civil-status.birth.v1';

const SAMPLES: ControlRecord[] = [
  { kind: 'member', id: 'urn:wasl:dz:education', parent: null, names, status: 'active' },
  {
    kind: 'system',
    id: 'urn:wasl:dz:education:enrolment',
    member: 'urn:wasl:dz:education',
    names,
    roles: ['consumer', 'publisher'],
    status: 'suspended',
  },
  {
    kind: 'key',
    kid: jwk.kid as string,
    system: 'urn:wasl:dz:education:enrolment',
    alg: 'Ed25519',
    jwk,
    status: 'active',
    notBefore: '2026-11-01T00:00:00Z',
    notAfter: null,
    changedAt: '2026-11-01T00:00:00.123Z',
  },
  {
    kind: 'agreement',
    id: '0193b2c4-0000-7000-8000-000000000001',
    consumer: 'urn:wasl:dz:education:enrolment',
    topic,
    purpose: 'p',
    legalBasis: 'b',
    fields: ['/name'],
    quotaPerDay: 10,
    notBefore: '2026-11-01T00:00:00Z',
    notAfter: '2027-11-01T00:00:00Z',
    status: 'approved',
    approvals: { publisher: 'urn:wasl:dz:interior:civil-registry', steward: null },
  },
  {
    kind: 'token-keys',
    issuer: 'https://directory.example',
    jwks: { keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'r', alg: 'RS256' }] },
  },
  {
    kind: 'contract',
    topic,
    name: 'civil-status.birth',
    major: 1,
    owner: 'urn:wasl:dz:interior',
    titles: names,
    classification: 'P2',
    purpose: 'p',
    legalBasis: 'b',
    deletion: false,
    partitions: 3,
  },
  {
    kind: 'version',
    topic,
    version: 2,
    id: 7,
    guid: '0a1b2c3d-0000-3000-8000-000000000000',
    schema: '{"type":"object"}',
    sha256: 'abc',
    status: 'deprecated',
  },
];
const OPTIONAL = {
  since: '2026-11-01T00:00:00Z',
  sunset: '2027-11-01T00:00:00.5Z',
  successor: { topic: 'civil-status.birth.v2', version: 1 },
};

const parse = (record: unknown, overrides: { topic?: string; key?: string } = {}) => {
  const known = record as ControlRecord;
  const key = overrides.key ?? controlKey(known);
  return parseControlRecord(
    overrides.topic ?? controlTopic(known.kind),
    key,
    Buffer.from(JSON.stringify(record)),
  );
};

describe('parseControlRecord', () => {
  it.each(SAMPLES)('reads $kind as it was published', (sample) => {
    const { topic, key, value } = controlRecord(sample);
    expect(parseControlRecord(topic, key as string, value as Buffer)).toEqual(sample);
    expect(controlTombstone(sample)).toEqual({ topic, key, value: null });
  });

  it.each(SAMPLES)('refuses $kind without or with a wrong value of any member', (sample) => {
    for (const name of Object.keys(sample)) {
      const { [name as keyof ControlRecord]: _, ...without } = sample;
      const key = controlKey(sample);
      const from = { topic: controlTopic(sample.kind), key };
      expect(() => parse(without, from), `without ${name}`).toThrow();
      expect(() => parse({ ...sample, [name]: { wrong: true } }, from), `wrong ${name}`).toThrow();
    }
  });

  it('reads a version with its sunset and successor, or without', () => {
    const version = SAMPLES.at(-1)!;
    expect(parse({ ...version, ...OPTIONAL })).toEqual({ ...version, ...OPTIONAL });
    expect(parse({ ...version, successor: { topic } })).toEqual({ ...version, successor: { topic } });
    for (const name of Object.keys(OPTIONAL))
      for (const wrong of [null, 1, 'soon', { topic: '../..' }, { topic, version: 0 }])
        expect(() => parse({ ...version, [name]: wrong }), `${name} ${JSON.stringify(wrong)}`).toThrow();
  });

  it.each(SAMPLES)('drops members of $kind that a newer service may add', (sample) => {
    expect(parse({ ...sample, added: 1, __proto__: { x: 1 } })).toEqual(sample);
  });

  it('believes a kind on its own topic only, under its own key only', () => {
    const [member, , key] = SAMPLES as [ControlRecord, ControlRecord, ControlRecord];
    expect(() => parse(key, { topic: CONTROL_TOPICS.contracts })).toThrow(/does not belong/);
    expect(() => parse(member, { key: 'member:urn:wasl:dz:interior' })).toThrow(/not the key/);
  });

  it('refuses private keys', () => {
    expect(() => parse({ ...SAMPLES[2], jwk: privateJwk })).toThrow(/public key/);
    expect(() =>
      parse({ ...SAMPLES[4], jwks: { keys: [rsa.privateKey.export({ format: 'jwk' })] } }),
    ).toThrow(/public key/);
  });

  it.each(['', 'null', '[]', '{}', '{"kind":"constructor"}', '{"kind":"__proto__"}', '\xff'])(
    'refuses %j',
    (text) => {
      expect(() => parseControlRecord(CONTROL_TOPICS.directory, 'x', Buffer.from(text, 'latin1'))).toThrow();
    },
  );

  it('throws nothing but errors and answers nothing but records, whatever it is given', () => {
    const kinds = fc.constantFrom(...SAMPLES.map(({ kind }) => kind));
    fc.assert(
      fc.property(fc.jsonValue(), kinds, fc.string(), (json, kind, key) => {
        const value = typeof json === 'object' && json !== null ? { ...json, kind } : json;
        try {
          const record = parseControlRecord(controlTopic(kind), key, Buffer.from(JSON.stringify(value)));
          expect(controlKey(record)).toBe(key);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
