import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createPool, migrate, projectFile } from '#service';
import { AUDIT_MIGRATIONS, AUDIT_SCHEMA } from '../apps/audit/src/database.js';
import { ensureHead } from '../apps/audit/src/ledger/head.js';
import { EmbeddedKafka } from '../deploy/local/src/kafka.js';
import { freePorts } from '../deploy/local/src/ports.js';
import { EmbeddedPostgres } from '../deploy/local/src/postgres.js';

/** PostgreSQL with fsync on and Kafka for one run, embedded unless DATABASE_URL and KAFKA_BROKERS name others. */
export class LedgerServers {
  private readonly folder = projectFile(`.wasl/bench/ledger-${process.pid}`);
  private readonly cleanUps: (() => Promise<unknown>)[] = [];
  private databases = 0;
  private adminUrl = process.env['DATABASE_URL'] ?? '';
  brokers = process.env['KAFKA_BROKERS']?.split(',') ?? [];

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const [postgresPort, port, controllerPort] = await freePorts(3);
    if (!this.adminUrl) {
      const postgres = new EmbeddedPostgres({ folder: join(this.folder, 'postgres'), port: postgresPort! });
      await postgres.start();
      this.cleanUps.push(() => postgres.stop());
      this.adminUrl = postgres.url('postgres');
    }
    if (this.brokers.length === 0) {
      const places = { folder: join(this.folder, 'kafka'), cache: projectFile('.wasl/cache') };
      const kafka = new EmbeddedKafka({ ...places, port: port!, controllerPort: controllerPort! });
      await kafka.start();
      this.cleanUps.push(() => kafka.stop());
      this.brokers = kafka.brokers;
    }
  }

  get guardFile(): string {
    return join(this.folder, 'guard');
  }

  /** Runs work over an empty ledger in a database of its own. */
  async withLedger<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
    const name = `bench_ledger_${process.pid}_${++this.databases}`;
    await this.administer(`create database ${name}`);
    const url = new URL(this.adminUrl);
    url.pathname = `/${name}`;
    await migrate(url.href, AUDIT_SCHEMA, AUDIT_MIGRATIONS);
    const pool = createPool(url.href, AUDIT_SCHEMA, { max: 5, statementTimeoutMs: 0 });
    try {
      await ensureHead(pool, 'bench.wasl/audit');
      // What earlier rounds left to be written must not burden this one.
      await this.administer('checkpoint');
      return await work(pool);
    } finally {
      await pool.end();
      await this.administer(`drop database ${name} with (force)`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.cleanUps.map((cleanUp) => cleanUp()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async administer(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.adminUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
}
