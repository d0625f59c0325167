import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { freePorts } from '../local/src/ports.js';

const MAIN = 'dist/deploy/local/src/main.js';
mkdirSync('.wasl', { recursive: true });
const state = mkdtempSync(join('.wasl', 'kill-'));
const children: ChildProcess[] = [];

function start(port: number): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const env = {
    ...process.env,
    WASL_STATE: state,
    WASL_PORT: String(port),
    DATABASE_URL: '',
    KAFKA_BROKERS: '',
  };
  const child = spawn(process.execPath, [MAIN, '--once'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, output: () => text, ended };
}

async function until(condition: () => boolean, what: string, output: () => string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    if (condition()) return;
    await sleep(50);
  }
  throw new Error(`${what} did not come; the run printed:\n${output()}`);
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(state, { recursive: true, force: true });
});

describe('a run that is killed with SIGKILL in the middle of the job', () => {
  it('ends with equal tables and no receipt lost when it is started again', async () => {
    expect(existsSync(MAIN), 'run "npm run build" first').toBe(true);
    const [port = 0] = await freePorts(8);
    const first = start(port);
    // Records are being carried as soon as the connectors run.
    await until(() => first.output().includes('connectors'), 'the start of the connectors', first.output);
    await sleep(1_000);
    expect(first.output()).not.toContain('as expected');
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start(port);
    const code = await second.ended;
    expect(second.output()).toContain('Everything is as expected');
    expect(code).toBe(0);
  }, 240_000);
});
