import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyReceipt } from '../src/index.js';
import { sender } from './parties.js';
import { goodCases } from './good-cases.js';
import { main, receiptOf, trust, type Case } from './scene.js';
import { signTexts, textOf } from './tampering.js';

// The verifier of docs/formats is written in Java from the pages alone: it proves that they suffice.
const formats = join(import.meta.dirname, '../../../docs/formats');
const example = (name: string): string => join(formats, 'examples', name);
const hasJava = spawnSync('javac', ['-version']).status === 0;

it.skipIf(hasJava)('a Java compiler may be missing outside CI only', ({ skip }) => {
  expect(process.env['CI']).not.toBe('true');
  skip('no javac: the verifier in docs/formats was not run');
});

describe.skipIf(!hasJava)('docs/formats/verifier/Verify.java', () => {
  let classes = '';
  beforeAll(() => {
    classes = mkdtempSync(join(tmpdir(), 'wasl-verifier-'));
    const { status, stderr } = spawnSync('javac', ['-d', classes, join(formats, 'verifier/Verify.java')]);
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  }, 120_000);
  afterAll(() => rmSync(classes, { recursive: true, force: true }));

  function verify(...args: string[]): { status: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync('java', ['-cp', classes, 'Verify', ...args]);
    return { status, out: stdout.toString() + stderr.toString() };
  }

  it('reports on every case as stated, and on nothing else', { timeout: 60_000 }, () => {
    const { status, out } = verify('--cases', example('trust.json'), example('cases.json'));
    const count = (JSON.parse(readFileSync(example('cases.json'), 'utf8')) as Case[]).length;
    expect(out).toContain(`${count} cases, 0 unexpected`);
    expect(status).toBe(0);
  });

  it('tells a good receipt from an altered payload by its exit code', { timeout: 60_000 }, () => {
    const files = [example('trust.json'), example('receipt.json')];
    const good = verify(...files, example('payload.json'), '--require-proof');
    expect(good.out).toMatch(/^good accepted transparent/);
    expect(good.status).toBe(0);
    const bad = verify(...files, example('kafka-record.json'));
    expect(bad.out).toMatch(/^bad accepted transparent payload-digest:payload-altered/);
    expect(bad.status).toBe(1);
    expect(verify(example('keys.json'), example('receipt.json')).status).toBe(2);
  });

  it('agrees with verifyReceipt on receipts damaged at random', { timeout: 60_000 }, async () => {
    const cases = [...damaged(await goodCases()), ...oddlyWritten()].map(judged);
    const file = join(classes, 'damaged.json');
    writeFileSync(file, JSON.stringify(cases));
    const { out } = verify('--cases', example('trust.json'), file);
    expect(out.split('\n').filter((line) => line.startsWith('UNEXPECTED'))).toEqual([]);
    expect(out).toContain(`${cases.length} cases, 0 unexpected`);
    expect(cases.filter(({ expected }) => expected.ok).length).toBeLessThan(cases.length / 4);
  });
});

type Unjudged = Omit<Case, 'expected' | 'why'>;

/** What our own library says of a receipt becomes what the other verifier must say. */
function judged(one: Unjudged): Case {
  const payload = one.payload === undefined ? undefined : Buffer.from(one.payload, 'base64url');
  const { ok, transparent, outcome, checks } = verifyReceipt(one.receipt, trust, { payload });
  const failed = checks.flatMap(({ check, reason }) => (reason === undefined ? [] : [{ check, reason }]));
  return { ...one, why: '', expected: { ok, transparent, ...(outcome && { outcome }), failed } };
}

/** One character of one member replaced, removed or doubled. */
function damaged(good: Case[]): Unjudged[] {
  const character = fc.constantFrom(...'AZaz09-_=+/. \n\t—é\u0000"'.split(''));
  const damage = fc.record({
    one: fc.constantFrom(...good),
    member: fc.nat(),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    kind: fc.constantFrom('replace', 'remove', 'insert'),
    character,
  });
  return fc
    .sample(damage, { numRuns: 600, seed: 20261101 })
    .map(({ one, member, at, kind, character }, i) => {
      const { requireProof: _, ...rest } = one;
      const receipt = { ...(one.receipt as Record<string, string>) };
      const names = Object.keys(receipt);
      const name = names[member % names.length]!;
      const text = receipt[name]!;
      const position = Math.floor(at * text.length);
      const inserted = kind === 'remove' ? '' : character;
      receipt[name] =
        text.slice(0, position) + inserted + text.slice(kind === 'insert' ? position : position + 1);
      return { ...rest, name: `${i} ${one.name} ${kind} ${JSON.stringify(character)} in ${name}`, receipt };
    });
}

/** Manifests well signed whose JSON is written in ways on which readers are apt to differ. */
function oddlyWritten(): Unjudged[] {
  const header = textOf(main.manifest, 0);
  const claims = textOf(main.manifest, 1);
  const variants = [
    claims.replace(/"iat":(\d+)/, '"iat":$1.0'),
    claims.replace(/"iat":(\d+)00,/, '"iat":$1e2,'),
    claims.replace(/"iat":(\d+)/, '"iat":0$1'),
    claims.replace(/"iat":(\d+)/, '"iat":+$1'),
    claims.replace(/"iat":(\d+)/, '"iat":$1.5'),
    claims.replace('"version":1', '"version":1e400'),
    claims.replace('"version":1', '"version":-0'),
    claims.replace('"version":1', '"version":true'),
    claims.replace('"version":1', '"version":1,'),
    claims.replace('"op":"put"', '"op":"p\\u0075t"'),
    claims.replace('"op":"put"', '"op":"put","\\u006fp":"put"'),
    claims.replace('"op":"put"', '"op":"put\\x"'),
    claims.replace('"key":"', '"key":"\\ud83d\\ude00'),
    claims.replace('"key":"', '"key":"\\ud83d'),
    claims.replace('"key":"', '"key":"\\u0085'),
    claims.replace('"key":"', '"key":"\u00a0\u2028'),
    claims.replace('"key":"', '"key":"\t'),
    claims.replace(/"key":"[^"]*"/, `"key":"${'😀'.repeat(128)}"`),
    claims.replace(/"key":"[^"]*"/, `"key":"${'😀'.repeat(129)}"`),
    claims.replace('{', ' {\n\t"corr" : "x" , '),
    claims.replace('{', '{"corr":null,'),
    `\ufeff${claims}`,
    `${claims}\u00a0`,
    `${claims} `,
    `${claims}{}`,
    claims.slice(0, -1),
    claims.replace(/"digest":"(.{42})./, '"digest":"$1B'),
    claims.replace('.v1"', '.v01"'),
    claims.replace('urn:wasl:dz:bus', 'urn:wasl:dz:bus\\n'),
    '[]',
    'null',
    '',
  ];
  return [
    ...variants.map((text, i) => ({
      name: `odd claims ${i}`,
      receipt: receiptOf({ ...main, manifest: signTexts(header, text, sender) }),
    })),
    ...[
      header.replace('{', '{ '),
      header.replace('"alg"', '"\\u0061lg"'),
      header.replace(/"kid":"[^"]*"/, '"kid":7'),
    ].map((text, i) => ({
      name: `odd header ${i}`,
      receipt: receiptOf({ ...main, manifest: signTexts(text, claims, sender) }),
    })),
  ];
}
