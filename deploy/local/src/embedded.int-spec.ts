import { chmodSync, mkdirSync, readdirSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { KafkaProducer, PartitionReader, TopicAdmin } from '#kafka';
import { testFolder } from '#testing';
import { EmbeddedKafka } from './kafka.js';
import { ensureKafkaJars } from './kafka-jars.js';
import { freePorts } from './ports.js';
import { EmbeddedPostgres } from './postgres.js';
import { isRunning } from './processes.js';

const cache = join(import.meta.dirname, '../../../.wasl/cache');
let folder: string;
let ports: number[];

beforeAll(async () => {
  folder = testFolder();
  ports = await freePorts(6);
});

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('EmbeddedPostgres', () => {
  const server = (port: number) => new EmbeddedPostgres({ folder: join(folder, 'postgres'), port });

  it('keeps its data over a clean stop, a kill, and a run that left its server behind', async () => {
    const first = server(ports[0]!);
    await first.start();
    const url = await first.createDatabase('registry');
    expect(await first.createDatabase('registry')).toBe(url);
    await rows(url, 'CREATE TABLE t (n int)');
    await rows(url, 'INSERT INTO t VALUES (1)');
    await first.stop();

    await first.start();
    await rows(url, 'INSERT INTO t VALUES (2)');
    await first.kill();

    const second = server(ports[0]!);
    await second.start();
    await rows(url, 'INSERT INTO t VALUES (3)');
    const orphan = second.pid!;

    const news: string[] = [];
    const options = {
      folder: join(folder, 'postgres'),
      port: ports[1]!,
      progress: (t: string) => news.push(t),
    };
    const third = new EmbeddedPostgres(options);
    await third.start();
    expect(news[0]).toContain(`process ${orphan}`);
    expect(isRunning(orphan)).toBe(false);
    expect(await rows(third.url('registry'), 'SELECT n FROM t ORDER BY n')).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    await third.stop();
    expect(isRunning(third.pid ?? orphan)).toBe(false);
  });

  it('speaks UTF-8, orders by bytes, asks for a password and keeps what it confirmed on disk', async () => {
    const postgres = server(ports[0]!);
    await postgres.start();
    const url = postgres.url('postgres');
    const order = await rows(url, `SELECT x FROM (VALUES ('é'), ('Z'), ('a'), ('وصل')) v(x) ORDER BY x`);
    expect(order.map(({ x }) => x)).toEqual(['Z', 'a', 'é', 'وصل']);
    expect(await rows(url, `SELECT upper('é') u`)).toEqual([{ u: 'É' }]);
    expect(await rows(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await rows(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(rows(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await postgres.stop();
  });

  it('starts where only the caller may enter, as root too', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o700);
    const postgres = new EmbeddedPostgres({
      folder: join(closed, 'postgres'),
      port: ports[0]!,
      fsync: false,
    });
    await postgres.start();
    expect(await rows(postgres.url('postgres'), 'SELECT 1 one')).toEqual([{ one: 1 }]);
    await postgres.kill();
  });

  it('names what holds its port and the way out', async () => {
    const holder = new EmbeddedPostgres({ folder: join(folder, 'holder'), port: ports[0]!, fsync: false });
    await holder.start();
    const start = server(ports[0]!).start();
    await expect(start).rejects.toMatchObject({
      what: expect.stringContaining(
        `Port ${ports[0]}, which PostgreSQL needs, is in use by process ${holder.pid}`,
      ),
      wayOut: expect.stringContaining('DATABASE_URL'),
    });
    await holder.kill();
  });

  it('creates its data folder anew when that was interrupted', async () => {
    const half = join(folder, 'half');
    const postgres = new EmbeddedPostgres({ folder: half, port: ports[2]!, fsync: false });
    rmSync(half, { recursive: true, force: true });
    await postgres.start();
    await postgres.stop();
    rmSync(join(half, 'data'), { recursive: true });
    await postgres.start();
    expect(await rows(postgres.url('postgres'), 'SELECT 1 one')).toEqual([{ one: 1 }]);
    await postgres.kill();
  });
});

describe('EmbeddedKafka', { timeout: 180_000 }, () => {
  const server = (port: number, controllerPort: number, progress?: (text: string) => void) =>
    new EmbeddedKafka({
      folder: join(folder, 'kafka'),
      cache,
      port,
      controllerPort,
      ...(progress && { progress }),
    });

  it('keeps topics over a stop and a run that left its broker behind, also on other ports', async () => {
    const first = server(ports[2]!, ports[3]!);
    await first.start();
    const settings = { brokers: first.brokers, clientId: 'embedded-spec' };
    await new TopicAdmin(settings).ensureTopics([{ topic: 'kept', partitions: 1 }]);
    const producer = new KafkaProducer(settings);
    await producer.send([{ topic: 'kept', key: null, value: Buffer.from('1') }]);
    await first.stop();
    await first.start();
    await producer.send([{ topic: 'kept', key: null, value: Buffer.from('2') }]);
    await producer.disconnect();
    const orphan = first.pid!;

    const news: string[] = [];
    const second = server(ports[4]!, ports[5]!, (text) => news.push(text));
    await second.start();
    expect(news[0]).toContain(`process ${orphan}`);
    expect(isRunning(orphan)).toBe(false);
    const reader = new PartitionReader({ ...settings, brokers: second.brokers });
    const [slice] = await reader.fetch([{ topic: 'kept', partition: 0, offset: 0n }], { maxWaitMs: 0 });
    expect(slice!.records.map(({ value }) => value!.toString())).toEqual(['1', '2']);
    await reader.close();
    await second.stop();
  });

  it('formats again when formatting was interrupted', async () => {
    const kafka = new EmbeddedKafka({
      folder: join(folder, 'half-kafka'),
      cache,
      port: ports[2]!,
      controllerPort: ports[3]!,
    });
    await kafka.start();
    await kafka.kill();
    rmSync(join(folder, 'half-kafka/data/meta.properties'));
    await kafka.start();
    await kafka.stop();
  });
});

describe('ensureKafkaJars', { timeout: 180_000 }, () => {
  it('fetches once when two processes ask at the same time', async () => {
    const own = join(folder, 'cache');
    const [one, two] = await Promise.all([ensureKafkaJars(own), ensureKafkaJars(own)]);
    expect(one).toEqual(two);
    expect(readdirSync(own)).toHaveLength(1);
    expect(readdirSync(one.folder).filter((name) => name.endsWith('.jar')).length).toBeGreaterThan(40);
    writeFileSync(join(one.folder, 'mark'), '');
    await ensureKafkaJars(own);
    expect(existsSync(join(one.folder, 'mark'))).toBe(true);
  });
});
