import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseControlRecord } from '#control';
import { KafkaProducer } from '#kafka';
import { generateKey, memberOf, publicJwk } from '#protocol';
import { testDatabase } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './app.js';
import { BUS, NAMES, STEWARD, TestDirectory } from './spec-harness.js';

let directory: TestDirectory;

beforeAll(async () => {
  directory = await TestDirectory.start();
});
afterAll(() => directory?.stop());

const bootstrapFile = () => directory.env.DIRECTORY_BOOTSTRAP_FILE!;

describe('start', () => {
  it('publishes what the bootstrap file names, with evidence, so that the steward can act', async () => {
    const key = await directory.control(`key:${directory.steward.jwk.kid}`);
    expect(key).toMatchObject({ kind: 'key', system: STEWARD, status: 'active' });
    expect(await directory.control(`system:${BUS}:directory`)).toMatchObject({ member: BUS, roles: [] });
    expect(await directory.evidence('KeyRegistered', STEWARD)).toMatchObject([
      { body: { by: `${BUS}:directory` } },
    ]);
    expect(await directory.evidence('TokenKeyCreated', `${BUS}:directory`)).toHaveLength(1);
    expect((await directory.call('GET', '/v1/members')).status).toBe(200);
    for (const record of await directory.records('wasl.control.directory')) {
      expect(() => parseControlRecord(record.topic, record.key!.toString(), record.value!)).not.toThrow();
    }
  });

  it('again changes nothing, keeps what changed since, and adds what is new in the file', async () => {
    const path = `/v1/systems/${STEWARD}`;
    const names = { ...NAMES, en: 'Renamed' };
    const state = { names, roles: ['steward'], status: 'active' };
    const renamed = await directory.call('PUT', path, { body: state, headers: { 'if-match': '*' } });
    expect(renamed.status).toBe(200);
    await directory.control(`system:${STEWARD}`, (system) => system.names.en === 'Renamed');
    const before = (await directory.records('wasl.control.directory')).length;
    const jwks = await (await fetch(`${directory.service.url}/oauth/jwks`)).text();
    await directory.restart();
    expect(await (await fetch(`${directory.service.url}/oauth/jwks`)).text()).toBe(jwks);
    expect((await directory.call('GET', path)).body).toMatchObject({ names, version: 2 });
    expect((await directory.records('wasl.control.directory')).length).toBe(before);
    const file = JSON.parse(readFileSync(bootstrapFile(), 'utf8'));
    const gateway = generateKey('ES256').jwk;
    file.systems.push({ id: `${BUS}:gateway`, names: NAMES, roles: [] });
    file.keys.push({ system: `${BUS}:gateway`, jwk: publicJwk(gateway) });
    writeFileSync(bootstrapFile(), JSON.stringify(file));
    await directory.restart();
    expect(await directory.control(`key:${gateway.kid}`)).toMatchObject({
      system: `${BUS}:gateway`,
      status: 'active',
    });
    expect((await directory.records('wasl.control.directory')).length).toBe(before + 2);
  });

  it('publishes again what the control topic lost or says otherwise', async () => {
    const [lost, wrong] = [`system:${STEWARD}`, `member:${memberOf(STEWARD)}`];
    const right = await directory.control(wrong);
    await directory.service.close();
    const producer = new KafkaProducer({ brokers: directory.brokers, clientId: 'spec' });
    await producer.connect();
    const topic = 'wasl.control.directory';
    const forged = Buffer.from(JSON.stringify({ ...right, status: 'suspended' }));
    await producer.send([
      { topic, key: lost, value: null },
      { topic, key: wrong, value: forged },
    ]);
    await producer.disconnect();
    directory.service = await start(directory.env);
    expect(await directory.control(lost, (state) => state.names.en === 'Renamed')).toBeDefined();
    expect(await directory.control(wrong, ({ status }) => status === 'active')).toEqual(right);
  });

  it('of two instances at once on an empty database makes one token key', async () => {
    const database = await testDatabase();
    const env = { ...directory.env, DATABASE_URL: database.url };
    const pair = await Promise.all([start(env), start(env)]);
    try {
      const jwks = await Promise.all(pair.map(async ({ url }) => (await fetch(`${url}/oauth/jwks`)).text()));
      expect(jwks[0]).toBe(jwks[1]);
    } finally {
      await Promise.all(pair.map((service) => service.close()));
      await database.drop();
    }
  });

  it('is refused with a name for what is wrong', async () => {
    await expect(start({ KAFKA_BROKERS: '' })).rejects.toThrow(/DATABASE_URL[^]*WASL_KEY_FILE/);
    const folder = join(bootstrapFile(), '..');
    const publicKey = join(folder, 'public.jwk.json');
    writeFileSync(publicKey, JSON.stringify(publicJwk(generateKey('Ed25519').jwk)));
    await expect(start({ ...directory.env, WASL_KEY_FILE: publicKey })).rejects.toThrow(/WASL_KEY_FILE/);
    const broken = join(folder, 'broken.json');
    const secret = generateKey('Ed25519').jwk;
    const file = JSON.parse(readFileSync(bootstrapFile(), 'utf8'));
    for (const [content, message] of [
      ['{', /broken.json/],
      [
        JSON.stringify({ members: [{ id: 'x', names: NAMES }], systems: [], keys: [] }),
        /\/members\/0\/id \(pattern\)/,
      ],
      [JSON.stringify({ ...file, keys: [{ system: STEWARD, jwk: secret }] }), /private-key-disclosed/],
    ] as const) {
      writeFileSync(broken, content);
      const attempt = start({ ...directory.env, DIRECTORY_BOOTSTRAP_FILE: broken });
      await expect(attempt).rejects.toThrow(message);
      await expect(attempt).rejects.not.toThrow(secret.d);
    }
  });
});

describe('while Kafka is away', () => {
  it('changes are made and answered, and told when it is back', async () => {
    await directory.tokenFor(directory.steward);
    await directory.kafka.kill();
    const id = 'urn:wasl:dz:meanwhile';
    const body = { id, names: NAMES };
    expect((await directory.call('POST', '/v1/members', { body })).status).toBe(201);
    expect((await directory.call('POST', '/v1/members', { body })).status).toBe(200);
    await directory.kafka.start();
    expect(await directory.control(`member:${id}`)).toMatchObject({ id, status: 'active' });
    expect(await directory.evidence('MemberRegistered', id)).toHaveLength(1);
  });
});

describe('operations', () => {
  it('tell whether the directory can do its job, and describe its API', async () => {
    expect((await directory.call('GET', '/health/live', { as: null })).status).toBe(200);
    expect((await directory.call('GET', '/health/ready', { as: null })).status).toBe(200);
    const { status, body } = await directory.call('GET', '/openapi.json', { as: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
  });
});
