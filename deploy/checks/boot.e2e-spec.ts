import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase, testKafka } from '#testing';
import { createInstallation } from '../local/src/installation.js';
import { readOptions } from '../local/src/options.js';
import { freePorts } from '../local/src/ports.js';
import { SERVICES, serviceSettings, writeEnvironment } from '../local/src/services.js';

mkdirSync('.wasl', { recursive: true });
const state = resolve(mkdtempSync(join('.wasl', 'boot-')));
afterAll(() => rmSync(state, { recursive: true, force: true }));

describe.each(SERVICES)('%s, alone, from its built output', (name) => {
  it('becomes ready, serves its document and page, and stops on SIGTERM with exit code 0', async () => {
    const database = await testDatabase();
    const options = { ...readOptions([], { WASL_STATE: state }) };
    const settings = serviceSettings(
      options,
      createInstallation(state),
      writeEnvironment(options),
      testKafka().brokers,
      database.url,
      {},
    )[name];
    const [port = 0] = await freePorts(1);
    const env = { PATH: process.env.PATH, ...settings, PORT: String(port) };
    const child = spawn(process.execPath, [`dist/apps/${name}/src/main.js`], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
    try {
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      const ready = async () => (await get('/health/ready').catch(() => undefined))?.status === 200;
      for (let waited = 0; !(await ready()); waited += 200) {
        if (child.exitCode !== null || waited > 60_000)
          throw new Error(`${name} did not become ready:\n${output}`);
        await sleep(200);
      }
      const document = (await (await get('/openapi.json')).json()) as { openapi: string };
      expect(document.openapi).toMatch(/^3\.1\./);
      expect((await get('/docs')).status).toBe(200);
      child.kill('SIGTERM');
      expect(await ended, output).toBe(0);
    } finally {
      child.kill('SIGKILL');
      await database.drop();
    }
  });
});
