import { importJWK, SignJWT } from 'jose';
import { controlRecord, ensureControlTopics, type ControlRecord } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { generateKey, publicJwk } from '#protocol';
import type { BenchServers, Served } from './bench-servers.js';
import { BUS } from './intake-material.js';

const ISSUER = 'http://directory.invalid';
const STEWARD = 'urn:wasl:dz:agency:console';

/** The registry under test, to be started as often as wanted, and what its callers must show. */
export interface RegistryServer {
  authorization: string;
  start: () => Promise<Served>;
}

/** Nothing but a PostgreSQL, and whoever asks may do anything: what it costs is the registry's own. */
export function aloneRegistry(servers: BenchServers): RegistryServer {
  return {
    authorization: '',
    start: () => serve(servers, { KAFKA_BROKERS: '', WASL_KEY_FILE: '', REGISTRY_AUTH: 'off' }),
  };
}

/** A registry that serves a bus: tokens, control records, and signed evidence of each registration. */
export async function busRegistry(servers: BenchServers): Promise<RegistryServer> {
  const key = servers.file('registry.jwk.json', JSON.stringify(generateKey('Ed25519').jwk));
  const brokers = servers.brokers.join(',');
  return {
    authorization: `Bearer ${await publishSteward(servers.brokers)}`,
    start: () => serve(servers, { KAFKA_BROKERS: brokers, WASL_KEY_FILE: key }),
  };
}

function serve(servers: BenchServers, env: Record<string, string>): Promise<Served> {
  const common = {
    ...{ DATABASE_URL: servers.databaseUrl, LOG_LEVEL: 'error', HOST: '127.0.0.1' },
    ...{ WASL_BUS: BUS, WASL_TOKEN_ISSUER: ISSUER },
    // As the files for Docker Compose start it.
    NODE_OPTIONS: '--max-semi-space-size=32',
  };
  return servers.serve('../apps/schema-registry/src/main.js', { ...common, ...env }, '/health/ready');
}

/** Makes a steward known to the registry. @returns its token */
async function publishSteward(brokers: string[]): Promise<string> {
  const kafka = { brokers, clientId: 'bench-registry' };
  await ensureControlTopics(new TopicAdmin(kafka));
  const { jwk } = generateKey('Ed25519');
  const names = { fr: 'n', ar: 'n', en: 'n' };
  const member = 'urn:wasl:dz:agency';
  const records: ControlRecord[] = [
    { kind: 'token-keys', issuer: ISSUER, jwks: { keys: [{ ...publicJwk(jwk), alg: 'EdDSA' }] } },
    { kind: 'member', id: member, parent: null, names, status: 'active' },
    { kind: 'system', id: STEWARD, member, names, roles: ['steward'], status: 'active' },
  ];
  const producer = new KafkaProducer(kafka);
  await producer.connect();
  await producer.send(records.map(controlRecord));
  await producer.disconnect();
  return new SignJWT({ client_id: STEWARD, scope: 'steward' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid! })
    .setIssuer(ISSUER)
    .setAudience(BUS)
    .setSubject(STEWARD)
    .setIssuedAt()
    .setExpirationTime('4h')
    .sign(await importJWK({ ...jwk, alg: 'EdDSA' }, 'EdDSA'));
}
