import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KafkaProducer, PartitionReader } from '#kafka';
import { Harness, RIGHTS, STEWARD, TERRITORY_REGISTRY } from './spec-harness.js';
import type { RunningService } from '#service';

const UNITS = 'territory.unit.v1';
const TABLE = `create table territory_unit (
  code_list text not null, code text not null, level text not null, parent_code text, name_fr text, name_ar text,
  valid_from date, updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (code_list, code))`;
const SOURCE = {
  'connector.class': 'WaslPostgresSource',
  'wasl.registry': 'territory-registry',
  'wasl.flow': 'units',
  'database.url': '${env:DZ_INTERIOR__TERRITORY_REGISTRY_URL}',
  'poll.interval.ms': '20',
  'batch.size': '25',
  'max.in.flight': '8',
};
const SINK = {
  'connector.class': 'WaslPostgresSink',
  'wasl.registry': 'social-protection',
  'wasl.flow': 'territories',
  'database.url': '${env:DZ_SOCIAL_PROTECTION__RIGHTS_URL}',
  'wait.seconds': '1',
  'batch.size': '20',
  'max.unverifiable': '3',
};

let harness: Harness;
let source: pg.Pool;
let target: pg.Pool;
let wasl: pg.Pool;
const others: RunningService[] = [];

const codes = async (pool: pg.Pool, where = 'true') =>
  (
    await pool.query<{ code: string }>(
      `select code || name_fr as code from territory_unit where ${where} order by 1`,
    )
  ).rows;

async function insertUnits(from: number, to: number): Promise<void> {
  await source.query(
    `insert into territory_unit (code_list, code, level, name_fr, name_ar)
     select 'DZ-2019', lpad(n::text, 4, '0'), 'commune', 'c' || n, 'بلدية' from generate_series($1::int, $2::int) n`,
    [from, to],
  );
}

async function untilEqual(): Promise<void> {
  for (const deadline = Date.now() + 45_000; Date.now() < deadline; await sleep(50)) {
    const [wanted, found] = [await codes(source, 'deleted_at is null'), await codes(target)];
    if (JSON.stringify(wanted) === JSON.stringify(found)) return;
  }
  const found = (await codes(target)).length;
  throw new Error(`the tables did not become equal: ${(await codes(source)).length} / ${found}`);
}

/** Ids of all messages of the topic, in Kafka itself. */
async function messageIds(): Promise<string[]> {
  const reader = new PartitionReader({ brokers: harness.brokers, clientId: 'spec' });
  await reader.connect();
  try {
    const ids: string[] = [];
    const ends = await reader.offsets(UNITS, 'latest');
    for (const [partition, end] of ends) {
      for (let offset = 0n; offset < end;) {
        const [slice] = await reader.fetch([{ topic: UNITS, partition, offset }], { maxWaitMs: 200 });
        if (!slice || slice.nextOffset === offset) continue;
        ids.push(...slice.records.map(({ headers }) => headers.get('ce_id')?.toString() ?? ''));
        offset = slice.nextOffset;
      }
    }
    return ids;
  } finally {
    await reader.close();
  }
}

async function expectEveryMessageReceipted(): Promise<void> {
  const { rows } = await wasl.query<{ id: string }>(
    `select message_id::text as id from connector.receipt where connector = 'units'`,
  );
  const receipted = new Set(rows.map(({ id }) => id));
  const missing = (await messageIds()).filter((id) => !receipted.has(id) && !id.startsWith('bad'));
  expect(missing).toEqual([]);
}

/** What a pause of the process or of the network would do: another worker takes the lease while the task works. */
async function stealLease(connector: string): Promise<void> {
  await wasl.query(
    `update connector.lease set worker = 'thief', epoch = nextval('connector.lease_epoch'),
            expires_at = now() + interval '200 milliseconds' where connector = $1`,
    [connector],
  );
}

beforeAll(async () => {
  harness = await Harness.start(['DZ_INTERIOR__TERRITORY_REGISTRY_URL', 'DZ_SOCIAL_PROTECTION__RIGHTS_URL']);
  await harness.agree(RIGHTS, UNITS);
  source = harness.pool('DZ_INTERIOR__TERRITORY_REGISTRY_URL');
  target = harness.pool('DZ_SOCIAL_PROTECTION__RIGHTS_URL');
  wasl = harness.pool('DATABASE_URL');
  await source.query(TABLE);
  await target.query(TABLE);
  await insertUnits(1, 300);
  await harness.create(TERRITORY_REGISTRY, 'units', SOURCE);
  await harness.create(RIGHTS, 'rights-units', SINK);
});
afterEach(() => Promise.all(others.splice(0).map((service) => service.close())));
afterAll(() => harness?.stop());

describe('a connector that is torn away at any step', () => {
  it('ends with equal tables and a receipt for every message in Kafka', async () => {
    for (let round = 0; round < 12; round++) {
      await sleep(30 + 37 * round);
      await stealLease(round % 2 === 0 ? 'units' : 'rights-units');
      if (round % 4 === 1) await insertUnits(1_000 + round * 50, 1_049 + round * 50);
    }
    await untilEqual();
    await harness.until('units', ({ receipts }) => receipts === 450);
    await expectEveryMessageReceipted();
    expect(new Set(await messageIds()).size).toBe(450);
  });

  it('survives the loss of every database connection', async () => {
    await insertUnits(2_000, 2_200);
    for (let round = 0; round < 6; round++) {
      await wasl.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where pid <> pg_backend_pid() and application_name in ('wasl-connector', 'wasl-gateway')`,
      );
      await sleep(150);
    }
    await untilEqual();
    await expectEveryMessageReceipted();
  });

  it('goes on where the service stopped', async () => {
    await insertUnits(3_000, 3_200);
    await sleep(60);
    await harness.connector.close();
    harness.connector = await harness.another();
    await untilEqual();
    await expectEveryMessageReceipted();
  });
});

describe('two instances', () => {
  it('share the connectors, and never run one twice', async () => {
    others.push(await harness.another());
    const workers = async () =>
      (
        await wasl.query<{ worker: string }>(
          'select distinct worker from connector.lease where expires_at > now()',
        )
      ).rows;
    for (const deadline = Date.now() + 15_000; (await workers()).length < 2 && Date.now() < deadline;)
      await sleep(100);
    expect(await workers()).toHaveLength(2);
    await insertUnits(4_000, 4_200);
    await untilEqual();
    await expectEveryMessageReceipted();
  });

  it('leave everything to the one that stays', async () => {
    await harness.until('units', ({ state }) => state === 'RUNNING');
    await insertUnits(5_000, 5_050);
    await untilEqual();
  });
});

describe('the position of a sink', () => {
  const set = (assignment: string, values: unknown[] = []) =>
    target.query(`update wasl_sink_state set ${assignment} where connector = 'rights-units'`, values);
  const pending = async () =>
    (await target.query<{ pending: unknown[] }>(`select pending from wasl_sink_state`)).rows[0]?.pending;
  const again = (action: string) => harness.call(RIGHTS, 'PUT', `/connectors/rights-units/${action}`);

  /** As a process leaves it that was killed after its commit and before its signature. */
  async function leaveUnsigned(acknowledgement: object): Promise<void> {
    await again('pause');
    await harness.until('rights-units', ({ state }) => state === 'PAUSED');
    await set('pending = $1', [JSON.stringify([acknowledgement])]);
    await again('resume');
  }

  async function lastSigned(): Promise<Record<string, unknown>> {
    const { rows } = await wasl.query<{ receipt: string }>(
      `select receipt from connector.receipt where connector = 'rights-units' order by sequence desc limit 1`,
    );
    const { acknowledgement } = JSON.parse(rows[0]?.receipt ?? '{}') as { acknowledgement: string };
    const claims = Buffer.from(acknowledgement.split('.')[1] ?? '', 'base64url').toString();
    const { jti, ...rest } = JSON.parse(claims) as Record<string, unknown>;
    return { id: jti, ...rest };
  }

  async function untilSettled(): Promise<void> {
    for (const deadline = Date.now() + 15_000; (await pending())?.length !== 0; await sleep(50)) {
      if (Date.now() > deadline) throw new Error('the acknowledgement is still pending');
    }
  }

  it('hands in again what was committed and not signed for, under the same id', async () => {
    // What the tests before left may still be on its way to its receipt.
    await untilSettled();
    const { receipts } = await harness.until('rights-units', ({ state }) => state === 'RUNNING');
    await leaveUnsigned(await lastSigned());
    await untilSettled();
    expect((await harness.until('rights-units', ({ state }) => state === 'RUNNING')).receipts).toBe(receipts);
  });

  it('does not stand still for an agreement that was replaced', async () => {
    await leaveUnsigned({ ...(await lastSigned()), id: randomUUID(), agreement: 'an-earlier-one' });
    const { deadLetters } = await harness.until('rights-units', (summary) => summary.deadLetters > 0);
    await untilSettled();
    expect(deadLetters).toBe(1);
    const { items } = (await harness.call(STEWARD, 'GET', '/v1/connectors/rights-units/dead-letters')).body;
    expect(items).toMatchObject([{ code: 'no-agreement', stage: 'TASK_PUT' }]);
  });

  it('of another life of the service stops the task with the mend in words', async () => {
    await set('epoch = 1000000');
    await harness.call(RIGHTS, 'POST', '/connectors/rights-units/restart');
    const failed = await harness.until('rights-units', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toMatch(/Set epoch to 0/);
    await set('epoch = 0');
    await harness.call(RIGHTS, 'POST', '/connectors/rights-units/restart');
    await insertUnits(5_500, 5_510);
    await untilEqual();
  });
});

describe('poisoned messages on the topic', () => {
  const poison = (id: string) => ({
    topic: UNITS,
    key: 'DZ-2019|0001',
    value: Buffer.from(
      `{"codeList":"DZ-2019","code":"0001","level":"commune","names":{"fr":"forged","ar":"x"}}`,
    ),
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: TERRITORY_REGISTRY,
      ce_type: `${UNITS}.put`,
      ce_partitionkey: 'DZ-2019|0001',
      'wasl-manifest': 'a.b.c',
      'wasl-evidence': 'a.b.c',
    },
  });

  async function produce(count: number, from = 0): Promise<void> {
    const producer = new KafkaProducer({ brokers: harness.brokers, clientId: 'attacker' });
    await producer.connect();
    await producer.send(Array.from({ length: count }, (_, index) => poison(`bad-${from + index}`)));
    await producer.disconnect();
  }

  it('are set aside and never applied; the good ones go on', async () => {
    await produce(1);
    const summary = await harness.until('rights-units', ({ deadLetters }) => deadLetters === 2);
    expect(summary.state).toBe('RUNNING');
    await insertUnits(6_000, 6_020);
    await untilEqual();
    const { items } = (await harness.call(STEWARD, 'GET', '/v1/connectors/rights-units/dead-letters')).body;
    expect(items[1]).toMatchObject({
      messageId: 'bad-0',
      stage: 'VALUE_CONVERTER',
      code: 'malformed-manifest',
    });
  });

  it('are not signed for', async () => {
    const { rows } = await wasl.query<{ receipt: string }>(
      `select receipt from connector.receipt where connector = 'rights-units'`,
    );
    const claims = rows.map(({ receipt }) => {
      const { acknowledgement } = JSON.parse(receipt) as { acknowledgement: string };
      const text = Buffer.from(acknowledgement.split('.')[1] ?? '', 'base64url').toString();
      return JSON.parse(text) as {
        count: number;
        ranges: { partition: number; first: string; last: string }[];
      };
    });
    const covered = claims.flatMap(({ ranges }) => ranges);
    const inRanges = covered.reduce((sum, { first, last }) => sum + Number(last) - Number(first) + 1, 0);
    expect(claims.reduce((sum, { count }) => sum + count, 0)).toBe(inRanges);
  });

  it('stop the task when they are many, before anything of the page is applied', async () => {
    await harness.call(RIGHTS, 'PUT', '/connectors/rights-units/pause');
    await harness.until('rights-units', ({ state }) => state === 'PAUSED');
    await produce(10, 100);
    await harness.call(RIGHTS, 'PUT', '/connectors/rights-units/resume');
    const failed = await harness.until('rights-units', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toMatch(/could not be verified \(malformed-manifest\)/);
    const config = { ...SINK, 'max.unverifiable': '100' };
    expect((await harness.call(RIGHTS, 'PUT', '/connectors/rights-units/config', config)).status).toBe(200);
    await harness.until('rights-units', ({ deadLetters }) => deadLetters === 12, true);
    await insertUnits(7_000, 7_001);
    await untilEqual();
  });
});
