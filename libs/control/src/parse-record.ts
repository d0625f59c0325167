import type { Jwk } from '#protocol';
import {
  ROLES,
  type AgreementRecord,
  type ContractRecord,
  type ControlKind,
  type ControlRecord,
  type KeyRecord,
  type MemberRecord,
  type SystemRecord,
  type TokenKey,
  type TokenKeysRecord,
  type VersionRecord,
  type VersionSuccessor,
} from './records.js';
import {
  arrayOf,
  boolean,
  count,
  instant,
  jsonObject,
  nullable,
  object,
  oneOf,
  optional,
  ShapeError,
  string,
  urn,
  type Reader,
} from './shape.js';
import { controlKey, controlTopic } from './topics.js';

const names = object({ fr: string, ar: string, en: string });
const presence = oneOf('active', 'suspended');
const topic: Reader<string> = (value) => {
  const text = string(value);
  if (!/^[a-z0-9][a-z0-9._-]{0,248}$/.test(text)) throw new ShapeError('expected a topic name');
  return text;
};

/** Private members of a JWK (RFC 7518 §6); published records must never carry one. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const publicKey: Reader<Record<string, unknown>> = (value) => {
  const jwk = jsonObject(value);
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) throw new ShapeError('expected a public key');
  return jwk;
};

const tokenKey: Reader<TokenKey> = (value) => {
  const jwk = publicKey(value);
  string(jwk['kty']);
  return jwk;
};

const signingKey: Reader<Jwk> = (value) => {
  const { kty, crv, x, ...rest } = publicKey(value);
  return { ...rest, kty: string(kty), crv: string(crv), x: string(x) };
};

const READERS: { [K in ControlKind]: Reader<Extract<ControlRecord, { kind: K }>> } = {
  member: object<MemberRecord>({
    kind: oneOf('member'),
    id: urn,
    parent: nullable(urn),
    names,
    status: presence,
  }),
  system: object<SystemRecord>({
    kind: oneOf('system'),
    id: urn,
    member: urn,
    names,
    roles: arrayOf(oneOf(...ROLES)),
    status: presence,
  }),
  key: object<KeyRecord>({
    kind: oneOf('key'),
    kid: string,
    system: urn,
    alg: oneOf('Ed25519', 'ES256'),
    jwk: signingKey,
    status: oneOf('pending', 'active', 'retired', 'compromised'),
    notBefore: instant,
    notAfter: nullable(instant),
    changedAt: instant,
  }),
  agreement: object<AgreementRecord>({
    kind: oneOf('agreement'),
    id: string,
    consumer: urn,
    topic,
    purpose: string,
    legalBasis: string,
    fields: nullable(arrayOf(string)),
    quotaPerDay: nullable(count),
    notBefore: instant,
    notAfter: nullable(instant),
    status: oneOf('requested', 'approved', 'suspended', 'revoked', 'expired'),
    approvals: object({ publisher: nullable(string), steward: nullable(string) }),
  }),
  'token-keys': object<TokenKeysRecord>({
    kind: oneOf('token-keys'),
    issuer: string,
    jwks: object({ keys: arrayOf(tokenKey) }),
  }),
  contract: object<ContractRecord>({
    kind: oneOf('contract'),
    topic,
    name: string,
    major: count,
    owner: urn,
    titles: names,
    classification: oneOf('P0', 'P1', 'P2', 'P3'),
    purpose: string,
    legalBasis: string,
    deletion: boolean,
    partitions: count,
  }),
  version: object<VersionRecord>({
    kind: oneOf('version'),
    topic,
    version: count,
    id: count,
    guid: string,
    schema: string,
    sha256: string,
    status: oneOf('active', 'deprecated', 'retired'),
    since: optional(instant),
    sunset: optional(instant),
    successor: optional(object<VersionSuccessor>({ topic, version: optional(count) })),
  }),
};

/**
 * Parses a record of a control topic.
 * @throws Error saying what is wrong: not JSON, unknown kind, a member of the wrong shape, a kind
 *   that this topic may not carry, or a Kafka key that is not the record's own
 */
export function parseControlRecord(fromTopic: string, key: string, value: Buffer): ControlRecord {
  const json = jsonObject(JSON.parse(value.toString('utf8')));
  const kind = json['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(READERS, kind)) throw new ShapeError('unknown kind');
  const record = READERS[kind as ControlKind](json);
  if (controlTopic(record.kind) !== fromTopic) throw new ShapeError(`${kind} does not belong on this topic`);
  if (controlKey(record) !== key) throw new ShapeError('the Kafka key is not the key of the record');
  return record;
}
