import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartitionReader } from '#kafka';
import { parseEvidence, parseManifest } from '#protocol';
import { Harness, ENROLMENT, RIGHTS, STEWARD, TERRITORY_REGISTRY, type Json } from './spec-harness.js';

const UNITS = 'territory.unit.v1';
const TABLE = `create table territory_unit (
  code_list text not null, code text not null, level text not null, parent_code text, name_fr text, name_ar text,
  valid_from date, updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (code_list, code))`;
const COMPARED = 'code_list, code, level, parent_code, name_fr, name_ar, valid_from::text';
const SOURCE = {
  'connector.class': 'WaslPostgresSource',
  'wasl.registry': 'territory-registry',
  'wasl.flow': 'units',
  'database.url': '${env:DZ_INTERIOR__TERRITORY_REGISTRY_URL}',
  'poll.interval.ms': '50',
  'batch.size': '40',
  // No sweeps: what is found is found by the main reading.
  'overlap.ms': '0',
};
const SINK = {
  'connector.class': 'WaslPostgresSink',
  'wasl.registry': 'social-protection',
  'wasl.flow': 'territories',
  'database.url': '${env:DZ_SOCIAL_PROTECTION__RIGHTS_URL}',
  'wait.seconds': '1',
  'batch.size': '50',
};

let harness: Harness;
let source: pg.Pool;
let target: pg.Pool;

const rowsOf = async (pool: pg.Pool, where = 'true') =>
  (
    await pool.query<unknown[]>({
      text: `select ${COMPARED} from territory_unit where ${where} order by 1, 2`,
      rowMode: 'array',
    })
  ).rows;

async function insertUnits(from: number, to: number, name = 'Commune'): Promise<void> {
  await source.query(
    `insert into territory_unit (code_list, code, level, parent_code, name_fr, name_ar, valid_from)
     select 'DZ-2019', lpad(n::text, 4, '0'), 'commune', null, $3 || ' ' || n, 'بلدية', date '2019-12-18'
       from generate_series($1::int, $2::int) n`,
    [from, to, name],
  );
}

async function untilEqual(): Promise<void> {
  let lengths = '';
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    const [wanted, found] = [
      await rowsOf(source, `deleted_at is null and name_ar ~ '[ء-ي]'`),
      await rowsOf(target),
    ];
    if (JSON.stringify(wanted) === JSON.stringify(found)) return;
    lengths = `${wanted.length} / ${found.length}`;
  }
  throw new Error(`the tables did not become equal: ${lengths}`);
}

async function receiptsOf(name: string): Promise<Json[]> {
  const items: Json[] = [];
  for (let after = '0'; ;) {
    const page = (
      await harness.call(STEWARD, 'GET', `/v1/connectors/${name}/receipts?after=${after}&limit=100`)
    ).body;
    if (page.items.length === 0) return items;
    items.push(...page.items);
    after = page.cursor;
  }
}

beforeAll(async () => {
  const secrets = [
    'DZ_INTERIOR__TERRITORY_REGISTRY_URL',
    'DZ_SOCIAL_PROTECTION__RIGHTS_URL',
    'DZ_EDUCATION__ENROLMENT_URL',
  ];
  harness = await Harness.start(secrets);
  await harness.agree(RIGHTS, UNITS);
  source = harness.pool('DZ_INTERIOR__TERRITORY_REGISTRY_URL');
  target = harness.pool('DZ_SOCIAL_PROTECTION__RIGHTS_URL');
  await source.query(TABLE);
  await target.query(TABLE.replace(/, updated_at.*deleted_at timestamptz/, ''));
  await harness.pool('DZ_EDUCATION__ENROLMENT_URL').query(TABLE);
  await insertUnits(1, 200);
});

afterAll(() => harness?.stop());

describe('from table to table', () => {
  it('carries a snapshot, with a verifiable receipt for every row', async () => {
    const created = await harness.create(TERRITORY_REGISTRY, 'units', SOURCE);
    expect(created).toMatchObject({ status: 201, location: '/connectors/units', body: { type: 'source' } });
    expect((await harness.create(RIGHTS, 'rights-units', SINK)).status).toBe(201);
    await harness.until('units', ({ receipts }) => receipts === 200);
    await untilEqual();
    const receipts = await receiptsOf('units');
    expect(new Set(receipts.map(({ messageId }) => messageId)).size).toBe(200);
    for (const { messageId, receipt } of receipts) {
      expect(parseManifest(receipt.manifest).claims.jti).toBe(messageId);
      expect(parseEvidence(receipt.evidence).event.name).toBe('SubmissionAcceptance');
    }
  });

  it('hands over with signed acknowledgements over everything, and none stays pending', async () => {
    await harness.until('rights-units', ({ receipts }) => receipts > 0);
    let counted = 0;
    for (const deadline = Date.now() + 10_000; counted < 200 && Date.now() < deadline; await sleep(100)) {
      const events = (await receiptsOf('rights-units')).map(
        ({ receipt }) => parseEvidence(receipt.evidence).event,
      );
      expect(events.every(({ name }) => name === 'ContentHandover')).toBe(true);
      counted = events.reduce((sum, { body }) => sum + (body['count'] as number), 0);
    }
    expect(counted).toBe(200);
    const { offsets } = (await harness.call(RIGHTS, 'GET', '/connectors/rights-units/offsets')).body;
    expect(offsets[0].offset.unacknowledgedPages).toBe(0);
  });

  it('carries changes, corrections and deletions', async () => {
    await insertUnits(201, 230);
    await source.query(
      `update territory_unit set name_fr = 'Renamed', updated_at = now() where code < '0010'`,
    );
    await source.query(
      `update territory_unit set deleted_at = now(), updated_at = now() where code in ('0100', '0101')`,
    );
    await harness.until('units', ({ receipts }) => receipts === 200 + 30 + 9 + 2);
    await untilEqual();
    expect((await target.query(`select count(*)::int as n from territory_unit`)).rows[0].n).toBe(228);
  });

  it('lets a record come back after its deletion', async () => {
    await source.query(`update territory_unit set deleted_at = null, updated_at = now() where code = '0100'`);
    await untilEqual();
    expect((await target.query(`select 1 from territory_unit where code = '0100'`)).rowCount).toBe(1);
  });

  it('does not miss a row that is committed after later ones', async () => {
    const late = await source.connect();
    const insert = (code: string) =>
      `insert into territory_unit (code_list, code, level, name_fr, name_ar) values ('DZ-2019', '${code}', 'commune', 'x', 'بلدية')`;
    await late.query('begin');
    await late.query(insert('9001'));
    await source.query(insert('9002'));
    await sleep(500);
    await source.query(insert('9003'));
    await sleep(300);
    await late.query('commit');
    late.release();
    await untilEqual();
    expect((await target.query(`select 1 from territory_unit where code like '900%'`)).rowCount).toBe(3);
  });

  it('sets invalid rows aside with pointer, rule and evidence, and goes on with the good ones', async () => {
    const before = (await harness.call(STEWARD, 'GET', '/v1/connectors/units')).body;
    await source.query(
      `insert into territory_unit (code_list, code, level, name_fr, name_ar)
       values ('DZ-2019', '8001', 'commune', 'Latin', 'Latin'), ('DZ-2019', '8002', 'commune', 'Good', 'بلدية')`,
    );
    const summary = await harness.until('units', ({ deadLetters }) => deadLetters === before.deadLetters + 1);
    expect(summary.state).toBe('RUNNING');
    await untilEqual();
    const { items } = (await harness.call(TERRITORY_REGISTRY, 'GET', '/v1/connectors/units/dead-letters'))
      .body;
    const letter = items.at(-1);
    expect(letter).toMatchObject({ key: 'DZ-2019|8001', code: 'payload-invalid', stage: 'KAFKA_PRODUCE' });
    expect(letter.reasons).toContainEqual(expect.objectContaining({ pointer: '/names/ar' }));
    expect(parseEvidence(letter.evidence).event.name).toBe('SubmissionRejection');
    const record = await firstDeadLetterRecord('units');
    expect(record.key?.toString()).toBe('DZ-2019|8001');
    expect(JSON.parse(record.value?.toString() ?? '')).toMatchObject({ code: '8001' });
    expect(record.headers.get('__connect.errors.connector.name')?.toString()).toBe('units');
    expect(record.headers.get('wasl-reasons')?.toString()).toContain('/names/ar');
  });

  it('pauses, resumes, stops, and repeats none of it', async () => {
    for (const action of ['pause', 'pause']) {
      expect((await harness.call(TERRITORY_REGISTRY, 'PUT', `/connectors/units/${action}`)).status).toBe(202);
    }
    await harness.until('units', ({ state }) => state === 'PAUSED');
    const { receipts } = (await harness.call(STEWARD, 'GET', '/v1/connectors/units')).body;
    await insertUnits(301, 310);
    await sleep(600);
    expect((await harness.call(STEWARD, 'GET', '/v1/connectors/units')).body.receipts).toBe(receipts);
    expect((await harness.call(TERRITORY_REGISTRY, 'PUT', '/connectors/units/stop')).status).toBe(204);
    const stopped = (await harness.call(STEWARD, 'GET', '/connectors/units/status')).body;
    expect(stopped).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] });
    expect((await harness.call(TERRITORY_REGISTRY, 'PUT', '/connectors/units/resume')).status).toBe(202);
    await harness.until('units', (summary) => summary.receipts === receipts + 10);
    await untilEqual();
  });

  it('fails in plain words without an agreement, and runs again after it is mended and restarted', async () => {
    const config = {
      ...SINK,
      'wasl.registry': 'education',
      'database.url': '${env:DZ_EDUCATION__ENROLMENT_URL}',
    };
    await harness.create(ENROLMENT, 'enrolment', config);
    const failed = await harness.until('enrolment', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toMatch(/no-agreement.*restart/s);
    await harness.agree(ENROLMENT, UNITS);
    await sleep(1_000);
    expect((await harness.call(ENROLMENT, 'POST', '/connectors/enrolment/restart')).status).toBe(204);
    await harness.until('enrolment', ({ receipts }) => receipts > 0, true);
    await harness.agree(ENROLMENT, UNITS, 'revoked');
    await harness.until('enrolment', ({ state }) => state === 'FAILED', true);
    expect((await harness.call(ENROLMENT, 'DELETE', '/connectors/enrolment')).status).toBe(204);
    expect((await harness.call(ENROLMENT, 'DELETE', '/connectors/enrolment')).status).toBe(404);
  });

  it('waits, RUNNING, while the gateway is away, and loses nothing', async () => {
    await harness.gateway.close();
    await insertUnits(401, 440);
    const waiting = await harness.until('units', ({ trace }) => trace !== null, true);
    expect(waiting).toMatchObject({ state: 'RUNNING', trace: expect.stringContaining('waits') });
    await harness.startGateway();
    await untilEqual();
  });

  it('deleted and made anew under its old name publishes nothing twice', async () => {
    const published = 241 + 1 + 3 + 1 + 10 + 40;
    const { receipts, deadLetters } = await harness.until(
      'units',
      (summary) => summary.receipts === published,
    );
    await harness.call(TERRITORY_REGISTRY, 'DELETE', '/connectors/units');
    await harness.create(TERRITORY_REGISTRY, 'units', SOURCE);
    await harness.until('units', ({ position }) => position?.phase === 'changes');
    const again = (await harness.call(STEWARD, 'GET', '/v1/connectors/units')).body;
    expect(again).toMatchObject({ receipts, deadLetters });
    await insertUnits(501, 501);
    await untilEqual();
  });

  it('finds a row committed late by a session that it may not see', async () => {
    const role = `registry_reader_${process.pid}`;
    const url = new URL(harness.env['DZ_INTERIOR__TERRITORY_REGISTRY_URL'] ?? '');
    await source.query(`create role ${role} login password 'r'; grant select on territory_unit to ${role}`);
    Object.assign(url, { username: role, password: 'r' });
    harness.env['DZ_INTERIOR__HIDDEN_URL'] = url.href;
    await harness.call(TERRITORY_REGISTRY, 'DELETE', '/connectors/units');
    await harness.connector.close();
    harness.connector = await harness.another();
    const late = await source.connect();
    try {
      const config = {
        ...SOURCE,
        'database.url': '${env:DZ_INTERIOR__HIDDEN_URL}',
        'overlap.ms': '30000',
        'sweep.interval.ms': '300',
      };
      await harness.create(TERRITORY_REGISTRY, 'hidden', config);
      await harness.until('hidden', ({ position }) => position?.phase === 'changes');
      await late.query('begin');
      await late.query(
        `insert into territory_unit (code_list, code, level, name_fr, name_ar) values ('DZ-2019', '9101', 'commune', 'x', 'بلدية')`,
      );
      await insertUnits(9_102, 9_102);
      // Passed over: the position is beyond the row that is not there yet.
      await harness.until('hidden', ({ position }) => position.key[1] === '9102');
      await late.query('commit');
      await untilEqual();
      expect((await target.query(`select 1 from territory_unit where code = '9101'`)).rowCount).toBe(1);
    } finally {
      late.release();
      await harness.call(TERRITORY_REGISTRY, 'DELETE', '/connectors/hidden');
      await harness.connector.close();
      harness.connector = await harness.another();
      await source.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

async function firstDeadLetterRecord(connector: string) {
  const reader = new PartitionReader({ brokers: harness.brokers, clientId: 'spec' });
  await reader.connect();
  try {
    const position = { topic: `wasl.dlq.${connector}`, partition: 0, offset: 0n };
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const [slice] = await reader.fetch([position], { maxWaitMs: 500 });
      const record = slice?.records[0];
      if (record) return record;
    }
    throw new Error('no dead letter came');
  } finally {
    await reader.close();
  }
}
