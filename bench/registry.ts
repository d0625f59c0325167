import { machine, type Row, save, speedTable, stepTable, summarise } from './bench-report.js';
import { BenchServers } from './bench-servers.js';
import { LoadGenerator } from './load-generator.js';
import { type Case, KNOWN, registryCases } from './registry-cases.js';
import { RegistryClient } from './registry-client.js';
import { body, distinctSchema, distinctSubject, type RegistryOrder } from './registry-material.js';
import { fill, measureScale, type Scale } from './registry-scale.js';
import { aloneRegistry, busRegistry } from './registry-server.js';
import { measureSteps } from './registry-steps.js';

interface Settings {
  rounds: number;
  seconds: number;
  schemas: number;
}

const FULL: Settings = { rounds: 5, seconds: 3, schemas: 100_000 };
const QUICK: Settings = { rounds: 1, seconds: 0.5, schemas: 5_000 };

/**
 * Look-ups, registrations and compatibility checks a second, beside a bare Fastify route; start and memory.
 * `--quick` shows that it runs, its figures mean little; `--no-scale` leaves out the many schemas; `--bus` serves
 * a bus (tokens, Kafka, signed evidence), else the registry runs alone on PostgreSQL, without authentication.
 */
export async function run(args: string[]): Promise<void> {
  const settings = args.includes('--quick') ? QUICK : FULL;
  const onBus = args.includes('--bus');
  const servers = new BenchServers('registry', onBus);
  try {
    say('starting the servers and the registry');
    await servers.start();
    const { authorization, start } = onBus ? await busRegistry(servers) : aloneRegistry(servers);
    const registry = await start();
    const generator = await LoadGenerator.start<RegistryOrder>('./registry-load.js', {
      REGISTRY_AUTHORIZATION: authorization,
    });
    const client = new RegistryClient(registry.port, authorization);
    await generator.load({
      ...{ what: 'distinct', from: 0, requests: KNOWN },
      ...{ port: registry.port, connections: 16 },
    });
    const bare = await servers.serve('./registry-bare.js', await answerSizes(client));
    const cases = await registryCases(registry, bare, client);
    const { rows, registered } = await measure(generator, cases, settings);

    let scale: Scale | undefined;
    if (!args.includes('--no-scale')) {
      say('filling the database');
      const filledPerSecond = await fill(generator, registry, { from: registered, until: settings.schemas });
      await registry.stop();
      await bare.stop();
      say('starting the registry over what the database holds');
      const schemas = Math.max(registered, settings.schemas);
      scale = { filledPerSecond, ...(await measureScale(generator, start, { ...settings, schemas })) };
    }
    generator.stop();
    await Promise.all([registry.stop(), bare.stop()]);

    say('measuring each step alone');
    const steps = await measureSteps(servers.databaseUrl);
    const summary = summarise(rows);
    console.log(speedTable('schema registry', summary));
    if (scale) console.log(scaleLine(scale));
    console.log(stepTable('µs', steps));
    console.log(
      `${machine()}, PostgreSQL with fsync, ${onBus ? 'on a bus' : 'alone'}; medians of ${settings.rounds} rounds`,
    );
    save('registry', { onBus, rows: summary, scale, steps });
  } finally {
    await servers.stop();
  }
}

async function answerSizes(client: RegistryClient): Promise<Record<string, string>> {
  const [known] = await client.identities(1);
  const found = await client.call(`/schemas/ids/${known?.id}`);
  const registered = await client.call(`/subjects/${distinctSubject(0)}/versions`, body(distinctSchema(0)));
  return { LOOK_UP_BYTES: String(found.length), REGISTRATION_BYTES: String(registered.length) };
}

/** Rounds over all cases, each round in another order. */
async function measure(
  generator: LoadGenerator<RegistryOrder>,
  cases: Case[],
  { rounds, seconds }: Settings,
): Promise<{ rows: Row[]; registered: number }> {
  const states = cases.map((one) => {
    const row: Row = { name: one.name, bare: one.bare, rounds: [] };
    return { one, row, from: 0, speed: NaN };
  });
  for (let round = 0; round <= rounds; round++) {
    for (const state of shuffled(states)) {
      const { name, server, warmUp, order } = state.one;
      const requests = round === 0 ? warmUp : Math.max(16, Math.round(state.speed * seconds));
      const before = server.cpuSeconds();
      const result = await generator.load(order(requests, state.from));
      state.from += requests;
      state.speed = result.perSecond;
      if (Object.keys(result.statuses).some((status) => status !== '200'))
        throw new Error(`${name}: answers ${JSON.stringify(result.statuses)}`);
      const cpu = ((server.cpuSeconds() - before) * 1e6) / requests;
      // The first round warms up; only its speed is kept, to size the next.
      if (round > 0) state.row.rounds.push({ ...result, cpu });
      say(`${round === 0 ? 'warming up' : `round ${round}`}: ${name}: ${Math.round(result.perSecond)}/s`);
    }
  }
  const sent = states.filter(({ one }) => one.adds).reduce((sum, { from }) => sum + from, KNOWN);
  return { rows: states.map(({ row }) => row), registered: sent };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function scaleLine(scale: Scale): string {
  const { schemas, startMs, idleMegabytes, usedMegabytes, coldPerSecond, filledPerSecond } = scale;
  return (
    `with ${schemas.toLocaleString('en')} schemas: start to ready ${(startMs / 1_000).toFixed(2)} s, ` +
    `${idleMegabytes} MB resident idle, ${usedMegabytes} MB after 10,000 look-ups of different ids ` +
    `(${Math.round(coldPerSecond)}/s, not cached before); filled at ${Math.round(filledPerSecond)}/s`
  );
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);
