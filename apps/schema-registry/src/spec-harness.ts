import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { Pool } from 'pg';
import { controlRecord, type ControlRecord, ensureControlTopics, type Role } from '#control';
import { KafkaProducer, PartitionReader, TopicAdmin } from '#kafka';
import {
  generateKey,
  type Jwk,
  memberOf,
  parseEvidence,
  publicJwk,
  verificationKeyFromJwk,
  verifyJws,
} from '#protocol';
import type { RunningService } from '#service';
import { ownKafka, testDatabase } from '#testing';
import { SCHEMA, start } from './app.js';

export const BUS = 'urn:wasl:dz:bus';
const ISSUER = 'http://directory.test';
const NAMES = { fr: 'Nom', ar: 'اسم', en: 'Name' };

/** Systems that the tests speak for. */
export const PUBLISHER = 'urn:wasl:dz:interior:civil-registry';
export const STEWARD = 'urn:wasl:dz:agency:console';
export const STRANGER = 'urn:wasl:dz:education:enrolment';
export const CONSUMER = 'urn:wasl:dz:social-protection:rights';
const ROLES: Record<string, Role[]> = {
  [PUBLISHER]: ['publisher'],
  [STEWARD]: ['steward'],
  [STRANGER]: ['publisher'],
  [CONSUMER]: ['consumer'],
};

export const GOVERNANCE = {
  name: 'civil-status.birth',
  owner: 'urn:wasl:dz:interior',
  stewards: [{ name: 'Civil status', email: 'civil-status@interior.example', role: 'data steward' }],
  titles: { fr: 'Naissances', ar: 'الولادات', en: 'Births' },
  description: { fr: 'Actes', ar: 'عقود', en: 'Certificates' },
  classification: 'P2',
  purpose: 'Notify births once',
  legalBasis: { type: 'T', reference: 'Civil-status law', expires: '2030-12-31' },
  languages: ['fr', 'ar', 'en'],
  deletion: true,
  retention: 'P100Y',
  sla: { latency: 'PT1M' },
  partitions: 3,
};

export const VND = 'application/vnd.schemaregistry.v1+json';

// What came over the wire: each test says by its expectations what it takes it for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

export interface CallOptions {
  as?: string;
  body?: unknown;
  headers?: Record<string, string>;
  on?: RunningService;
}

/** A schema registry on a database and a Kafka of its own; the directory is a few control records. */
export class TestRegistry {
  readonly pool: Pool;
  private readonly instances: RunningService[] = [];
  private tokenKey!: Jwk;

  private constructor(
    readonly env: Record<string, string>,
    readonly key: Jwk,
    private readonly cleanUps: (() => Promise<unknown> | void)[],
  ) {
    this.pool = new Pool({
      connectionString: env['DATABASE_URL']!,
      options: `-c search_path=${SCHEMA}`,
      max: 4,
    });
    this.pool.on('error', () => undefined);
  }

  static async start(): Promise<TestRegistry> {
    const [broker, database] = await Promise.all([ownKafka(), testDatabase()]);
    const folder = mkdtempSync(join(tmpdir(), 'wasl-registry-'));
    const key = generateKey('Ed25519').jwk;
    writeFileSync(join(folder, 'own.jwk.json'), JSON.stringify(key));
    const env = {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: broker.kafka.brokers.join(','),
      WASL_KEY_FILE: join(folder, 'own.jwk.json'),
      WASL_TOKEN_ISSUER: ISSUER,
    };
    const registry = new TestRegistry(env, key, [
      () => database.drop(),
      () => broker.remove(),
      () => rmSync(folder, { recursive: true }),
    ]);
    await registry.publishDirectory();
    await registry.startInstance();
    return registry;
  }

  get service(): RunningService {
    return this.instances[0]!;
  }

  async startInstance(): Promise<RunningService> {
    const service = await start(this.env);
    this.instances.push(service);
    return service;
  }

  async stop(): Promise<void> {
    for (const instance of this.instances) await instance.close();
    await this.pool.end();
    for (const cleanUp of this.cleanUps) await cleanUp();
  }

  async call(
    method: string,
    path: string,
    { as, body, headers = {}, on }: CallOptions = {},
  ): Promise<Answer> {
    const service = on ?? this.service;
    const response = await fetch(service.url + path, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${await this.token(as)}` }),
        ...(body === undefined ? {} : { 'content-type': path.startsWith('/v1/') ? 'application/json' : VND }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  register(subject: string, schema: unknown, options: CallOptions = {}): Promise<Answer> {
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    return this.call('POST', path, { as: STEWARD, body: { schemaType: 'JSON', schema: text }, ...options });
  }

  async token(system: string, claims: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT({ client_id: system, scope: ROLES[system]?.join(' ') ?? '', ...claims })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: this.tokenKey.kid! })
      .setIssuer(ISSUER)
      .setAudience(BUS)
      .setSubject(system)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK({ ...this.tokenKey, alg: 'EdDSA' }, 'EdDSA'));
  }

  /** Everything that a topic holds now, oldest first, as soon as `enough` says so. */
  async records<T>(topic: string, read: (value: Buffer) => T, enough: (items: T[]) => boolean): Promise<T[]> {
    const reader = new PartitionReader({ brokers: this.env['KAFKA_BROKERS']!.split(','), clientId: 'spec' });
    await reader.connect();
    try {
      const positions = [...(await reader.offsets(topic, 'earliest'))].map(([partition, offset]) => ({
        topic,
        partition,
        offset,
      }));
      const items: T[] = [];
      for (const deadline = Date.now() + 15_000; Date.now() < deadline && !enough(items);) {
        for (const part of await reader.fetch(positions, { maxWaitMs: 200 })) {
          positions.find(({ partition }) => partition === part.partition)!.offset = part.nextOffset;
          for (const { value } of part.records) if (value !== null) items.push(read(value));
        }
      }
      return items;
    } finally {
      await reader.close();
    }
  }

  control(enough: (items: Json[]) => boolean): Promise<Json[]> {
    return this.records('wasl.control.contracts', (value) => JSON.parse(value.toString()), enough);
  }

  /** Evidence whose signature by the schema registry was verified. */
  evidence(enough: (items: Json[]) => boolean): Promise<Json[]> {
    const key = verificationKeyFromJwk(publicJwk(this.key));
    return this.records(
      'wasl.evidence',
      (value) => {
        const { jws, claims, event } = parseEvidence(value.toString('ascii'));
        verifyJws(jws, key);
        return { ...claims, name: event.name, ...event.body } as Json;
      },
      enough,
    );
  }

  private async publishDirectory(): Promise<void> {
    const kafka = { brokers: this.env['KAFKA_BROKERS']!.split(','), clientId: 'spec' };
    await ensureControlTopics(new TopicAdmin(kafka));
    this.tokenKey = generateKey('Ed25519').jwk;
    const members = new Set(Object.keys(ROLES).map(memberOf));
    const records: ControlRecord[] = [
      {
        kind: 'token-keys',
        issuer: ISSUER,
        jwks: { keys: [{ ...publicJwk(this.tokenKey), alg: 'EdDSA' }] },
      },
      ...[...members].map((id): ControlRecord => ({
        kind: 'member',
        id,
        parent: null,
        names: NAMES,
        status: 'active',
      })),
      ...Object.entries(ROLES).map(([id, roles]): ControlRecord => ({
        kind: 'system',
        id,
        member: memberOf(id),
        names: NAMES,
        roles,
        status: 'active',
      })),
    ];
    await this.publish(records);
  }

  async publish(records: ControlRecord[]): Promise<void> {
    const producer = new KafkaProducer({ brokers: this.env['KAFKA_BROKERS']!.split(','), clientId: 'spec' });
    await producer.connect();
    await producer.send(records.map(controlRecord));
    await producer.disconnect();
  }
}
