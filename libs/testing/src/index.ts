import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { EmbeddedKafka } from '../../../deploy/local/src/kafka.js';
import { newKafka, remove } from './servers.js';

export { processorTime } from './processor-time.js';

export interface TestDatabase {
  /** connection string of an empty database that only this caller knows */
  url: string;
  drop(): Promise<void>;
}

export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export function testKafka(): { brokers: string[] } {
  return { brokers: inject('kafkaBrokers').split(',') };
}

/** A topic name no other spec has. */
export function uniqueTopic(prefix: string): string {
  return `${prefix}.${randomBytes(6).toString('hex')}`;
}

/** An empty folder of the caller's own; it goes away at the end of the run, with the servers that work in it. */
export function testFolder(): string {
  const folder = join(inject('runFolder'), randomUUID());
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A started broker of the spec's own, to be killed and started again; `remove` ends it for good. */
export async function ownKafka(): Promise<{ kafka: EmbeddedKafka; remove(): void }> {
  const folder = testFolder();
  const kafka = await newKafka(folder);
  await kafka.start();
  return { kafka, remove: () => remove(folder) };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
