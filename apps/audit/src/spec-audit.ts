import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import pg from 'pg';
import { v7 } from 'uuid';
import { controlRecord, ensureControlTopics, type ControlRecord, type Role } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import {
  generateKey,
  leafHash,
  manifestDigest,
  memberOf,
  openCheckpoint,
  parseTlogProof,
  publicJwk,
  verifyInclusion,
  type Checkpoint,
} from '#protocol';
import { EVIDENCE_TOPIC, type RunningService } from '#service';
import { ownKafka, testDatabase } from '#testing';
import { start } from './app.js';
import type { ExchangeItem, ExchangeList } from './exchanges/exchange-search.js';
import { BUS, eventually, ORIGIN, SpecIssuer } from './spec-ledger.js';

const TOKEN_ISSUER = 'http://directory.test';
export const TOPIC = 'territory.unit.v1';
const names = { fr: 'Nom', ar: 'اسم', en: 'Name' };

/** Systems of the specs and the roles that the directory grants them. */
export const SYSTEMS = {
  auditor: { id: 'urn:wasl:dz:court-of-accounts:audit-desk', roles: ['auditor'] },
  sender: { id: 'urn:wasl:dz:interior:territory-registry', roles: ['publisher'] },
  recipient: { id: 'urn:wasl:dz:education:enrolment', roles: ['consumer'] },
  otherRecipient: { id: 'urn:wasl:dz:health:vaccination', roles: ['consumer'] },
  stranger: { id: 'urn:wasl:dz:statistics:warehouse', roles: ['consumer', 'publisher'] },
  steward: { id: 'urn:wasl:dz:agency:console', roles: ['steward'] },
} satisfies Record<string, { id: string; roles: Role[] }>;
export type Who = keyof typeof SYSTEMS;

/** The audit service on a Kafka and a database of its own, with a control plane of records. */
export class TestAudit {
  readonly gateway = new SpecIssuer();
  vkey = '';
  private readonly tokenKey = generateKey('ES256').jwk;
  private readonly folder = mkdtempSync(join(tmpdir(), 'wasl-audit-'));
  readonly guardFile = join(this.folder, 'guard');
  private readonly services: RunningService[] = [];

  private constructor(
    readonly broker: Awaited<ReturnType<typeof ownKafka>>,
    readonly database: Awaited<ReturnType<typeof testDatabase>>,
    readonly producer: KafkaProducer,
  ) {}

  static async start(): Promise<TestAudit> {
    const [broker, database] = await Promise.all([ownKafka(), testDatabase()]);
    const settings = { brokers: broker.kafka.brokers, clientId: 'audit-spec' };
    const producer = new KafkaProducer(settings);
    const audit = new TestAudit(broker, database, producer);
    const admin = new TopicAdmin(settings);
    await ensureControlTopics(admin);
    await admin.ensureTopics([{ topic: TOPIC, partitions: 2 }]);
    await producer.connect();
    const own = generateKey('Ed25519').jwk;
    writeFileSync(join(audit.folder, 'own.jwk.json'), JSON.stringify(own));
    writeFileSync(join(audit.folder, 'log.jwk.json'), JSON.stringify(generateKey('Ed25519').jwk));
    await audit.publish(...audit.controlPlane(own));
    await audit.run();
    audit.vkey = ((await (await audit.get('/v1/log')).json()) as { vkey: string }).vkey;
    return audit;
  }

  get env(): Record<string, string> {
    return {
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: this.database.url,
      KAFKA_BROKERS: this.broker.kafka.brokers.join(','),
      WASL_BUS: BUS,
      WASL_KEY_FILE: join(this.folder, 'own.jwk.json'),
      WASL_TOKEN_ISSUER: TOKEN_ISSUER,
      AUDIT_ORIGIN: ORIGIN,
      AUDIT_LOG_KEY_FILE: join(this.folder, 'log.jwk.json'),
      AUDIT_GUARD_FILE: this.guardFile,
      AUDIT_BATCH_WAIT_MS: '20',
      AUDIT_CHECKPOINT_INTERVAL_MS: '100',
    };
  }

  /** One more instance. */
  async run(): Promise<RunningService> {
    const service = await start(this.env);
    this.services.push(service);
    return service;
  }

  async publish(...records: ControlRecord[]): Promise<void> {
    await this.producer.send(records.map(controlRecord));
  }

  /** As the gateway produces evidence that belongs to no data record. */
  async evidence(...tokens: string[]): Promise<void> {
    await this.producer.send(
      tokens.map((token) => ({ topic: EVIDENCE_TOPIC, key: v7(), value: Buffer.from(token) })),
    );
  }

  /** As the gateway produces accepted messages: payload, manifest and evidence in one record. */
  async messages(key: string, ...messages: { token: string; manifest: string }[]): Promise<void> {
    await this.producer.send(
      messages.map(({ token, manifest }) => ({
        topic: TOPIC,
        key,
        value: Buffer.from('{}'),
        headers: { 'wasl-evidence': token, 'wasl-manifest': manifest },
      })),
    );
  }

  async token(who: Who, claims: object = {}): Promise<string> {
    const { id, roles } = SYSTEMS[who];
    return new SignJWT({ client_id: id, scope: roles.join(' '), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.tokenKey.kid ?? '' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(BUS)
      .setSubject(id)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK({ ...this.tokenKey }, 'ES256'));
  }

  async get(path: string, who?: Who, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = who ? { authorization: `Bearer ${await this.token(who)}` } : {};
    return fetch(`${this.newest.url}${path}`, { headers: { ...authorization, ...headers } });
  }

  /** The newest checkpoint, its signature verified. */
  async checkpoint(): Promise<Checkpoint> {
    return openCheckpoint(await (await this.get('/ledger/checkpoint')).text(), [this.vkey]);
  }

  async search(query: string, who: Who = 'auditor'): Promise<ExchangeList> {
    const response = await this.get(`/v1/exchanges?${query}`, who);
    if (response.status !== 200) throw new Error(`${query}: ${response.status}`);
    return (await response.json()) as ExchangeList;
  }

  /** The item of a message once it can be searched. */
  found(message: string): Promise<ExchangeItem> {
    return eventually(`message ${message}`, async () => (await this.search(`message=${message}`)).items[0]);
  }

  /** Accepted messages of the sender, as the gateway leaves them in Kafka. */
  async accepted(count = 1, key = 'k') {
    const messages = Array.from({ length: count }, () => {
      const [id, jti] = [v7(), v7()];
      const manifest = `manifest of ${id}`;
      const facts = { sender: SYSTEMS.sender.id, topic: TOPIC, version: 1, op: 'put' };
      const token = this.gateway.acceptance(id, { ...facts, manifest: manifestDigest(manifest) }, jti);
      return { id, jti, manifest, token };
    });
    await this.messages(key, ...messages);
    return messages;
  }

  /** The answer as soon as it is not 404. */
  included(path: string, who: Who): Promise<Response> {
    return eventually(path, async () => {
      const response = await this.get(path, who);
      return response.status !== 404 && response;
    });
  }

  /** Verifies a tlog-proof from the key of the log alone. */
  check(proofText: string, token: string): void {
    const { index, hashes, checkpoint } = parseTlogProof(proofText);
    const { size, root } = openCheckpoint(checkpoint, [this.vkey]);
    verifyInclusion({ index, size, leafHash: leafHash(token), proof: hashes, root });
  }

  get newest(): RunningService {
    return this.services.at(-1)!;
  }

  /** Asks the tables of the service directly. */
  async query<T extends object>(statement: string, values: unknown[] = []): Promise<{ rows: T[] }> {
    const client = new pg.Client({ connectionString: this.database.url, options: '-c search_path=audit' });
    await client.connect();
    try {
      return await client.query<T>(statement, values);
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.services.map((service) => service.close()));
    await this.producer.disconnect();
    this.broker.remove();
    await this.database.drop();
    rmSync(this.folder, { recursive: true });
  }

  private controlPlane(own: ReturnType<typeof generateKey>['jwk']): ControlRecord[] {
    const members = new Set([BUS, ...Object.values(SYSTEMS).map(({ id }) => memberOf(id))]);
    const auditIssuer = new SpecIssuer(`${BUS}:audit`);
    return [
      ...[...members].map((id) => ({
        kind: 'member' as const,
        id,
        parent: null,
        names,
        status: 'active' as const,
      })),
      ...Object.values(SYSTEMS).map(({ id, roles }) => {
        const system = {
          kind: 'system' as const,
          id,
          member: memberOf(id),
          names,
          status: 'active' as const,
        };
        return { ...system, roles: roles };
      }),
      this.gateway.record,
      { ...auditIssuer.record, kid: own.kid!, jwk: publicJwk(own) },
      { kind: 'token-keys', issuer: TOKEN_ISSUER, jwks: { keys: [publicJwk(this.tokenKey) as never] } },
      {
        kind: 'contract',
        topic: TOPIC,
        name: 'territory.unit',
        major: 1,
        owner: 'urn:wasl:dz:interior',
        titles: names,
        classification: 'P0',
        purpose: 'p',
        legalBasis: 'b',
        deletion: false,
        partitions: 2,
      },
    ];
  }
}
