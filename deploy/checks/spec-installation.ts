import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownKafka, testDatabase, testFolder } from '#testing';
import { createInstallation, type Installation } from '../local/src/installation.js';
import { Clients } from '../local/src/job/clients.js';
import { readOptions } from '../local/src/options.js';
import { freePorts } from '../local/src/ports.js';
import {
  SERVICES,
  serviceSettings,
  writeEnvironment,
  type Environment,
  type ServiceName,
} from '../local/src/services.js';

const PORT_OF = {
  gateway: 'gateway',
  'schema-registry': 'registry',
  directory: 'directory',
  connector: 'connector',
  audit: 'audit',
} as const;

/** An installation whose services run as an operator runs them: each a process of its own, from its built output. */
export class SpecInstallation {
  private readonly processes = new Map<ServiceName, ChildProcess>();
  private readonly output = new Map<ServiceName, string>();
  readonly clients: Clients;

  private constructor(
    readonly folder: string,
    readonly installation: Installation,
    readonly environment: Environment,
    private readonly settings: Record<ServiceName, Record<string, string | undefined>>,
    private readonly dropServers: () => Promise<void>,
  ) {
    this.clients = new Clients(installation, environment);
  }

  static async create(): Promise<SpecInstallation> {
    const database = await testDatabase();
    const folder = testFolder();
    const ports = await freePorts(SERVICES.length);
    const options = readOptions([], { WASL_STATE: folder });
    SERVICES.forEach((name, index) => (options.ports[PORT_OF[name]] = ports[index] ?? 0));
    const installation = createInstallation(folder);
    const environment = writeEnvironment(options);
    // Control topics have fixed names, so two installations never share a broker.
    const broker = await ownKafka();
    const { brokers } = broker.kafka;
    const settings = serviceSettings(options, installation, environment, brokers, database.url, {});
    return new SpecInstallation(folder, installation, environment, settings, async () => {
      broker.remove();
      await database.drop();
    });
  }

  get environmentFile(): string {
    return join(this.folder, 'environment.json');
  }

  addressOf(name: ServiceName): string {
    return this.environment[PORT_OF[name]];
  }

  /** Resolves when the service is ready; throws with what it printed when it ends instead. */
  async start(...names: ServiceName[]): Promise<void> {
    await Promise.all(names.map((name) => this.startOne(name)));
  }

  private async startOne(name: ServiceName): Promise<void> {
    const env = { PATH: process.env.PATH, ...this.settings[name] };
    const child = spawn(process.execPath, [`dist/apps/${name}/src/main.js`], { env, stdio: 'pipe' });
    this.processes.set(name, child);
    this.output.set(name, '');
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) =>
        this.output.set(name, `${this.output.get(name)}${chunk.toString()}`),
      );
    }
    const ready = async () =>
      (await fetch(`${this.addressOf(name)}/health/ready`).catch(() => undefined))?.status === 200;
    for (let waited = 0; !(await ready()); waited += 200) {
      if (child.exitCode !== null || waited > 90_000) {
        throw new Error(`${name} did not become ready:\n${this.output.get(name)}`);
      }
      await sleep(200);
    }
  }

  /** Ends a service and returns its exit code (null after SIGKILL). */
  async end(name: ServiceName, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.processes.get(name);
    if (!child) return null;
    this.processes.delete(name);
    if (child.exitCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }

  async close(): Promise<void> {
    await this.clients.close();
    await Promise.all([...this.processes.keys()].map((name) => this.end(name, 'SIGKILL')));
    await this.dropServers();
  }
}
