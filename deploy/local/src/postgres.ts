import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { requireFreePort } from './ports.js';
import { postgresBinaries } from './postgres-binaries.js';
import { endProcess, findProcesses, runProgram } from './processes.js';
import { requireDiskSpace } from './state-folder.js';
import { SetupProblem, type Progress } from './setup-problem.js';
import { Unprivileged } from './unprivileged.js';

const USER = 'wasl';
const START_MS = 60_000;
const STOP_MS = 20_000;
const MEGABYTES = 200;

export interface EmbeddedPostgresOptions {
  /** state of this server: data, password, log */
  folder: string;
  port: number;
  /** off only where a power cut may lose everything (tests); a killed process loses nothing either way */
  fsync?: boolean;
  maxConnections?: number;
  progress?: Progress;
}

/** PostgreSQL 18 as a child process on 127.0.0.1: UTF-8, order of bytes, scram passwords, no socket file. */
export class EmbeddedPostgres {
  readonly logFile: string;
  private readonly folder: string;
  private readonly data: string;
  private readonly unprivileged = new Unprivileged();
  private process: ChildProcess | undefined;

  constructor(private readonly options: EmbeddedPostgresOptions) {
    this.folder = resolve(options.folder);
    this.data = join(this.folder, 'data');
    this.logFile = join(this.folder, 'postgres.log');
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Connection string of a database of this server. */
  url(database: string): string {
    return `postgresql://${USER}:${this.password()}@127.0.0.1:${this.options.port}/${database}`;
  }

  /** Resolves when the server takes queries. A server left over from a killed run in the same folder is ended first. */
  async start(): Promise<void> {
    const { port, progress } = this.options;
    await this.endOrphans();
    await requireFreePort(port, 'PostgreSQL', 'set DATABASE_URL to a PostgreSQL that already runs.');
    requireDiskSpace(this.folder, MEGABYTES);
    const { initdb, postgres } = postgresBinaries();
    this.unprivileged.prepare(this.folder, postgres);
    if (!existsSync(this.data)) {
      progress?.('Creating the PostgreSQL data folder');
      await this.initialise(initdb);
    }
    progress?.('Starting PostgreSQL');
    this.spawn(postgres);
    await this.untilReady(postgres);
  }

  /** Creates the database unless it exists; gives its connection string. */
  async createDatabase(name: string): Promise<string> {
    const client = await this.connect();
    try {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
    return this.url(name);
  }

  async stop(): Promise<void> {
    // SIGINT is PostgreSQL's "fast" shutdown: open transactions are rolled back, a checkpoint is written.
    await this.end('SIGINT');
  }

  /** Ends the server without warning, for tests of what survives it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.process?.pid;
    this.process = undefined;
    if (pid !== undefined) await endProcess(pid, signal, STOP_MS);
  }

  /** Only the postmaster keeps `-D <data>` as its command line. Its stale postmaster.pid PostgreSQL clears itself. */
  private async endOrphans(): Promise<void> {
    for (const orphan of findProcesses((argument) => argument === this.data)) {
      this.options.progress?.(`Ending the PostgreSQL of an interrupted run (process ${orphan.pid})`);
      await endProcess(orphan.pid, 'SIGINT', STOP_MS);
    }
  }

  private password(): string {
    return readFileSync(join(this.folder, 'password'), 'utf8');
  }

  private async initialise(initdb: string): Promise<void> {
    const partial = join(this.folder, 'data.new');
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { mode: 0o700 });
    const secret = join(this.folder, 'password');
    writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
    this.unprivileged.owns(partial);
    this.unprivileged.owns(secret);
    const collation = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const command = this.unprivileged.command(initdb, [
      ...['-D', partial, '-U', USER, '--encoding=UTF8', '--auth=scram-sha-256', `--pwfile=${secret}`],
      ...[...collation, ...(this.options.fsync === false ? ['--no-sync'] : [])],
    ]);
    const { file, arguments: args, ...user } = command;
    const { code, output } = await runProgram(file, args, { ...user, cwd: '/', env: this.environment() });
    if (code !== 0) throw this.failed('could not create its data folder', output);
    renameSync(partial, this.data);
  }

  private spawn(postgres: string): void {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: this.options.maxConnections ?? 200,
      timezone: 'UTC',
      log_timezone: 'UTC',
      fsync: this.options.fsync === false ? 'off' : 'on',
      jit: 'off',
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const command = this.unprivileged.command(postgres, [
      ...['-D', this.data, '-p', String(this.options.port), ...flags],
    ]);
    const { file, arguments: args, ...user } = command;
    const log = openSync(this.logFile, 'w');
    // Detached: Ctrl-C in the terminal must reach the launcher only, which stops PostgreSQL after the services.
    this.process = spawn(file, args, {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      env: this.environment(),
    });
    closeSync(log);
    this.process.on('error', () => {});
    this.process.unref();
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  private async untilReady(postgres: string): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      try {
        await (await this.connect()).end();
        return;
      } catch (error) {
        const refused = (error as { code?: string }).code === '28P01';
        const ended = this.process?.exitCode !== null || this.process.signalCode !== null;
        const log = readFileSync(this.logFile, 'utf8');
        const busy = ended && log.includes('pre-existing shared memory block');
        if (refused || (ended && !busy) || Date.now() > deadline) {
          await this.stop();
          throw this.failed('did not start', refused ? String(error) : log);
        }
        await sleep(busy ? 250 : 40);
        // The children of a server that was killed finish their query before they notice, and hold its memory.
        if (busy) this.spawn(postgres);
      }
    }
  }

  private failed(what: string, output: string): SetupProblem {
    return new SetupProblem(
      `PostgreSQL ${what}: ${output.trim().split('\n').slice(-3).join(' | ').slice(0, 600)}`,
      `Read ${this.logFile}; delete ${this.folder} to begin anew, or set DATABASE_URL to a PostgreSQL that already runs.`,
    );
  }
}
