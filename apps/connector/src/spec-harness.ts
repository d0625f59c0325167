import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { TokenSource, WaslClient } from '#client';
import { bundleSchema, readContracts, schemaGuid, schemaSha256 } from '#contracts';
import { controlRecord, type ControlRecord, type Role, type VersionRecord } from '#control';
import { KafkaProducer } from '#kafka';
import { generateKey, memberOf, publicJwk, signingKeyFromJwk, type Jwk } from '#protocol';
import { projectFile, type RunningService } from '#service';
import { ownKafka, testDatabase } from '#testing';
import { start } from './app.js';
import type { ConfigMap } from './configuration/connector-config.js';

const BUS = 'urn:wasl:dz:bus';
export const STEWARD = 'urn:wasl:dz:agency:console';
export const TERRITORY_REGISTRY = 'urn:wasl:dz:interior:territory-registry';
export const CIVIL_REGISTRY = 'urn:wasl:dz:interior:civil-registry';
export const RIGHTS = 'urn:wasl:dz:social-protection:rights';
export const ENROLMENT = 'urn:wasl:dz:education:enrolment';
const SYSTEMS: [string, Role[]][] = [
  ...['gateway', 'directory', 'connector'].map((part): [string, Role[]] => [`${BUS}:${part}`, []]),
  [STEWARD, ['steward']],
  [TERRITORY_REGISTRY, ['publisher']],
  [CIVIL_REGISTRY, ['publisher']],
  [RIGHTS, ['consumer']],
  [ENROLMENT, ['consumer']],
];
const names = { fr: 'n', ar: 'n', en: 'n' };

interface StartableApp {
  start(env: Record<string, string | undefined>): Promise<RunningService>;
}

/** Whatever JSON says; specs look into it freely. */
export type Json = ReturnType<typeof JSON.parse>;

/** An answer of the connector's REST interface. */
export interface Answer {
  status: number;
  location: string | null;
  body: Json;
}

/** Directory, gateway and connector service over a broker and a database of their own. */
export class Harness {
  readonly env: Record<string, string> = {};
  gateway!: RunningService;
  connector!: RunningService;
  private directory!: RunningService;
  private kafka!: Awaited<ReturnType<typeof ownKafka>>;
  private readonly databases = new Map<string, { pool: pg.Pool; drop: () => Promise<void> }>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'wasl-connector-'));
  private readonly jwks = new Map<string, Jwk>();
  private readonly tokens = new Map<string, TokenSource>();
  private readonly versions = new Map<string, VersionRecord>();
  private producer!: KafkaProducer;

  /** `secrets`: names under which the connector service knows the URL of a fresh database each. */
  static async start(secrets: string[], env: Record<string, string> = {}): Promise<Harness> {
    const harness = new Harness();
    harness.kafka = await ownKafka();
    for (const name of ['DATABASE_URL', ...secrets]) await harness.database(name);
    for (const [system] of SYSTEMS) harness.jwks.set(system, generateKey('Ed25519').jwk);
    harness.writeKeys();
    const directoryPort = await freePort();
    const gatewayPort = await freePort();
    Object.assign(harness.env, {
      HOST: '127.0.0.1',
      PORT: '0',
      KAFKA_BROKERS: harness.brokers.join(','),
      WASL_BUS: BUS,
      WASL_TOKEN_ISSUER: `http://127.0.0.1:${directoryPort}`,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'fatal',
      GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
      CONNECTOR_KEYS_DIR: join(harness.folder, 'keys'),
      CONNECTOR_HEARTBEAT_MS: '150',
      CONNECTOR_LEASE_TTL_MS: '1500',
      ...env,
    });
    harness.directory = await (
      await app('directory')
    ).start({
      ...harness.serviceEnv('directory', directoryPort),
      DIRECTORY_BOOTSTRAP_FILE: harness.bootstrapFile(),
    });
    harness.producer = new KafkaProducer({ brokers: harness.brokers, clientId: 'harness' });
    await harness.producer.connect();
    await harness.publishContracts();
    await harness.startGateway();
    harness.connector = await harness.another();
    return harness;
  }

  async stop(): Promise<void> {
    await this.connector.close();
    await Promise.all([...this.tokens.values()].map((tokens) => tokens.close()));
    await this.gateway.close();
    await this.directory.close();
    await this.producer.disconnect();
    for (const { pool, drop } of this.databases.values()) {
      await pool.end();
      await drop();
    }
    this.kafka.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A further instance of the connector service over the same database. */
  async another(changes: Record<string, string> = {}): Promise<RunningService> {
    return ready(await start({ ...this.serviceEnv('connector', 0), ...changes }));
  }

  async startGateway(): Promise<void> {
    const port = Number(new URL(this.env['GATEWAY_URL'] ?? '').port);
    this.gateway = await ready(await (await app('gateway')).start(this.serviceEnv('gateway', port)));
  }

  get brokers(): string[] {
    return this.kafka.kafka.brokers;
  }

  /** Connections to the database behind a secret, or to the services' own (`DATABASE_URL`). */
  pool(secret: string): pg.Pool {
    const database = this.databases.get(secret);
    if (!database) throw new Error(`no database ${secret}`);
    return database.pool;
  }

  async control(...records: ControlRecord[]): Promise<void> {
    await this.producer.send(records.map(controlRecord));
  }

  async agree(consumer: string, topic: string, status: 'approved' | 'revoked' = 'approved'): Promise<void> {
    const period = { notBefore: '2020-01-01T00:00:00Z', notAfter: null };
    await this.control({
      ...{ kind: 'agreement', id: `${consumer}-${topic}`, consumer, topic, purpose: 'p', legalBasis: 'l' },
      ...{ fields: null, quotaPerDay: null, ...period, status },
      approvals: { publisher: STEWARD, steward: STEWARD },
    });
  }

  client(system: string): WaslClient {
    const key = this.key(system);
    const bus = BUS;
    return new WaslClient({
      gateway: this.env['GATEWAY_URL'] ?? '',
      bus,
      system,
      key,
      tokens: this.tokensOf(system),
    });
  }

  /** One call of the connector's REST interface in the name of a system; none = without a token. */
  async call(
    system: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    at = this.connector,
  ): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (system !== undefined) headers['authorization'] = `Bearer ${await this.tokensOf(system).token()}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(at.url + path, init);
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location'),
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }

  create(system: string, name: string, config: ConfigMap, state = 'RUNNING'): Promise<Answer> {
    return this.call(system, 'POST', '/connectors', { name, config, initial_state: state });
  }

  /** Waits until a summary of the connector satisfies `condition`; fails at once when its task has FAILED. */
  async until(name: string, condition: (summary: Json) => boolean, failable = false): Promise<Json> {
    let summary: Json;
    for (const deadline = Date.now() + 45_000; Date.now() < deadline; await sleep(50)) {
      summary = (await this.call(STEWARD, 'GET', `/v1/connectors/${name}`)).body;
      if (condition(summary)) return summary;
      if (!failable && summary.state === 'FAILED') break;
    }
    throw new Error(`${name} did not get there: ${JSON.stringify(summary)}`);
  }

  private async database(secret: string): Promise<void> {
    const database = await testDatabase();
    const { url } = database;
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    pool.on('error', () => undefined);
    this.databases.set(secret, { pool, drop: () => database.drop() });
    this.env[secret] = url;
  }

  private tokensOf(system: string): TokenSource {
    let tokens = this.tokens.get(system);
    if (!tokens) {
      const tokenUrl = `${this.env['WASL_TOKEN_ISSUER']}/oauth/token`;
      const roles = SYSTEMS.find(([id]) => id === system)?.[1] ?? [];
      tokens = new TokenSource({ tokenUrl, audience: BUS, system, key: this.key(system), roles });
      this.tokens.set(system, tokens);
    }
    return tokens;
  }

  private key(system: string) {
    const jwk = this.jwks.get(system);
    if (!jwk) throw new Error(`no key of ${system}`);
    return signingKeyFromJwk(jwk);
  }

  private serviceEnv(part: string, port: number): Record<string, string> {
    return {
      ...this.env,
      PORT: String(port),
      WASL_KEY_FILE: join(this.folder, 'keys', keyFile(`${BUS}:${part}`)),
    };
  }

  private writeKeys(): void {
    mkdirSync(join(this.folder, 'keys'));
    for (const [system, jwk] of this.jwks) {
      writeFileSync(join(this.folder, 'keys', keyFile(system)), JSON.stringify(jwk));
    }
  }

  private bootstrapFile(): string {
    const file = join(this.folder, 'bootstrap.json');
    const members = [...new Set(SYSTEMS.map(([system]) => memberOf(system)))];
    writeFileSync(
      file,
      JSON.stringify({
        bus: BUS,
        members: members.map((id) => ({ id, parent: null, names })),
        systems: SYSTEMS.map(([id, roles]) => ({ id, member: memberOf(id), names, roles })),
        keys: [...this.jwks].map(([system, jwk]) => ({ system, jwk: publicJwk(jwk) })),
      }),
    );
    return file;
  }

  /** Publishes the version 1 of a contract anew, in another state. */
  async become(topic: string, changes: Partial<VersionRecord>): Promise<void> {
    await this.control({ ...this.versions.get(topic)!, ...changes });
  }

  private async publishContracts(): Promise<void> {
    let id = 1;
    for (const contract of readContracts(projectFile('schemas'))) {
      const { topic, name, major, schemaText, references, governance } = contract;
      if (governance.kind === 'type') continue;
      const schema = bundleSchema({ text: schemaText, references });
      const { owner, titles, classification, purpose, legalBasis, deletion } = governance;
      const version: VersionRecord = {
        ...{ kind: 'version', topic, version: 1, id: id++, guid: schemaGuid(schema), schema },
        ...{ sha256: schemaSha256(schema), status: 'active' },
      };
      this.versions.set(topic, version);
      await this.control(
        {
          ...{
            kind: 'contract',
            topic,
            name,
            major,
            owner,
            titles,
            classification,
            purpose,
            legalBasis: legalBasis.reference,
            deletion,
          },
          partitions: 3,
        },
        version,
      );
    }
  }
}

function app(name: string): Promise<StartableApp> {
  return import(new URL(`../../${name}/src/app.ts`, import.meta.url).href) as Promise<StartableApp>;
}

async function ready(service: RunningService): Promise<RunningService> {
  for (let answer: Response | undefined; answer?.status !== 200; await sleep(50)) {
    answer = await fetch(`${service.url}/health/ready`);
    await answer.body?.cancel();
  }
  return service;
}

function keyFile(system: string): string {
  return `${system.replaceAll(':', '_')}.jwk.json`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
