import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { Harness, type Json, RIGHTS, STEWARD, TERRITORY_REGISTRY } from './spec-harness.js';

const UNITS = 'territory.unit.v1';
const SOURCE = {
  'connector.class': 'WaslPostgresSource',
  'wasl.registry': 'territory-registry',
  'wasl.flow': 'units',
  'database.url': '${env:DZ_INTERIOR__TERRITORY_REGISTRY_URL}',
  'poll.interval.ms': '50',
};
const SINK = {
  'connector.class': 'WaslPostgresSink',
  'wasl.registry': 'social-protection',
  'wasl.flow': 'territories',
  'database.url': '${env:DZ_SOCIAL_PROTECTION__RIGHTS_URL}',
  'wait.seconds': '1',
};
const TABLE = `create table territory_unit (
  code_list text not null, code text not null, level text not null, parent_code text, name_fr text, name_ar text,
  valid_from date, updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (code_list, code))`;
const SUCCESSOR = { topic: 'territory.unit.v2' };
const SUNSET = '2099-06-30T00:00:00Z';
const ENDING = { since: '2026-11-20T00:00:00Z', sunset: SUNSET, successor: SUCCESSOR };

let harness: Harness;
let source: pg.Pool;
let rows = 0;

async function insertUnit(): Promise<void> {
  rows += 1;
  await source.query(
    `insert into territory_unit (code_list, code, level, name_fr, name_ar, valid_from)
     values ('DZ-2019', $1, 'commune', 'Commune', 'بلدية', date '2019-12-18')`,
    [String(rows).padStart(4, '0')],
  );
}

/** Publishes a row at a time until the connector's summary is as expected. */
async function publishUntil(name: string, condition: (summary: Json) => boolean): Promise<Json> {
  let seen: Json;
  const isThere = (summary: Json) => condition((seen = summary));
  for (let attempt = 0; attempt < 200; attempt += 1) {
    await insertUnit();
    await harness.until('units', ({ receipts }) => receipts >= rows);
    const { body } = await harness.call(STEWARD, 'GET', `/v1/connectors/${name}`);
    if (isThere(body)) return body;
  }
  throw new Error(`${name} did not get there: ${JSON.stringify(seen)}`);
}

const sunsets = async () =>
  (await (await fetch(`${harness.connector.url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('wasl_connector_contract_sunset_seconds{'));

beforeAll(async () => {
  harness = await Harness.start(['DZ_INTERIOR__TERRITORY_REGISTRY_URL', 'DZ_SOCIAL_PROTECTION__RIGHTS_URL']);
  await harness.agree(RIGHTS, UNITS);
  source = harness.pool('DZ_INTERIOR__TERRITORY_REGISTRY_URL');
  await source.query(TABLE);
  await harness
    .pool('DZ_SOCIAL_PROTECTION__RIGHTS_URL')
    .query(TABLE.replace(/, updated_at.*deleted_at timestamptz/, ''));
  await insertUnit();
  expect((await harness.create(TERRITORY_REGISTRY, 'units', SOURCE)).status).toBe(201);
  expect((await harness.create(RIGHTS, 'rights-units', SINK)).status).toBe(201);
  await harness.until('units', ({ receipts }) => receipts === 1);
});
afterAll(() => harness?.stop());

describe('a contract version that ends', () => {
  it('is in the state and the metrics of the connectors that use it', async () => {
    expect((await harness.call(STEWARD, 'GET', '/v1/connectors/units')).body.deprecations).toEqual([]);
    expect(await sunsets()).toEqual([]);
    await harness.become(UNITS, { status: 'deprecated', ...ENDING });
    const told = await publishUntil('units', ({ deprecations }) => deprecations.length > 0);
    expect(told.deprecations).toEqual([{ topic: UNITS, version: 1, ...ENDING }]);
    const received = await harness.until('rights-units', ({ deprecations }) => deprecations.length > 0);
    expect(received.deprecations).toEqual([{ topic: UNITS, ...ENDING }]);
    const { tasks } = (await harness.call(STEWARD, 'GET', '/connectors/units/status')).body;
    expect(tasks).toMatchObject([{ state: 'RUNNING', deprecations: told.deprecations }]);
    const end = Date.parse(SUNSET) / 1_000;
    expect(new Set(await sunsets())).toEqual(
      new Set([
        expect.stringMatching(`topic="${UNITS}",version="1".*} ${end}$`),
        expect.stringMatching(`topic="${UNITS}",version="".*} ${end}$`),
      ]),
    );
  });

  it('is no longer there once a source publishes under it and it is active again', async () => {
    await harness.become(UNITS, { status: 'active' });
    await publishUntil('units', ({ deprecations }) => deprecations.length === 0);
    expect((await harness.call(STEWARD, 'GET', '/connectors/units/status')).body.tasks[0]).not.toHaveProperty(
      'deprecations',
    );
  });
});
