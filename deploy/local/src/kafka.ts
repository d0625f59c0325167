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
import { brokerAnswers } from './broker-probe.js';
import { LOG4J_PROPERTIES, serverProperties } from './kafka-config.js';
import { ensureKafkaJars, type KafkaJars } from './kafka-jars.js';
import { requireFreePort } from './ports.js';
import { endProcess, findProcesses, runProgram } from './processes.js';
import { requireDiskSpace } from './state-folder.js';
import { SetupProblem, type Progress } from './setup-problem.js';

const JVM = ['-Xms128m', '-Xmx384m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const START_MS = 60_000;
const STOP_MS = 20_000;
const MEGABYTES = 200;

export interface EmbeddedKafkaOptions {
  /** state of this broker: data, configuration, log */
  folder: string;
  /** where the jars lie, shared between runs */
  cache: string;
  port: number;
  controllerPort: number;
  progress?: Progress;
}

/** One node of Apache Kafka (KRaft, broker and controller) as a child process on 127.0.0.1. */
export class EmbeddedKafka {
  readonly brokers: string[];
  readonly logFile: string;
  private readonly folder: string;
  private readonly config: string;
  private readonly data: string;
  private process: ChildProcess | undefined;
  private jars: KafkaJars | undefined;

  constructor(private readonly options: EmbeddedKafkaOptions) {
    this.folder = resolve(options.folder);
    this.config = join(this.folder, 'server.properties');
    this.data = join(this.folder, 'data');
    this.logFile = join(this.folder, 'kafka.log');
    this.brokers = [`127.0.0.1:${options.port}`];
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Resolves when the broker answers. A broker left over from a killed run in the same folder is ended first. */
  async start(): Promise<void> {
    const { port, controllerPort, cache, progress } = this.options;
    const jars = (this.jars = await ensureKafkaJars(resolve(cache), progress));
    await this.endOrphans();
    for (const wanted of [port, controllerPort]) {
      await requireFreePort(wanted, 'Apache Kafka', 'set KAFKA_BROKERS to a Kafka that already runs.');
    }
    requireDiskSpace(this.folder, MEGABYTES);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.config, serverProperties({ dataFolder: this.data, port, controllerPort }));
    writeFileSync(join(this.folder, 'log4j2.properties'), LOG4J_PROPERTIES);
    await this.format(jars.folder);

    progress?.('Starting Apache Kafka');
    const log = openSync(this.logFile, 'w');
    // Detached: Ctrl-C in the terminal must reach the launcher only, which stops Kafka after the services.
    this.process = spawn(
      'java',
      [...this.java(jars.folder), this.classArchive(jars), 'kafka.Kafka', this.config],
      {
        cwd: this.folder,
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    closeSync(log);
    this.process.on('error', () => {});
    this.process.unref();
    await this.untilReady();
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    this.keepArchive();
  }

  /** Ends the broker without warning, for tests of what survives it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const pid = this.process?.pid;
    this.process = undefined;
    if (pid !== undefined) await endProcess(pid, signal, STOP_MS);
  }

  private async endOrphans(): Promise<void> {
    for (const orphan of findProcesses((argument) => argument === this.config)) {
      this.options.progress?.(`Ending the Apache Kafka of an interrupted run (process ${orphan.pid})`);
      await endProcess(orphan.pid, 'SIGTERM', STOP_MS);
    }
  }

  // spawn, not a shell: the asterisk of the class path must reach Java as it is.
  private java(jars: string): string[] {
    const log4j = `-Dlog4j2.configurationFile=${join(this.folder, 'log4j2.properties')}`;
    return [...JVM, log4j, '-cp', join(jars, '*')];
  }

  private classArchive({ archive }: KafkaJars): string {
    if (existsSync(archive)) return `-XX:SharedArchiveFile=${archive}`;
    return `-XX:ArchiveClassesAtExit=${this.newArchive()}`;
  }

  /** Not yet in the cache: Java may be killed while it writes. */
  private newArchive(): string {
    return join(this.folder, 'classes.jsa');
  }

  private keepArchive(): void {
    try {
      if (this.jars) renameSync(this.newArchive(), this.jars.archive);
    } catch {
      // None was made, or the cache lies on another disk: the next start is no faster, that is all.
    }
  }

  private async format(jars: string): Promise<void> {
    if (existsSync(join(this.data, 'meta.properties'))) return;
    // A folder without meta.properties is one whose formatting was interrupted: no broker ever ran on it.
    rmSync(this.data, { recursive: true, force: true });
    // A leading hyphen would be read as another option.
    const id = randomBytes(16).toString('base64url').replace(/^-/, 'W');
    const tool = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', this.config, '--standalone'];
    const { code, output } = await runProgram('java', [...this.java(jars), ...tool]);
    if (code !== 0) throw this.failed('could not prepare its folder', output);
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!(await brokerAnswers(this.options.port))) {
      const ended = this.process?.exitCode !== null || this.process.signalCode !== null;
      if (!ended && Date.now() < deadline) {
        await sleep(40);
        continue;
      }
      await this.kill();
      throw this.failed(
        ended ? 'ended while starting' : 'did not answer in a minute',
        readFileSync(this.logFile, 'utf8'),
      );
    }
  }

  private failed(what: string, output: string): SetupProblem {
    return new SetupProblem(
      `Apache Kafka ${what}: ${output.trim().split('\n').slice(-3).join(' | ').slice(0, 600)}`,
      `Read ${this.logFile}; delete ${this.folder} to begin anew, or set KAFKA_BROKERS to a Kafka that already runs.`,
    );
  }
}
