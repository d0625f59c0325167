import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { projectFile } from '#service';
import { EmbeddedKafka } from '../deploy/local/src/kafka.js';
import { freePorts } from '../deploy/local/src/ports.js';
import { EmbeddedPostgres } from '../deploy/local/src/postgres.js';

const STARTED_WITHIN_MS = 30_000;
/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/** A program in a process of its own. */
export interface Served {
  port: number;
  /** Milliseconds from its start to the first 200 on its health path. */
  startedIn: number;
  /** Resident, in MB. */
  memory: () => number;
  /** Processor time so far, of all its threads. */
  cpuSeconds: () => number;
  stop: () => Promise<void>;
}

/** PostgreSQL (fsync on) and Kafka, embedded unless DATABASE_URL and KAFKA_BROKERS name others; child processes. */
export class BenchServers {
  private readonly folder: string;
  brokers = process.env['KAFKA_BROKERS']?.split(',') ?? [];
  databaseUrl = '';
  private readonly cleanUps: (() => Promise<unknown>)[] = [];

  constructor(
    private readonly name: string,
    private readonly withKafka = true,
  ) {
    this.folder = projectFile(`.wasl/bench/${name}-${process.pid}`);
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const [postgresPort = 0, port = 0, controllerPort = 0] = await freePorts(3);
    let adminUrl = process.env['DATABASE_URL'] ?? '';
    if (!adminUrl) {
      const postgres = new EmbeddedPostgres({ folder: join(this.folder, 'postgres'), port: postgresPort });
      await postgres.start();
      this.cleanUps.unshift(async () => postgres.stop());
      adminUrl = postgres.url('postgres');
    }
    if (this.withKafka && this.brokers.length === 0) {
      const places = { folder: join(this.folder, 'kafka'), cache: projectFile('.wasl/cache') };
      const kafka = new EmbeddedKafka({ ...places, port, controllerPort });
      await kafka.start();
      this.cleanUps.unshift(async () => kafka.stop());
      this.brokers = kafka.brokers;
    }
    await this.createDatabase(adminUrl);
  }

  /** Starts a built program in a process of its own, which answers 200 on the health path once it serves. */
  async serve(program: string, env: Record<string, string>, health = '/health/live'): Promise<Served> {
    const [port = 0] = await freePorts(1);
    const began = performance.now();
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
      env: { ...process.env, NODE_ENV: 'production', ...env, PORT: String(port) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const stop = () => ended(child);
    this.cleanUps.unshift(stop);
    await answers(`http://127.0.0.1:${port}${health}`, child);
    return {
      port,
      startedIn: performance.now() - began,
      memory: () => residentMegabytes(child.pid),
      cpuSeconds: () => cpuSeconds(child.pid),
      stop,
    };
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  async stop(): Promise<void> {
    for (const cleanUp of this.cleanUps) await cleanUp();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async createDatabase(adminUrl: string): Promise<void> {
    const name = `bench_${this.name}_${process.pid}`;
    const administer = async (sql: string) => {
      const client = new pg.Client({ connectionString: adminUrl });
      await client.connect();
      await client.query(sql).finally(() => client.end());
    };
    await administer(`create database ${name}`);
    this.cleanUps.unshift(() => administer(`drop database ${name} with (force)`));
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    this.databaseUrl = url.href;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + STARTED_WITHIN_MS; ;) {
    if (child.exitCode !== null) throw new Error(`a program ended with ${child.exitCode} while starting`);
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer in time`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function residentMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

function cpuSeconds(pid: number | undefined): number {
  try {
    // proc(5): fields 14 and 15, after the name in parentheses, are user and system time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}
