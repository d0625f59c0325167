import { bundleSchema, readContracts, schemaSha256, type ContractFile } from '#contracts';
import { controlRecord, ensureControlTopics, type ControlRecord } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { generateKey, memberOf, publicJwk, signingKeyFromJwk, type Jwk } from '#protocol';
import { projectFile } from '#service';
import { machine, type Row, save, speedTable, type StepCost, stepTable, summarise } from './bench-report.js';
import { BenchServers, type Served } from './bench-servers.js';
import type { Load } from './http-load.js';
import { BUS, SENDER, TOPIC } from './intake-material.js';
import { measureSteps } from './intake-steps.js';
import { LoadGenerator } from './load-generator.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
/** Messages of the first round. */
const WARM_UP = 6_000;
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** Messages a second through the gateway, one a POST, beside the same POST to a bare Fastify route. */
export async function run(): Promise<void> {
  const servers = new BenchServers('intake');
  try {
    say('starting PostgreSQL and Kafka');
    await servers.start();
    const sender = generateKey('Ed25519').jwk;
    const gateway = generateKey('Ed25519').jwk;
    const contract = readContracts(projectFile('schemas')).find(({ topic }) => topic === TOPIC);
    if (!contract) throw new Error(`there is no contract of ${TOPIC} under schemas/`);
    await publishControl(servers.brokers, contract, { sender, gateway });

    say('starting the gateway and the bare route');
    const bare = await servers.serve('./intake-bare.js', {});
    const intake = await servers.serve('../apps/gateway/src/main.js', {
      ...{ DATABASE_URL: servers.databaseUrl, KAFKA_BROKERS: servers.brokers.join(','), LOG_LEVEL: 'error' },
      ...{ WASL_BUS: BUS, WASL_KEY_FILE: servers.file('gateway.jwk.json', JSON.stringify(gateway)) },
      ...{ WASL_TOKEN_ISSUER: 'http://directory.invalid', HOST: '127.0.0.1' },
    });
    const generator = await LoadGenerator.start('./intake-load.js', {
      SENDER_KEY_FILE: servers.file('sender.jwk.json', JSON.stringify(sender)),
    });
    const rows = await measure(generator, bare, intake);
    const memory = intake.memory();
    generator.stop();

    say('measuring each step alone');
    const schema = bundleOf(contract);
    const steps = await measureSteps({
      ...{ senderKey: signingKeyFromJwk(sender), senderJwk: publicJwk(sender), schema, guid: GUID },
      ...{ sha256: schemaSha256(schema), databaseUrl: servers.databaseUrl, brokers: servers.brokers },
    });
    report(rows, steps, memory);
  } finally {
    await servers.stop();
  }
}

interface Case {
  name: string;
  server: Served;
  order: Omit<Load, 'requests' | 'port'>;
}

async function measure(generator: LoadGenerator<Load>, bare: Served, intake: Served): Promise<Row[]> {
  const cases: Case[] = [
    { name: 'bare Fastify route, 64 connections', server: bare, order: { connections: 64 } },
    { name: 'intake, 64 connections', server: intake, order: { connections: 64 } },
    { name: 'intake, 256 connections', server: intake, order: { connections: 256 } },
    { name: 'intake, 2,000/s on schedule', server: intake, order: { connections: 128, rate: 2_000 } },
  ];
  const rows: Row[] = cases.map(({ name }) => ({ name, bare: cases[0]!.name, rounds: [] }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { name, server, order }] of cases.entries()) {
      const rounds = rows[index]?.rounds ?? [];
      const expected = order.rate ?? rounds.at(-1)?.perSecond ?? WARM_UP / SECONDS;
      const requests = Math.max(1_000, Math.round(expected * SECONDS));
      const before = server.cpuSeconds();
      const result = await generator.load({ ...order, port: server.port, requests });
      const refused = Object.keys(result.statuses).some((status) => status !== '201');
      if (refused) throw new Error(`${name}: answers ${JSON.stringify(result.statuses)}`);
      const cpu = ((server.cpuSeconds() - before) * 1e6) / requests;
      // The first round warms up; only its speed is kept, to size the next.
      if (round === 1) rounds.length = 0;
      rounds.push({ ...result, cpu });
      say(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}: ${Math.round(result.perSecond)}/s`);
    }
  }
  return rows;
}

const bundleOf = ({ schemaText, references }: ContractFile): string =>
  bundleSchema({ text: schemaText, references });

async function publishControl(
  brokers: string[],
  contract: ContractFile,
  keys: { sender: Jwk; gateway: Jwk },
): Promise<void> {
  const kafka = { brokers, clientId: 'bench-intake' };
  await ensureControlTopics(new TopicAdmin(kafka));
  const names = { fr: 'n', ar: 'n', en: 'n' };
  const system = (id: string, jwk: Jwk): ControlRecord[] => {
    const since = '2020-01-01T00:00:00Z';
    const { kid = '' } = jwk;
    return [
      { kind: 'member', id: memberOf(id), parent: null, names, status: 'active' },
      { kind: 'system', id, member: memberOf(id), names, roles: ['publisher'], status: 'active' },
      {
        ...{ kind: 'key', kid, system: id, alg: 'Ed25519', jwk: publicJwk(jwk) },
        ...{ status: 'active', notBefore: since, notAfter: null, changedAt: since },
      },
    ];
  };
  const schema = bundleOf(contract);
  const { governance } = contract;
  if (governance.kind === 'type') throw new Error(`${TOPIC} is not exchanged`);
  const { name, owner, titles, classification, purpose, deletion, partitions } = governance;
  const legalBasis = governance.legalBasis.reference;
  const records: ControlRecord[] = [
    ...system(SENDER, keys.sender),
    ...system(`${BUS}:gateway`, keys.gateway),
    {
      ...{ kind: 'contract', topic: TOPIC, name, major: contract.major, owner, titles, classification },
      ...{ purpose, legalBasis, deletion, partitions },
    },
    {
      ...{ kind: 'version', topic: TOPIC, version: 1, id: 1, guid: GUID, schema },
      ...{ sha256: schemaSha256(schema), status: 'active' },
    },
  ];
  const producer = new KafkaProducer(kafka);
  await producer.connect();
  await producer.send(records.map(controlRecord));
  await producer.disconnect();
}

function report(rows: readonly Row[], steps: readonly StepCost[], memory: number): void {
  const summary = summarise(rows);
  const bare = {
    step: 'HTTP (bare Fastify, client on the same cores)',
    microseconds: 1e6 / summary[0]!.perSecond,
  };
  console.log(speedTable('one message a POST', summary));
  console.log(stepTable('µs a message', [bare, ...steps]));
  console.log(
    `${machine()}, PostgreSQL with fsync, Kafka acks=all; gateway ${memory} MB resident; ` +
      `medians of ${ROUNDS} rounds`,
  );
  save('intake', { rows: summary, steps, gatewayMegabytes: memory });
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);
