import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerMembers } from '../local/src/job/control-plane.js';
import { STEWARD, TERRITORY_REGISTRY } from '../local/src/population.js';
import { SpecInstallation } from './spec-installation.js';

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}
const TOPIC = 'demo.thing.v1';
const AUTHOR = ['--as', TERRITORY_REGISTRY];
const REVIEWER = ['--as', STEWARD];
const dayIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let installation: SpecInstallation;
let folder: string;

function wasl(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, WASL_ENVIRONMENT: installation.environmentFile, WASL_LANG: 'en' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['apps/cli/bin/wasl.js', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
const contract = (...args: string[]) => wasl('contract', ...args);
const json = (outcome: Outcome) => JSON.parse(outcome.stdout || 'null') as unknown;
const propose = async (...more: string[]) => {
  const outcome = await contract('propose', folder, ...AUTHOR, '--yes', '--json', ...more);
  return { ...outcome, proposed: json(outcome) as Record<string, unknown>[] | null };
};
const approve = () => contract('approve', TOPIC, ...REVIEWER, '--yes', '--json');

/** The contract's files, with these properties in its schema. */
function write(properties: object, major = 1): void {
  const at = join(folder, 'demo/thing');
  mkdirSync(at, { recursive: true });
  const governance = readFileSync('schemas/territory/unit/contract.yaml', 'utf8');
  writeFileSync(join(at, 'contract.yaml'), governance.replace('name: territory.unit', 'name: demo.thing'));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:wasl:contract:demo.thing:v${major}`,
    title: 'Thing',
    type: 'object',
    additionalProperties: false,
    properties,
  };
  writeFileSync(join(at, `v${major}.schema.json`), JSON.stringify(schema));
}
const name = { type: 'string', maxLength: 20 };

beforeAll(async () => {
  installation = await SpecInstallation.create();
  folder = join(installation.folder, 'contracts');
  write({ name });
  await installation.start('directory', 'schema-registry');
  await registerMembers(installation.clients, installation.installation);
});
afterAll(() => installation.close());

describe('the life of a contract at the terminal', () => {
  it('begins as a proposal, which is harmless twice and says whom it awaits', async () => {
    const first = await propose();
    expect(first, first.stderr).toMatchObject({
      code: 0,
      proposed: [{ topic: TOPIC, outcome: 'submitted', governance: 'created' }],
    });
    expect(await propose()).toMatchObject({
      code: 0,
      proposed: [{ outcome: 'in-review', draft: { editors: [TERRITORY_REGISTRY] } }],
    });
    const told = await contract('propose', folder, ...AUTHOR, '--yes');
    expect(told.stdout).toContain(`awaits approval by a steward other than ${TERRITORY_REGISTRY}`);
    expect(told.stdout).toContain(`Next: wasl contract approve ${TOPIC} --as <steward>`);
    const unasked = await contract('propose', folder, ...AUTHOR);
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  });

  it('is not approved by its author, nor published before it is approved', async () => {
    const own = await contract('approve', TOPIC, ...AUTHOR, '--role', 'publisher', '--yes');
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('only a steward may approve')]);
    expect(json(await contract('status', TOPIC, '--json'))).toEqual([{ topic: TOPIC, versions: [] }]);
  });

  it('is sent back, and does not come again unless it changed or is answered', async () => {
    const sent = await contract('reject', TOPIC, ...REVIEWER, '--reason', 'Name it better.');
    expect(sent, sent.stderr).toMatchObject({
      code: 0,
      stdout: `${TOPIC}: sent back to ${TERRITORY_REGISTRY}\n`,
    });
    const again = await contract('reject', TOPIC, ...REVIEWER, '--reason', 'Name it better.');
    expect(again.code).toBe(0);
    expect(await propose()).toMatchObject({
      code: 1,
      proposed: [{ outcome: 'sent-back', draft: { sentBackBy: STEWARD, sentBackReason: 'Name it better.' } }],
    });
    const answered = await propose('--note', 'It is the usual name.');
    expect(answered).toMatchObject({ code: 0, proposed: [{ outcome: 'submitted' }] });
    expect(await propose(), 'the same without the note').toMatchObject({
      proposed: [{ outcome: 'in-review' }],
    });
  });

  it('is approved once by somebody else, who sees what it is', async () => {
    const first = await approve();
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(json(first)).toMatchObject({ version: 1, status: 'active', approvedBy: STEWARD });
    expect(first.stderr).toContain('note: It is the usual name.');
    expect(json(await approve())).toMatchObject({ version: 1, approvedBy: STEWARD });
    expect(await propose()).toMatchObject({ code: 0, proposed: [{ outcome: 'unchanged' }] });
  });

  it('needs four eyes of a steward, too', async () => {
    write({ name, more: name });
    const own = await contract('propose', folder, ...REVIEWER, '--role', 'steward', '--yes', '--json');
    expect(own.code).toBe(0);
    const refused = await approve();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('somebody else must')]);
    const waiting = await contract('status', ...REVIEWER);
    expect(waiting.stdout).toContain(`${TOPIC} awaits approval by a steward other than ${STEWARD}`);
    // The same content by another author is the same draft: it stays the steward's until it changes.
    write({ name, note: name });
    const blocked = await propose();
    expect(blocked).toMatchObject({
      code: 1,
      proposed: [{ outcome: 'taken', draft: { editors: [STEWARD] } }],
    });
    const taken = await propose('--take-over');
    expect(taken).toMatchObject({
      code: 0,
      proposed: [{ draft: { editors: [STEWARD, TERRITORY_REGISTRY] } }],
    });
    expect((await approve()).code, 'who wrote a part of it').toBe(1);
  });

  it('takes a next version, shows its plan, and no breaking one', async () => {
    const withdraw = async () => json(await contract('withdraw', TOPIC, ...AUTHOR, '--json'));
    expect([await withdraw(), await withdraw()]).toMatchObject([{ withdrawn: true }, { withdrawn: false }]);
    expect(await propose()).toMatchObject({ code: 0, proposed: [{ outcome: 'submitted' }] });
    const approved = await approve();
    expect(approved.stderr).toContain('version 2, compatible');
    expect(json(approved)).toMatchObject({ version: 2 });
    write({ name: { type: 'integer' } });
    const breaking = await propose();
    expect([breaking.code, breaking.stdout]).toEqual([1, '']);
    expect(breaking.stderr).toContain('demo.thing.v2 instead');
  });

  it('deprecates with notice, retires, and rolls back', async () => {
    const deprecate = (days: number) =>
      contract(
        'deprecate',
        TOPIC,
        '1',
        ...AUTHOR,
        '--sunset',
        dayIn(days),
        '--successor',
        `${TOPIC}@2`,
        '--json',
      );
    expect((await deprecate(7)).stderr).toContain('30 days of notice');
    const announced = await deprecate(60);
    expect(announced, announced.stderr).toMatchObject({ code: 0 });
    expect(json(announced)).toMatchObject({ status: 'deprecated', sunset: `${dayIn(60)}T23:59:59.000Z` });
    expect(json(await deprecate(60))).toEqual(json(announced));
    expect((await contract('retire', TOPIC, '1', ...AUTHOR)).code).toBe(1);
    const early = [...REVIEWER, '--role', 'steward', '--reason', 'Nobody uses it.', '--json'];
    expect(json(await contract('retire', TOPIC, '1', ...early))).toMatchObject({ status: 'retired' });

    expect((await contract('reactivate', TOPIC, '1', ...REVIEWER)).code).toBe(0);
    const status = await contract('status', TOPIC);
    const rows = status.stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.slice(15, 30).trim().split(/ +/))).toEqual([
      ['VERSION', 'STATE'],
      ['1', 'active'],
      ['2', 'active'],
      ['3', 'active'],
    ]);
  });

  it('ends a major with the next one', async () => {
    write({ name });
    write({ code: { type: 'integer', minimum: 0, maximum: 9 } }, 2);
    const proposed = await propose('--sunset', dayIn(90));
    expect(proposed).toMatchObject({
      code: 0,
      proposed: [{ outcome: 'unchanged' }, { topic: 'demo.thing.v2', outcome: 'submitted' }],
    });
    const approved = await contract('approve', 'demo.thing.v2', ...REVIEWER, '--yes');
    expect(approved.stderr).toContain(`replaces ${TOPIC}, which ends on ${dayIn(90)}`);
    const [{ versions }] = json(await contract('status', TOPIC, '--json')) as [{ versions: object[] }];
    expect(versions).toContainEqual(
      expect.objectContaining({ status: 'deprecated', successor: { topic: 'demo.thing.v2' } }),
    );
  });

  it('says how it is used when it is used wrongly', async () => {
    expect((await contract('deprecate', TOPIC, '1', ...AUTHOR, '--sunset', '2027-02-30')).code).toBe(2);
    expect((await contract('retire', TOPIC, 'one', ...AUTHOR)).code).toBe(2);
    expect((await contract('approve', 'no.such.v1', ...REVIEWER, '--yes')).code).toBe(1);
  });
});
