import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAgreements, registerMembers } from '../local/src/job/control-plane.js';
import { ENROLMENT, STEWARD, TERRITORY_REGISTRY, TERRITORY_TOPIC } from '../local/src/population.js';
import { SpecInstallation } from './spec-installation.js';

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}
let installation: SpecInstallation;

function wasl(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, WASL_ENVIRONMENT: installation.environmentFile, WASL_LANG: 'en' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['apps/cli/bin/wasl.js', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const file = (name: string) => join(installation.folder, name);
const ID = '018f3a3e-7b1c-7c3e-8f6a-3a1d2b4c5d6e';
const ADRAR = JSON.stringify({
  codeList: 'DZ-2019',
  code: '01',
  level: 'wilaya',
  names: { fr: 'Adrar', ar: 'أدرار' },
});
const AS_PUBLISHER = ['--as', TERRITORY_REGISTRY, '--topic', TERRITORY_TOPIC, '--record-key', 'DZ-2019|01'];

async function fetchReceipt(): Promise<Outcome> {
  for (;;) {
    const outcome = await wasl(
      'receipt',
      'fetch',
      ID,
      '--as',
      TERRITORY_REGISTRY,
      '--out',
      file('receipt.json'),
    );
    // 3: not in the journal yet.
    if (outcome.code !== 3) return outcome;
    await sleep(300);
  }
}

beforeAll(async () => {
  installation = await SpecInstallation.create();
  await installation.start('directory', 'schema-registry', 'gateway', 'audit');
  await registerMembers(installation.clients, installation.installation);
});
afterAll(() => installation.close());

describe('wasl, on an installation whose services each run alone', () => {
  it('makes a key pair, shows only its public part and never replaces a key', async () => {
    const made = await wasl('keys', 'make', '--out', file('new.jwk.json'), '--json');
    expect(made.code).toBe(0);
    const { d } = JSON.parse(readFileSync(file('new.jwk.json'), 'utf8')) as { d: string };
    expect(d).toBeTruthy();
    expect(made.stdout).not.toContain(d);
    expect((await wasl('keys', 'make', '--out', file('new.jwk.json'))).code).toBe(2);
  });

  it('applies contract files twice, the second time without a change', async () => {
    expect((await wasl('contract', 'apply', 'schemas', '--as', STEWARD, '--yes')).code).toBe(0);
    const again = await wasl('contract', 'apply', 'schemas', '--as', STEWARD, '--json');
    const applied = JSON.parse(again.stdout) as { schema: string; governance: string }[];
    expect(applied.map(({ schema, governance }) => `${schema} ${governance}`)).toEqual(
      applied.map(() => 'unchanged unchanged'),
    );
    await makeAgreements(installation.clients);
  });

  it('judges contract files, and says where they break the house rules', async () => {
    const good = await wasl('contract', 'lint', 'schemas', '--json');
    expect([good.code, (JSON.parse(good.stdout) as { errors: number }).errors]).toEqual([0, 0]);
    const folder = join(file('contracts'), 'demo', 'thing');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'v1.schema.json'), '{\n  "type": "string"\n}');
    const bad = await wasl('contract', 'lint', file('contracts'));
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('v1.schema.json:1:1');
    expect(bad.stdout).toContain('bounded-string');
    expect((await wasl('contract', 'lint', folder + '/none')).code).toBe(2);
  });

  it('plans without writing, and asks before it applies what would change something', async () => {
    const planned = await wasl('contract', 'plan', 'schemas', '--as', STEWARD, '--json');
    const plans = JSON.parse(planned.stdout) as { change: string; governance: string }[];
    expect(plans.map(({ change, governance }) => `${change} ${governance}`)).toEqual(
      plans.map(() => 'unchanged unchanged'),
    );
    cpSync('schemas', file('changed'), { recursive: true });
    const governance = join(file('changed'), 'territory/unit/contract.yaml');
    writeFileSync(
      governance,
      readFileSync(governance, 'utf8').replace(/^purpose: .*$/m, 'purpose: Another.'),
    );
    const unasked = await wasl('contract', 'apply', file('changed'), '--as', STEWARD);
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('governance changed')]);

    const schemaFile = join(file('changed'), 'territory/unit/v1.schema.json');
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as { required: string[]; properties: object };
    const properties = { ...schema.properties, seat: { type: 'string', maxLength: 9 } };
    writeFileSync(
      schemaFile,
      JSON.stringify({ ...schema, required: [...schema.required, 'seat'], properties }),
    );
    const breaking = await wasl('contract', 'apply', file('changed'), '--as', STEWARD, '--yes');
    expect([breaking.code, breaking.stdout]).toEqual([1, '']);
    expect(breaking.stderr).toContain('territory.unit.v2 instead');
  });

  it('exports a contract to ODCS and makes the same files of it again', async () => {
    const out = file('territory.odcs.yaml');
    expect((await wasl('contract', 'export', TERRITORY_TOPIC, '--format', 'odcs', '--out', out)).code).toBe(
      0,
    );
    const imported = await wasl('contract', 'import', out, '--out', file('imported'), '--json');
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const schema = (folder: string) =>
      JSON.parse(readFileSync(join(folder, 'territory/unit/v1.schema.json'), 'utf8')) as unknown;
    expect(schema(file('imported'))).toEqual(schema('schemas'));
    expect((await wasl('contract', 'import', out, '--out', file('imported'))).code).toBe(2);
    const types = await wasl('contract', 'export', TERRITORY_TOPIC, '--format', 'typescript');
    expect(types.stdout).toContain('export type Unit = ');
    expect((await wasl('contract', 'export', 'no.such.v1', '--format', 'odcs')).code).toBe(1);
  });

  it('publishes a file, and the same file again for the same receipt', async () => {
    writeFileSync(file('adrar.json'), ADRAR);
    const first = await wasl('publish', file('adrar.json'), ...AS_PUBLISHER, '--id', ID, '--json');
    expect(first, first.stderr).toMatchObject({ code: 0 });
    const second = await wasl('publish', file('adrar.json'), ...AS_PUBLISHER, '--id', ID, '--json');
    expect(second.stdout).toBe(first.stdout);
  });

  it('says in words why a payload is refused, with exit code 1', async () => {
    writeFileSync(file('bad.json'), '{"codeList":"DZ-2019"}');
    const refused = await wasl('publish', file('bad.json'), ...AS_PUBLISHER);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('payload-invalid');
    expect(refused.stdout).toContain('/level  required');
    expect(refused.stdout).toContain('docs/errors.md#payload-invalid');
  });

  it('follows a topic and verifies each message', async () => {
    const args = ['--as', ENROLMENT, '--wait', '0', '--json'];
    const followed = await wasl('follow', TERRITORY_TOPIC, ...args);
    expect(followed, followed.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(followed.stdout)).toMatchObject({ id: ID, verified: true, payload: ADRAR });
    const cursor = /--after (\S+)/.exec(followed.stderr)?.[1] ?? '';
    expect((await wasl('follow', TERRITORY_TOPIC, ...args, '--after', cursor)).stdout).toBe('');
  });

  it('fetches a receipt with its proof and verifies it offline; what was altered is not verified', async () => {
    expect(await fetchReceipt()).toMatchObject({ code: 0 });
    expect((await wasl('trust', 'fetch', '--out', file('trust.json'))).code).toBe(0);
    const verify = (payload: string) =>
      wasl(
        'receipt',
        'verify',
        file('receipt.json'),
        '--trust',
        file('trust.json'),
        '--payload',
        payload,
        '--json',
      );

    const good = await verify(file('adrar.json'));
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, transparent: true, outcome: 'accepted' });

    writeFileSync(file('other.json'), ADRAR.replace('Adrar', 'Adrer'));
    const bad = await verify(file('other.json'));
    expect(bad.code).toBe(1);
    const { checks } = JSON.parse(bad.stdout) as {
      checks: { check: string; ok: boolean; reason?: string }[];
    };
    expect(checks.filter(({ ok }) => !ok)).toMatchObject([
      { check: 'payload-digest', reason: 'payload-altered' },
    ]);
  });

  it('tells the status of the services, with an exit code that says whether all are ready', async () => {
    const status = await wasl('status', '--json');
    expect(status.code).toBe(3);
    const states = JSON.parse(status.stdout) as { service: string; state: string }[];
    expect(states.find(({ service }) => service === 'gateway')?.state).toBe('ready');
    expect(states.find(({ service }) => service === 'connector')?.state).toBe('not answering');
  });

  it('says how it is used, with exit code 2, when it is used wrongly', async () => {
    for (const args of [
      ['nonsense'],
      ['publish', '--as', 'x'],
      ['receipt', 'verify', 'no-such-file', '--trust', 'x'],
    ]) {
      const outcome = await wasl(...args);
      expect(outcome.code, args.join(' ')).toBe(2);
      expect(outcome.stderr.length).toBeGreaterThan(0);
    }
  });
});
