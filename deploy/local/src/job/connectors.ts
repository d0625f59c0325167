import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { projectFile } from '#service';
import type { Receipt } from '#protocol';
import { STEWARD } from '../population.js';
import { figure, type Say } from '../progress.js';
import { call, type Clients } from './clients.js';
import { countRows } from './comparison.js';
import type { Databases } from './registries.js';

interface ConnectorFile {
  name: string;
  config: Record<string, string>;
}
interface StatusView {
  tasks: { id: number; state: string; trace?: string }[];
}
interface Page<T> {
  items: T[];
  cursor: string;
}
export interface DeadLetter {
  key: string;
  code: string;
  reasons: { pointer: string; rule: string }[];
}

/** The connector files of all registries under registry-specs/. */
function connectorFiles(): ConnectorFile[] {
  const folder = projectFile('registry-specs');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.connector.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ConnectorFile);
}

/** Creates the connectors, or brings their configuration up to date. Returns their names. */
export async function createConnectors(clients: Clients): Promise<string[]> {
  const { connector } = clients.environment;
  const steward = clients.as(STEWARD, 'steward');
  const files = connectorFiles();
  for (const { name, config } of files)
    await call(steward, connector, 'PUT', `/connectors/${name}/config`, config);
  return files.map(({ name }) => name);
}

const PAGE = 1_000;

async function everyItem<T>(clients: Clients, path: string): Promise<T[]> {
  const items: T[] = [];
  let after = '';
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after ? { after } : {}) }).toString();
    const page = await call<Page<T>>(
      clients.as(STEWARD, 'steward'),
      clients.environment.connector,
      'GET',
      `${path}?${query}`,
    );
    items.push(...page.items);
    if (page.items.length < PAGE) return items;
    after = page.cursor;
  }
}

export async function receiptsOf(clients: Clients, connector: string): Promise<Receipt[]> {
  const items = await everyItem<{ receipt: Receipt }>(clients, `/v1/connectors/${connector}/receipts`);
  return items.map(({ receipt }) => receipt);
}

export function deadLettersOf(clients: Clients, connector: string): Promise<DeadLetter[]> {
  return everyItem<DeadLetter>(clients, `/v1/connectors/${connector}/dead-letters`);
}

/** @throws Error with the task's own words when one has failed */
async function requireRunning(clients: Clients, names: string[]): Promise<void> {
  for (const name of names) {
    const path = `/connectors/${name}/status`;
    const { tasks } = await call<StatusView>(
      clients.as(STEWARD, 'steward'),
      clients.environment.connector,
      'GET',
      path,
    );
    const failed = tasks.find(({ state }) => state === 'FAILED');
    if (failed) throw new Error(`connector ${name} has failed: ${failed.trace ?? 'no reason given'}`);
  }
}

const PATIENCE_MS = 180_000;

/** Waits until the consumers' tables hold `expected` rows each, and says how far they are. */
export async function untilCarried(
  clients: Clients,
  names: string[],
  databases: Databases,
  expected: { units: number; births: number },
  stopped: AbortSignal,
  say: Say,
): Promise<void> {
  const total = expected.units * 2 + expected.births;
  for (const began = Date.now(); ;) {
    stopped.throwIfAborted();
    const rows =
      (await countRows(databases.rights, 'territory_unit')) +
      (await countRows(databases.enrolment, 'territory_unit')) +
      (await countRows(databases.rights, 'birth'));
    say(`${figure(rows)} of ${figure(total)} rows`);
    if (rows >= total) return;
    await requireRunning(clients, names);
    if (Date.now() - began > PATIENCE_MS)
      throw new Error(`only ${rows} of ${total} rows arrived in ${PATIENCE_MS / 1000} s`);
    await sleep(200);
  }
}
