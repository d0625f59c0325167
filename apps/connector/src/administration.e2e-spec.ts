import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PartitionReader } from '#kafka';
import { parseEvidence } from '#protocol';
import { projectFile } from '#service';
import { CIVIL_REGISTRY, Harness, RIGHTS, STEWARD, TERRITORY_REGISTRY } from './spec-harness.js';

const SECRET = 'DZ_INTERIOR__TERRITORY_REGISTRY_URL';
const SOURCE = {
  'connector.class': 'WaslPostgresSource',
  'wasl.registry': 'territory-registry',
  'wasl.flow': 'units',
  'database.url': `\${env:${SECRET}}`,
};

let harness: Harness;
let specs: string;

/** What evidence there is, once there is as much as expected; a moment later, so that what is too much shows. */
async function evidenceAbout(connector: string, expected: number): Promise<string[]> {
  const enough = async () => expect((await readEvidence(connector)).length).toBeGreaterThanOrEqual(expected);
  await vi.waitFor(enough, { timeout: 20_000, interval: 200 });
  await sleep(500);
  return readEvidence(connector);
}

async function readEvidence(connector: string): Promise<string[]> {
  const reader = new PartitionReader({ brokers: harness.brokers, clientId: 'spec' });
  await reader.connect();
  try {
    const events: string[] = [];
    for (const [partition, end] of await reader.offsets('wasl.evidence', 'latest')) {
      for (let offset = 0n; offset < end;) {
        const [slice] = await reader.fetch([{ topic: 'wasl.evidence', partition, offset }], {
          maxWaitMs: 200,
        });
        if (!slice || slice.nextOffset === offset) continue;
        for (const { value } of slice.records) {
          const { claims, event } = parseEvidence(value?.toString() ?? '');
          if (claims.sub === `urn:wasl:connector:${connector}`) events.push(event.name);
        }
        offset = slice.nextOffset;
      }
    }
    return events;
  } finally {
    await reader.close();
  }
}

beforeAll(async () => {
  specs = mkdtempSync(join(tmpdir(), 'wasl-specs-'));
  cpSync(projectFile('registry-specs'), specs, { recursive: true });
  harness = await Harness.start([SECRET], { REGISTRY_SPECS_DIR: specs });
  await harness.pool(SECRET)
    .query(`create table territory_unit (code_list text, code text, level text, parent_code text, name_fr text,
      name_ar text, valid_from date, updated_at timestamptz, deleted_at timestamptz, primary key (code_list, code))`);
});
afterAll(async () => {
  await harness?.stop();
  rmSync(specs, { recursive: true, force: true });
});

describe('creating a connector', () => {
  it('answers 201 with Location, and 409 to the second', async () => {
    const first = await harness.create(TERRITORY_REGISTRY, 'made', SOURCE);
    expect(first).toMatchObject({
      status: 201,
      location: '/connectors/made',
      body: { name: 'made', type: 'source', tasks: [{ connector: 'made', task: 0 }], config: SOURCE },
    });
    const second = await harness.create(TERRITORY_REGISTRY, 'made', SOURCE);
    expect(second).toMatchObject({ status: 409, body: { error_code: 409 } });
  });

  it('by PUT answers 201, then 200 without a further change', async () => {
    const put = () => harness.call(STEWARD, 'PUT', '/connectors/put/config', SOURCE);
    expect([(await put()).status, (await put()).status]).toEqual([201, 200]);
    expect(await evidenceAbout('put', 1)).toEqual(['ConnectorCreated']);
  });

  it('may start paused or stopped', async () => {
    await harness.create(STEWARD, 'paused', SOURCE, 'PAUSED');
    await harness.until('paused', ({ state }) => state === 'PAUSED');
    await harness.create(STEWARD, 'stopped', SOURCE, 'STOPPED');
    expect((await harness.call(STEWARD, 'GET', '/connectors/stopped/status')).body.connector.state).toBe(
      'STOPPED',
    );
    expect((await harness.call(STEWARD, 'GET', '/connectors/stopped/tasks/0/status')).status).toBe(404);
  });

  it.each([
    ['a missing body', undefined],
    ['no name', { config: SOURCE }],
    ['a name that is SQL', { name: `x'; drop table connector; --`, config: SOURCE }],
    ['a value that is no string', { name: 'n', config: { ...SOURCE, 'batch.size': 5 } }],
    ['an unknown initial state', { name: 'n', config: SOURCE, initial_state: 'FAILED' }],
    ['a registry outside the folder', { name: 'n', config: { ...SOURCE, 'wasl.registry': '../../etc' } }],
    [
      'a secret in the clear',
      { name: 'n', config: { ...SOURCE, 'database.url': 'postgres://u:hunter2@h/d' } },
    ],
    [
      'a secret of another member',
      { name: 'n', config: { ...SOURCE, 'database.url': '${env:DZ_SOCIAL_PROTECTION__RIGHTS_URL}' } },
    ],
    [
      'the secret of the service itself',
      { name: 'n', config: { ...SOURCE, 'database.url': '${env:DATABASE_URL}' } },
    ],
  ])('refuses %s with 400 in the shape of Connect', async (_, body) => {
    const answer = await harness.call(STEWARD, 'POST', '/connectors', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error_code: 400, message: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });

  it('refuses a registry that does not exist with 404', async () => {
    const answer = await harness.create(STEWARD, 'n', { ...SOURCE, 'wasl.registry': 'tax' });
    expect(answer).toMatchObject({ status: 404, body: { error_code: 404 } });
  });

  it('names file, pointer and mend for a broken spec', async () => {
    cpSync(join(specs, 'territory-registry'), join(specs, 'broken'), { recursive: true });
    const file = join(specs, 'broken', 'openapi.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('watermarkColumn', 'watermark'));
    const answer = await harness.create(STEWARD, 'n', { ...SOURCE, 'wasl.registry': 'broken' });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/broken\/openapi\.yaml \/x-wasl-source\/units.*watermarkColumn/);
  });
});

describe('access', () => {
  it('is refused without a token', async () => {
    for (const path of ['/connectors', '/connector-plugins', '/connectors/made/status']) {
      expect(await harness.call(undefined, 'GET', path)).toMatchObject({
        status: 401,
        body: { error_code: 401 },
      });
    }
    expect((await harness.call(undefined, 'POST', '/connectors', { name: 'n', config: SOURCE })).status).toBe(
      401,
    );
    expect(await harness.call(undefined, 'GET', '/v1/connectors/made')).toMatchObject({
      status: 401,
      body: { code: 'not-authenticated' },
    });
  });

  it('is refused to other members, who do not even learn that the connector exists', async () => {
    expect((await harness.create(RIGHTS, 'theirs', SOURCE)).status).toBe(403);
    expect((await harness.call(RIGHTS, 'GET', '/connectors')).body).toEqual([]);
    for (const [method, path] of [
      ['GET', '/connectors/made'],
      ['GET', '/connectors/made/config'],
      ['GET', '/connectors/made/offsets'],
      ['PUT', '/connectors/made/pause'],
      ['PUT', '/connectors/made/stop'],
      ['POST', '/connectors/made/restart'],
      ['DELETE', '/connectors/made'],
      ['GET', '/v1/connectors/made/receipts'],
      ['GET', '/v1/connectors/made/dead-letters'],
    ] as const) {
      expect([path, (await harness.call(RIGHTS, method, path)).status]).toEqual([path, 404]);
    }
    expect((await harness.call(RIGHTS, 'PUT', '/connectors/made/config', SOURCE)).status).toBe(404);
  });

  it('is given to other systems of the owning member', async () => {
    expect((await harness.call(CIVIL_REGISTRY, 'GET', '/connectors/made')).status).toBe(200);
  });
});

describe('running connectors', () => {
  it('a changed registry or flow is refused, another setting is taken', async () => {
    const flow = await harness.call(STEWARD, 'PUT', '/connectors/made/config', {
      ...SOURCE,
      'wasl.registry': 'civil-registry',
      'wasl.flow': 'births',
    });
    expect(flow).toMatchObject({ status: 409, body: { error_code: 409 } });
    const tuned = await harness.call(STEWARD, 'PUT', '/connectors/made/config', {
      ...SOURCE,
      'batch.size': '10',
    });
    expect(tuned).toMatchObject({ status: 200, body: { config: { 'batch.size': '10' } } });
  });

  it('fails in plain words when the table does not fit, and names the column, not the secret', async () => {
    const file = join(specs, 'territory-registry', 'openapi.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('column: name_fr', `column: 'x"; drop table territory_unit; --'`));
    await harness.call(STEWARD, 'POST', '/connectors/made/restart');
    const failed = await harness.until('made', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toMatch(/has no column .*drop table.*restart the connector/);
    writeFileSync(file, text);
    const restarted = await harness.call(STEWARD, 'POST', '/connectors/made/restart?onlyFailed=true');
    expect(restarted).toMatchObject({ status: 202, body: { name: 'made' } });
    await harness.until('made', ({ state }) => state === 'RUNNING', true);
    await expect(harness.pool(SECRET).query('select from territory_unit')).resolves.toBeDefined();
  });

  it('fails when the spec comes to name the system of another member', async () => {
    const file = join(specs, 'territory-registry', 'openapi.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(TERRITORY_REGISTRY, RIGHTS));
    await harness.call(STEWARD, 'POST', '/connectors/put/restart');
    const failed = await harness.until('put', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toMatch(/another system|INTERIOR__|SOCIAL_PROTECTION__/);
    writeFileSync(file, text);
  });

  it('says which secret is missing', async () => {
    const config = { ...SOURCE, 'database.url': '${env:DZ_INTERIOR__NOWHERE_URL}' };
    await harness.create(STEWARD, 'secretless', config);
    const failed = await harness.until('secretless', ({ state }) => state === 'FAILED', true);
    expect(failed.trace).toContain('DZ_INTERIOR__NOWHERE_URL is not set');
  });

  it('lists with status and info', async () => {
    const { body } = await harness.call(STEWARD, 'GET', '/connectors?expand=status&expand=info');
    expect(body.made).toMatchObject({
      status: { name: 'made', type: 'source' },
      info: { config: { name: 'made' } },
    });
    expect((await harness.call(STEWARD, 'GET', '/connectors')).body).toContain('made');
  });

  it('counts tasks by state', async () => {
    const text = await (await fetch(`${harness.connector.url}/metrics`)).text();
    expect(text).toMatch(/wasl_connector_tasks\{.*state="RUNNING".*\} [1-9]/);
    expect(text).toMatch(/wasl_connector_tasks\{.*state="STOPPED".*\} 1/);
  });

  it('leaves evidence of every act, once', async () => {
    for (const action of ['pause', 'pause', 'resume', 'resume', 'stop', 'stop']) {
      await harness.call(STEWARD, 'PUT', `/connectors/made/${action}`);
    }
    expect((await harness.call(STEWARD, 'DELETE', '/connectors/made')).status).toBe(204);
    expect((await harness.call(STEWARD, 'DELETE', '/connectors/made')).status).toBe(404);
    expect(await evidenceAbout('made', 8)).toEqual([
      ...['ConnectorCreated', 'ConnectorChanged', 'ConnectorRestarted', 'ConnectorRestarted'],
      ...['ConnectorPaused', 'ConnectorResumed', 'ConnectorStopped', 'ConnectorDeleted'],
    ]);
  });
});

describe('plugins', () => {
  it('are listed, described and validated key by key, without echoing values', async () => {
    expect((await harness.call(undefined, 'GET', '/')).body).toMatchObject({ version: expect.any(String) });
    const { body } = await harness.call(RIGHTS, 'GET', '/connector-plugins');
    expect(body.map((plugin: { class: string }) => plugin.class)).toEqual([
      'WaslPostgresSource',
      'WaslPostgresSink',
    ]);
    const keys = (await harness.call(RIGHTS, 'GET', '/connector-plugins/WaslPostgresSink/config')).body;
    expect(keys.map(({ name }: { name: string }) => name)).toContain('wait.seconds');
    const verdict = await harness.call(
      RIGHTS,
      'PUT',
      '/connector-plugins/WaslPostgresSource/config/validate',
      {
        ...SOURCE,
        'database.url': 'postgres://u:hunter2@h/d',
        'batch.size': '0',
        other: 'x',
      },
    );
    expect(verdict).toMatchObject({ status: 200, body: { error_count: 3 } });
    expect(JSON.stringify(verdict.body)).not.toContain('hunter2');
    expect((await harness.call(RIGHTS, 'GET', '/connector-plugins/FileStreamSource/config')).status).toBe(
      404,
    );
  });

  it('paging refuses a cursor or limit that is none', async () => {
    for (const query of ['after=-1', 'after=1;drop', 'limit=0', 'limit=9999', 'limit=x']) {
      expect((await harness.call(STEWARD, 'GET', `/v1/connectors/put/receipts?${query}`)).status).toBe(400);
    }
  });
});
