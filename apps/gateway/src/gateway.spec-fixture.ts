import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, exportJWK, SignJWT, type CryptoKey } from 'jose';
import { v7 } from 'uuid';
import { canonicalText, schemaSha256 } from '#contracts';
import {
  controlRecord,
  ensureControlTopics,
  type ControlRecord,
  type KeyRecord,
  type Role,
  type TokenKeysRecord,
} from '#control';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaRecord } from '#kafka';
import {
  generateKey,
  newSalt,
  parseEvidence,
  payloadDigest,
  publicJwk,
  signingKeyFromJwk,
  signManifest,
  verificationKeyFromJwk,
  verifyJws,
  type Jwk,
  type ManifestClaims,
  type ParsedEvidence,
  type SigningKey,
} from '#protocol';
import type { RunningService } from '#service';
import { ownKafka, testDatabase } from '#testing';
import { start } from './app.js';

export const BUS = 'urn:wasl:dz:bus';
const ISSUER = 'http://directory.test';
const names = { fr: 'n', ar: 'n', en: 'n' };

export const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { name: { type: 'string', maxLength: 2_000_000 }, age: { type: 'integer', minimum: 0 } },
  required: ['name'],
  additionalProperties: false,
};

export interface Party {
  system: string;
  member: string;
  jwk: Jwk;
  key: SigningKey;
}

/** A gateway over real PostgreSQL and Kafka, with members of its own and control records written directly. */
export class GatewayFixture {
  gateway!: RunningService;
  readonly run = randomBytes(4).toString('hex');
  readonly bus: Party = { ...party(BUS, 'gateway') };
  readonly publisher = party(`urn:wasl:dz:interior-${this.run}`, 'registry');
  readonly consumer = party(`urn:wasl:dz:social-${this.run}`, 'rights');
  readonly stranger = party(`urn:wasl:dz:statistics-${this.run}`, 'warehouse');
  readonly topic = `people-${this.run}.person.v1`;
  readonly agreement = `agreement-${this.run}`;
  env: Record<string, string> = {};
  private producer!: KafkaProducer;
  private reader!: PartitionReader;
  private token!: { privateKey: CryptoKey; jwk: Jwk };
  private drop!: () => Promise<void>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'wasl-gateway-'));

  /** A broker of its own: the control topics have fixed names, and one spec must not write into another's. */
  private constructor(private readonly broker: Awaited<ReturnType<typeof ownKafka>>) {}

  get kafka() {
    return this.broker.kafka;
  }

  static async start(env: Record<string, string> = {}): Promise<GatewayFixture> {
    const fixture = new GatewayFixture(await ownKafka());
    await fixture.prepare(env);
    fixture.gateway = await start(fixture.env);
    return fixture;
  }

  /** Starts a further gateway over the same database. */
  another(env: Record<string, string> = {}): Promise<RunningService> {
    return start({ ...this.env, ...env });
  }

  async stop(): Promise<void> {
    await this.gateway.close();
    await this.producer.disconnect();
    await this.reader.close();
    await this.drop();
    this.broker.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async control(...records: ControlRecord[]): Promise<void> {
    await this.producer.send(records.map(controlRecord));
  }

  keyRecord(of: Party, changes: Partial<KeyRecord> = {}): KeyRecord {
    return {
      kind: 'key',
      kid: of.key.kid,
      system: of.system,
      alg: of.key.alg,
      jwk: publicJwk(of.jwk),
      status: 'active',
      notBefore: '2020-01-01T00:00:00Z',
      notAfter: null,
      changedAt: '2020-01-01T00:00:00Z',
      ...changes,
    };
  }

  systemRecord(of: Party, roles: Role[], status: 'active' | 'suspended' = 'active'): ControlRecord {
    return { kind: 'system', id: of.system, member: of.member, names, roles, status };
  }

  contractRecords(topic: string, changes: object = {}): ControlRecord[] {
    const schema = canonicalText(JSON.stringify(SCHEMA));
    return [
      {
        ...{ kind: 'contract', topic, name: 'person', major: 1, owner: this.publisher.member, titles: names },
        ...{ classification: 'P2', purpose: 'p', legalBasis: 'l', deletion: true, partitions: 3, ...changes },
      },
      {
        ...{
          kind: 'version',
          topic,
          version: 1,
          id: 1,
          guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
          schema,
        },
        ...{ sha256: schemaSha256(schema), status: 'active' as const },
      },
    ];
  }

  agreementRecord(changes: object = {}): ControlRecord {
    return {
      ...{ kind: 'agreement', id: this.agreement, consumer: this.consumer.system, topic: this.topic },
      ...{ purpose: 'purpose', legalBasis: 'law', fields: null, quotaPerDay: null, status: 'approved' },
      ...{ notBefore: '2020-01-01T00:00:00Z', notAfter: null, approvals: { publisher: 'a', steward: 'b' } },
      ...changes,
    };
  }

  /** Claims and token of a manifest for a payload, with whatever is to be different. */
  manifest(
    payload: Buffer | string,
    changes: Partial<ManifestClaims> = {},
    key = this.publisher.key,
  ): string {
    const salt = newSalt();
    const iat = Math.floor(Date.now() / 1_000);
    const claims: ManifestClaims = {
      iss: this.publisher.system,
      aud: BUS,
      jti: v7(),
      iat,
      exp: iat + 120,
      topic: this.topic,
      version: 1,
      op: 'put',
      key: 'k',
      cty: 'application/json',
      digest: payloadDigest(salt, Buffer.from(payload)),
      salt,
      ...changes,
    };
    return signManifest(claims, key);
  }

  async post(
    manifest: string | undefined,
    payload: Buffer | string,
    options: PostOptions = {},
  ): Promise<Answer> {
    const url = `${options.url ?? this.gateway.url}/v1/topics/${options.topic ?? this.topic}/messages`;
    const headers = {
      'content-type': 'application/json',
      ...(manifest === undefined ? {} : { 'wasl-manifest': manifest }),
      ...options.headers,
    };
    return answerOf(await fetch(url, { method: 'POST', headers, body: payload }));
  }

  async accessToken(of: Party, roles: string[]): Promise<string> {
    return new SignJWT({ client_id: of.system, roles })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'token-key' })
      .setIssuer(ISSUER)
      .setAudience(BUS)
      .setSubject(of.system)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.token.privateKey);
  }

  async get(path: string, of: Party, roles: string[], url = this.gateway.url): Promise<Answer> {
    const authorization = `Bearer ${await this.accessToken(of, roles)}`;
    return answerOf(await fetch(`${url}${path}`, { headers: { authorization } }));
  }

  pull(query = '', of = this.consumer): Promise<Answer> {
    return this.get(`/v1/topics/${this.topic}/messages?${query}`, of, ['consumer']);
  }

  /** All records of a topic. */
  async records(topic: string): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = [];
    const ends = await this.reader.offsets(topic, 'latest');
    for (const [partition, start] of await this.reader.offsets(topic, 'earliest')) {
      for (let offset = start; offset < (ends.get(partition) ?? 0n);) {
        const [slice] = await this.reader.fetch([{ topic, partition, offset }], { maxWaitMs: 100 });
        records.push(...(slice?.records ?? []));
        offset = slice?.nextOffset ?? offset;
      }
    }
    return records;
  }

  /** The evidence in `wasl.evidence` with exactly this token, verified under the key of the bus. */
  async evidence(token: string): Promise<ParsedEvidence> {
    const parsed = parseEvidence(token);
    verifyJws(parsed.jws, verificationKeyFromJwk(publicJwk(this.bus.jwk)));
    const found = (await this.records('wasl.evidence')).filter(
      ({ value }) => value?.toString('latin1') === token,
    );
    if (found.length === 0) throw new Error('the evidence is not in Kafka');
    return parsed;
  }

  private async prepare(env: Record<string, string>): Promise<void> {
    const database = await testDatabase();
    this.drop = () => database.drop();
    const keyFile = join(this.folder, 'gateway.jwk.json');
    writeFileSync(keyFile, JSON.stringify(this.bus.jwk));
    this.env = {
      ...{
        PORT: '0',
        DATABASE_URL: database.url,
        KAFKA_BROKERS: this.kafka.brokers.join(','),
        LOG_LEVEL: 'fatal',
      },
      ...{
        WASL_KEY_FILE: keyFile,
        WASL_TOKEN_ISSUER: ISSUER,
        WASL_BUS: BUS,
        GATEWAY_REFUSALS_PER_MINUTE: '10000',
      },
      ...env,
    };
    const settings = { brokers: this.kafka.brokers, clientId: 'gateway-spec' };
    await ensureControlTopics(new TopicAdmin(settings));
    this.producer = new KafkaProducer(settings);
    this.reader = new PartitionReader(settings);
    await Promise.all([this.producer.connect(), this.reader.connect()]);
    await this.populate();
  }

  private async populate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'token-key', alg: 'ES256', use: 'sig' } as Jwk;
    this.token = { privateKey, jwk };
    const parties = [this.bus, this.publisher, this.consumer, this.stranger];
    await this.control(
      { kind: 'token-keys', issuer: ISSUER, jwks: { keys: [jwk] } } as TokenKeysRecord,
      ...parties.map(({ member }): ControlRecord => ({
        kind: 'member',
        id: member,
        parent: null,
        names,
        status: 'active',
      })),
      this.systemRecord(this.bus, []),
      this.systemRecord(this.publisher, ['publisher']),
      this.systemRecord(this.consumer, ['consumer']),
      this.systemRecord(this.stranger, ['consumer', 'publisher']),
      ...parties.map((of) => this.keyRecord(of)),
      ...this.contractRecords(this.topic),
      this.agreementRecord(),
    );
  }
}

export interface PostOptions {
  topic?: string;
  headers?: Record<string, string>;
  url?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, if it is. */
  body: Body;
  /** The body's lines as JSON, if it is NDJSON. */
  lines: Record<string, string>[];
}

/** Members of receipts and problems; a spec looks at those that it expects. */
interface Body {
  format: string;
  manifest: string;
  acknowledgement: string;
  evidence: string;
  code: string;
  detail: string;
  texts: Record<string, string>;
  errors: { pointer: string; rule: string }[];
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const lines = type.includes('ndjson') ? text.split('\n').filter(Boolean) : [];
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (lines.length === 0 && /\bjson/.test(type) && text !== '' ? JSON.parse(text) : {}) as Body,
    lines: lines.map((line) => JSON.parse(line) as Record<string, string>),
  };
}

export function party(member: string, name: string): Party {
  const { jwk } = generateKey('Ed25519');
  return { system: `${member}:${name}`, member, jwk, key: signingKeyFromJwk(jwk) };
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition());) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
