import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureKafkaJars } from './kafka-jars.js';
import { freePorts, isPortInUse, requireFreePort } from './ports.js';
import { claimFolder, requireDiskSpace } from './state-folder.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasl-setup-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const problem = (what: string, ...wayOut: string[]) => ({
  name: 'SetupProblem',
  what: expect.stringContaining(what) as string,
  wayOut: expect.stringMatching(new RegExp(wayOut.join('[^]*'))) as string,
});

describe('what Kafka needs', () => {
  const jars = () => ensureKafkaJars(join(folder, 'cache'));

  it('no Java', async () => {
    vi.stubEnv('PATH', folder);
    await expect(jars()).rejects.toMatchObject(
      problem('Java was not found', 'Install', 'KAFKA_BROKERS', 'compose'),
    );
  });

  it('a Java too old', async () => {
    program('java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
    vi.stubEnv('PATH', folder);
    await expect(jars()).rejects.toMatchObject(
      problem('Java 11 was found', 'Install Java 17', 'KAFKA_BROKERS'),
    );
  });

  it('Java 8 tells its version as 1.8', async () => {
    program('java', `echo 'java version "1.8.0_202"' >&2`);
    vi.stubEnv('PATH', folder);
    await expect(jars()).rejects.toMatchObject(problem('Java 8 was found', 'Install Java 17'));
  });

  it('no Maven', async () => {
    program('java', `echo 'openjdk version "21.0.1" 2023-10-17' >&2`);
    vi.stubEnv('PATH', folder);
    await expect(jars()).rejects.toMatchObject(
      problem('Maven was not found', 'Install Maven', 'KAFKA_BROKERS'),
    );
  });

  it('Maven that reaches nothing', async () => {
    program('java', `echo 'openjdk version "21.0.1" 2023-10-17' >&2`);
    program('mvn', `[ "$1" = -v ] && exit 0; echo '[ERROR] Unknown host'; exit 1`);
    vi.stubEnv('PATH', folder + delimiter + process.env.PATH!);
    await expect(jars()).rejects.toMatchObject(problem('Unknown host', 'network', 'KAFKA_BROKERS'));
  });
});

describe('ports', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });

  afterEach(() => server.close());

  it('are seen as taken and as free', async () => {
    expect(await isPortInUse(port)).toBe(true);
    const free = await freePorts(3);
    expect(new Set(free).size).toBe(3);
    expect(await isPortInUse(free[0]!)).toBe(false);
  });

  it('name who has them and the way out', async () => {
    const refusal = requireFreePort(port, 'the gateway', 'set WASL_PORT to another.');
    await expect(refusal).rejects.toMatchObject(
      problem(`Port ${port}, which the gateway needs`, 'set WASL_PORT'),
    );
    if (process.platform === 'linux') await expect(refusal).rejects.toThrow(`process ${process.pid}`);
  });
});

describe('state folder', () => {
  it('is held by one running process', () => {
    writeFileSync(join(folder, 'owner.pid'), String(process.ppid));
    expect(() => claimFolder(folder)).toThrow(`process ${process.ppid}`);
  });

  it('is taken over from a process that was killed', () => {
    writeFileSync(join(folder, 'owner.pid'), '4194303');
    const claim = claimFolder(folder);
    claim.release();
    claimFolder(folder).release();
  });

  it('asks for the disk space it needs', () => {
    requireDiskSpace(folder, 1);
    expect(() => requireDiskSpace(folder, 1e9)).toThrow('1000000000 MB are needed');
  });
});
