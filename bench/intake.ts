import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { readContracts, canonicalText, schemaSha256, type ContractFile } from '#contracts';
import { controlRecord, ensureControlTopics, type ControlRecord } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { generateKey, memberOf, publicJwk, signingKeyFromJwk, type Jwk } from '#protocol';
import { projectFile } from '#service';
import type { LoadOrder, LoadResult } from './intake-load.js';
import { BUS, SENDER, TOPIC } from './intake-material.js';
import { IntakeServers, type Served } from './intake-servers.js';
import { measureSteps, type StepCost } from './intake-steps.js';

interface Row {
  name: string;
  rounds: (LoadResult & { cpu: number })[];
}

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
/** Messages of the first round. */
const WARM_UP = 6_000;
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** Messages a second through the gateway, one a POST, beside the same POST to a bare Fastify route. */
export async function run(): Promise<void> {
  const servers = new IntakeServers();
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
    const generator = await Generator.start(servers.file('sender.jwk.json', JSON.stringify(sender)));
    const rows = await measure(generator, bare, intake);
    const memory = intake.memory();
    generator.stop();

    say('measuring each step alone');
    const schema = canonicalText(contract.schemaText);
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
  order: Omit<LoadOrder, 'requests' | 'port'>;
}

async function measure(generator: Generator, bare: Served, intake: Served): Promise<Row[]> {
  const cases: Case[] = [
    { name: 'bare Fastify route, 64 connections', server: bare, order: { connections: 64 } },
    { name: 'intake, 64 connections', server: intake, order: { connections: 64 } },
    { name: 'intake, 256 connections', server: intake, order: { connections: 256 } },
    { name: 'intake, 2,000/s on schedule', server: intake, order: { connections: 128, rate: 2_000 } },
  ];
  const rows: Row[] = cases.map(({ name }) => ({ name, rounds: [] }));
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

/** The load generator in its process. */
class Generator {
  private constructor(private readonly child: ReturnType<typeof fork>) {}

  static async start(keyFile: string): Promise<Generator> {
    const child = fork(fileURLToPath(new URL('./intake-load.js', import.meta.url)), [], {
      env: { ...process.env, SENDER_KEY_FILE: keyFile },
      execArgv: ['--max-semi-space-size=64'],
    });
    await new Promise((resolve) => child.once('message', resolve));
    return new Generator(child);
  }

  load(order: LoadOrder): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      const died = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
      this.child.once('exit', died);
      this.child.once('message', (result) => {
        this.child.off('exit', died);
        resolve(result as LoadResult);
      });
      this.child.send(order);
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}

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
  const schema = canonicalText(contract.schemaText);
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
  const summary = rows.map(({ name, rounds }) => ({
    name,
    perSecond: Math.round(median(rounds.map(({ perSecond }) => perSecond))),
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    /** Processor time of the server's process, microseconds a message. */
    cpu: median(rounds.map(({ cpu }) => cpu)),
    rounds: rounds.map(({ perSecond }) => Math.round(perSecond)),
  }));
  const base = summary[0]?.perSecond ?? NaN;
  const speed = new Table({
    head: ['one message a POST', 'a second', 'of bare', 'p50 ms', 'p99 ms', 'CPU µs', 'rounds'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, perSecond, p50, p99, cpu, rounds } of summary) {
    const share = `${Math.round((100 * perSecond) / base)} %`;
    speed.push([
      name,
      perSecond.toLocaleString('en'),
      share,
      p50.toFixed(1),
      p99.toFixed(1),
      cpu.toFixed(0),
      rounds.join(' '),
    ]);
  }
  const cost = new Table({
    head: ['step', 'µs a message'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  cost.push(['HTTP (bare Fastify, client on the same cores)', (1e6 / base).toFixed(1)]);
  for (const { step, microseconds } of steps) cost.push([step, microseconds.toFixed(1)]);
  console.log(speed.toString());
  console.log(cost.toString());
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ` +
      `PostgreSQL with fsync, Kafka acks=all; gateway ${memory} MB resident; medians of ${ROUNDS} rounds`,
  );
  mkdirSync(projectFile('.wasl/bench'), { recursive: true });
  const result = {
    at: new Date().toISOString(),
    node: process.version,
    rows: summary,
    steps,
    gatewayMegabytes: memory,
  };
  writeFileSync(projectFile('.wasl/bench/intake.json'), `${JSON.stringify(result, null, 2)}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);
