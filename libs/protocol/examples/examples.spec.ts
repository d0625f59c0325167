import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  decodeEntryBundle,
  leafHash,
  openCheckpoint,
  treeRoot,
  verifyConsistency,
  verifyReceipt,
} from '../src/index.js';
import { allCases, exampleFiles } from './files.js';
import { trust, type Case } from './scene.js';

const folder = join(import.meta.dirname, '../../../docs/formats/examples');
const onDisk = (path: string): Buffer => readFileSync(join(folder, path));
const files = await exampleFiles();
const cases = await allCases();

beforeAll(() => {
  if (process.env['UPDATE_EXAMPLES'] !== '1') return;
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
});

describe('docs/formats/examples', () => {
  it.each([...files.keys()])('%s is what its keys and this library make of it', (path) => {
    expect(onDisk(path).equals(files.get(path)!)).toBe(true);
  });

  it('holds no other file', () => {
    const present = globSync('**/*', { cwd: folder })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => path.split(sep).join('/'));
    expect(present.sort()).toEqual([...files.keys(), 'README.md'].sort());
  });

  it('has a ledger whose tile, bundle, checkpoint and consistency proof agree', () => {
    const entries = decodeEntryBundle(onDisk('ledger/tile/entries/000.p/70'));
    const hashes = entries.map(leafHash);
    const checkpoint = openCheckpoint(onDisk('ledger/checkpoint').toString(), [
      onDisk('ledger/vkey').toString().trim(),
    ]);
    expect(Buffer.concat(hashes).equals(onDisk('ledger/tile/0/000.p/70'))).toBe(true);
    expect(treeRoot(hashes).equals(checkpoint.root)).toBe(true);
    const stated = JSON.parse(onDisk('ledger/consistency.json').toString()) as Record<string, never>;
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    verifyConsistency({
      size1: stated['size1']!,
      size2: stated['size2']!,
      root1: bytes(stated['root1']!),
      root2: bytes(stated['root2']!),
      proof: (stated['proof']! as string[]).map(bytes),
    });
  });
});

describe('verifyReceipt', () => {
  it.each(cases)('$name: $why', ({ receipt, payload, requireProof, expected }: Case) => {
    const report = verifyReceipt(receipt, trust, {
      payload: payload === undefined ? undefined : Buffer.from(payload, 'base64url'),
      requireProof,
    });
    const failed = report.checks.filter(({ ok }) => !ok).map(({ check, reason }) => ({ check, reason }));
    expect({ failed, ok: report.ok, transparent: report.transparent, outcome: report.outcome }).toEqual({
      outcome: undefined,
      ...expected,
    });
  });

  it('has a good and a bad case for every check, each case with a name of its own', () => {
    const failed = new Set(cases.flatMap(({ expected }) => expected.failed.map(({ check }) => check)));
    const made = new Set(
      cases.flatMap(({ receipt, payload }) => {
        const options = payload === undefined ? {} : { payload: Buffer.from(payload, 'base64url') };
        return verifyReceipt(receipt, trust, options).checks.map(({ check }) => check);
      }),
    );
    expect([...made].filter((check) => !failed.has(check))).toEqual([]);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it('refuses a broken trust file instead of trusting less', () => {
    const receipt = JSON.parse(onDisk('receipt.json').toString()) as unknown;
    const twice = { ...trust, keys: [...trust.keys, trust.keys[0]!] };
    const badLog = { ...trust, log: [`${trust.log[0]!}x`] };
    const badTime = { ...trust, keys: [{ ...trust.keys[0]!, notBefore: 'yesterday' }] };
    for (const broken of [twice, badTime, { ...trust, bus: 'urn:wasl:dz:bus:gateway' }, {}, null]) {
      expect(() => verifyReceipt(receipt, broken as never)).toThrow('malformed-trust');
    }
    expect(() => verifyReceipt(receipt, badLog)).toThrow('malformed-key');
  });

  it('refuses a trusted key that is not the one its kid names', () => {
    const receipt = JSON.parse(onDisk('receipt.json').toString()) as unknown;
    const [first, ...rest] = trust.keys;
    const swapped = { ...trust, keys: [{ ...first!, jwk: rest[1]!.jwk }, ...rest] };
    expect(verifyReceipt(receipt, swapped).checks).toContainEqual(
      expect.objectContaining({ check: 'manifest-signature', reason: 'malformed-key' }),
    );
  });

  it('never throws, whatever a receipt holds', () => {
    for (const odd of [
      null,
      1,
      'x',
      [],
      {},
      { format: 'wasl-receipt/1', manifest: '', evidence: '', proof: '' },
    ]) {
      expect(verifyReceipt(odd, trust).ok).toBe(false);
    }
  });
});
