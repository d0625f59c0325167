import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlRecord, type ControlRecord, type Role } from '#control';
import { KafkaProducer, PartitionReader, type KafkaRecord } from '#kafka';
import {
  generateKey,
  memberOf,
  parseEvidence,
  publicJwk,
  signCompactJws,
  signingKeyFromJwk,
  type Jwk,
} from '#protocol';
import type { RunningService } from '#service';
import { ownKafka, testDatabase } from '#testing';
import { SignJWT, importJWK } from 'jose';
import { start } from './app.js';
import { checkPromised } from './spec-openapi.js';

export const BUS = 'urn:wasl:dz:bus';
export const ISSUER = 'http://directory.test';
export const STEWARD = 'urn:wasl:dz:agency:console';
export const NAMES = { fr: 'Nom', ar: 'اسم', en: 'Name' };
export const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface Party {
  system: string;
  jwk: Jwk;
  roles: Role[];
}

// What came over the wire: each test says by its expectations what it takes it for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

/** A directory on a database and a Kafka of its own, with a steward that can act. */
export class TestDirectory {
  readonly steward: Party = party(STEWARD, ['steward']);
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly env: Record<string, string>,
    readonly brokers: string[],
    public service: RunningService,
    readonly kafka: Awaited<ReturnType<typeof ownKafka>>['kafka'],
    private readonly cleanUps: (() => Promise<unknown> | void)[],
  ) {}

  static async start(overrides: Record<string, string> = {}): Promise<TestDirectory> {
    const [broker, database] = await Promise.all([ownKafka(), testDatabase()]);
    const folder = mkdtempSync(join(tmpdir(), 'wasl-directory-'));
    const own = generateKey('Ed25519').jwk;
    const steward = party(STEWARD, ['steward']);
    writeFileSync(join(folder, 'own.jwk.json'), JSON.stringify(own));
    writeFileSync(join(folder, 'bootstrap.json'), JSON.stringify(bootstrap(own, steward)));
    const env = {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'fatal',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: broker.kafka.brokers.join(','),
      WASL_KEY_FILE: join(folder, 'own.jwk.json'),
      WASL_TOKEN_ISSUER: ISSUER,
      DIRECTORY_BOOTSTRAP_FILE: join(folder, 'bootstrap.json'),
      DIRECTORY_SWEEP_SECONDS: '1',
      ...overrides,
    };
    const directory = new TestDirectory(env, broker.kafka.brokers, await start(env), broker.kafka, [
      () => database.drop(),
      () => broker.remove(),
      () => rmSync(folder, { recursive: true }),
    ]);
    Object.assign(directory.steward, steward);
    return directory;
  }

  async stop(): Promise<void> {
    await this.service.close();
    for (const cleanUp of this.cleanUps) await cleanUp();
  }

  async restart(): Promise<void> {
    await this.service.close();
    this.service = await start(this.env);
  }

  /** Asks the token endpoint with exactly this assertion. */
  async ask(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION,
      ...form,
    });
    const answered = await answer(
      await fetch(`${this.service.url}/oauth/token`, { method: 'POST', body, headers }),
    );
    checkPromised(
      'POST',
      '/oauth/token',
      answered.status,
      answered.headers.get('content-type') ?? '',
      answered.body,
    );
    return answered;
  }

  async tokenFor(who: Party): Promise<string> {
    const cached = this.tokens.get(who.system);
    if (cached) return cached;
    const scope = who.roles.join(' ');
    const { status, body } = await this.ask({
      client_assertion: await assertion(who),
      ...(scope ? { scope } : {}),
    });
    if (status !== 200) throw new Error(`no token for ${who.system}: ${JSON.stringify(body)}`);
    this.tokens.set(who.system, body.access_token);
    return body.access_token;
  }

  async call(
    method: string,
    path: string,
    { as, body, headers = {} }: { as?: Party | null; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const who = as === undefined ? this.steward : as;
    const response = await fetch(this.service.url + path, {
      method,
      headers: {
        ...(who ? { authorization: `Bearer ${await this.tokenFor(who)}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answered = await answer(response);
    checkPromised(method, path, answered.status, answered.headers.get('content-type') ?? '', answered.body);
    return answered;
  }

  /** Registers member (unless it is there), system and an active key. */
  async join(
    system: string,
    roles: Role[],
    { alg = 'Ed25519', parent = null }: { alg?: 'Ed25519' | 'ES256'; parent?: string | null } = {},
  ): Promise<Party> {
    const joined = party(system, roles, alg);
    await this.must('/v1/members', { id: memberOf(system), parent, names: NAMES });
    await this.must('/v1/systems', { id: system, names: NAMES, roles });
    await this.must('/v1/keys', keyBody(joined));
    await this.must(`/v1/keys/${joined.jwk.kid}/activate`);
    return joined;
  }

  async must(path: string, body?: unknown, as?: Party): Promise<Json> {
    const response = await this.call('POST', path, { body, ...(as ? { as } : {}) });
    if (response.status > 201)
      throw new Error(`${path}: ${response.status} ${JSON.stringify(response.body)}`);
    return response.body;
  }

  /** Publishes a contract as the schema registry would, and waits until the directory knows it. */
  async contract(topic: string, owner: string): Promise<void> {
    const producer = new KafkaProducer({ brokers: this.brokers, clientId: 'spec' });
    const text = 'for the test';
    const record: ControlRecord = {
      ...{ kind: 'contract', topic, name: 'spec', major: 1, owner, titles: NAMES, classification: 'P0' },
      ...{ purpose: text, legalBasis: text, deletion: false, partitions: 3 },
    };
    await producer.connect();
    await producer.send([controlRecord(record)]);
    await producer.disconnect();
    const probe = { consumer: `${owner}:nobody`, topic, purpose: 'p', legalBasis: 'l' };
    await eventually(async () => {
      const { body } = await this.call('POST', '/v1/agreements', { body: probe });
      return body.code !== 'unknown-topic';
    });
  }

  /** All records of a topic, from its start. */
  async records(topic: string): Promise<KafkaRecord[]> {
    const reader = new PartitionReader({ brokers: this.brokers, clientId: 'spec' });
    await reader.connect();
    try {
      const found: KafkaRecord[] = [];
      for (const [partition, first] of await reader.offsets(topic, 'earliest')) {
        const end = (await reader.offsets(topic, 'latest')).get(partition)!;
        for (let offset = first; offset < end;) {
          const [slice] = await reader.fetch([{ topic, partition, offset }], { maxWaitMs: 100 });
          found.push(...slice!.records);
          offset = slice!.nextOffset;
        }
      }
      return found;
    } finally {
      await reader.close();
    }
  }

  /** The evidence of an event about a subject, once at least `count` are in Kafka. */
  async evidence(
    event: string,
    subject: string,
    count = 1,
  ): Promise<{ claims: Json; name: string; body: Json; kid: string }[]> {
    let found: { claims: Json; name: string; body: Json; kid: string }[] = [];
    await eventually(async () => {
      const all = (await this.records('wasl.evidence')).map(({ value }) =>
        parseEvidence(value!.toString('ascii')),
      );
      found = all
        .map(({ jws, claims, event: { name, body } }) => ({
          claims,
          name: name,
          body,
          kid: jws.header.kid,
        }))
        .filter(({ claims, name }) => name === event && claims.sub === subject);
      return found.length >= count;
    });
    return found;
  }

  /** The last state under a control key, once `accept` likes it. */
  async control(key: string, accept: (state: Json) => boolean = () => true): Promise<Json> {
    let state: Json;
    await eventually(async () => {
      const last = (await this.records('wasl.control.directory'))
        .filter((r) => r.key?.toString() === key)
        .at(-1);
      state = last?.value ? JSON.parse(last.value.toString('utf8')) : undefined;
      return state !== undefined && accept(state);
    });
    return state;
  }
}

export function party(system: string, roles: Role[], alg: 'Ed25519' | 'ES256' = 'Ed25519'): Party {
  return { system, roles, jwk: generateKey(alg).jwk };
}

/** A client assertion (RFC 7523); `claims` and `header` overwrite what would be right. */
export async function assertion(
  who: Party,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const right = {
    iss: who.system,
    sub: who.system,
    aud: ISSUER,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
  };
  const key = await importJWK(who.jwk as Json, who.jwk.alg);
  return new SignJWT({ ...right, ...claims })
    .setProtectedHeader({ alg: who.jwk.alg!, kid: who.jwk.kid!, typ: 'JWT', ...header })
    .sign(key);
}

export function keyProof({ system, jwk }: Party, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const right = { iss: system, aud: BUS, iat: now, exp: now + 60 };
  return signCompactJws('wasl-key-proof+jwt', { ...right, ...claims }, signingKeyFromJwk(jwk));
}

export function keyBody(who: Party): { system: string; jwk: Jwk; proof: string } {
  return { system: who.system, jwk: publicJwk(who.jwk), proof: keyProof(who) };
}

export async function eventually(check: () => Promise<boolean>, patienceMs = 15_000): Promise<void> {
  for (
    const end = Date.now() + patienceMs;
    Date.now() < end;
    await new Promise((go) => setTimeout(go, 100))
  ) {
    if (await check()) return;
  }
  throw new Error('it did not happen in time');
}

function bootstrap(own: Jwk, steward: Party) {
  return {
    members: [
      { id: BUS, parent: null, names: NAMES },
      { id: memberOf(STEWARD), parent: null, names: NAMES },
    ],
    systems: [
      { id: `${BUS}:directory`, names: NAMES, roles: [] },
      { id: STEWARD, names: NAMES, roles: steward.roles },
    ],
    keys: [
      { system: `${BUS}:directory`, jwk: publicJwk(own) },
      { system: STEWARD, jwk: publicJwk(steward.jwk) },
    ],
  };
}

async function answer(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
