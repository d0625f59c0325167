import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKey, noteSigner, openCheckpoint, signCheckpoint, signingKeyFromJwk, vkey } from '#protocol';
import { testDatabase, type TestDatabase } from '#testing';
import { LedgerWriter } from '../sequencer/ledger-writer.js';
import { emptyLedger, entryOf, ORIGIN } from '../spec-ledger.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { CheckpointStore } from './checkpoint-store.js';
import { LedgerFrozen } from './frozen.js';
import { GuardFile } from './guard-file.js';
import { readHead } from './head.js';
import { TileStore } from './tile-store.js';

const key = noteSigner(ORIGIN, signingKeyFromJwk(generateKey('Ed25519').jwk));
let database: TestDatabase;
let pool: Pool;
let folder: string;
let guardPath: string;

beforeEach(async () => {
  database = await testDatabase();
  pool = await emptyLedger(database.url);
  folder = await mkdtemp(join(tmpdir(), 'audit-guard-'));
  guardPath = join(folder, 'guard');
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

const signerOver = (ledger: Pool, signer = key) =>
  new CheckpointSigner(
    ledger,
    new TileStore(ledger).read,
    new CheckpointStore(ledger),
    new GuardFile(guardPath),
    signer,
  );

async function append(ledger: Pool, texts: string[]): Promise<void> {
  const writer = new LedgerWriter(ledger);
  await writer.load();
  await writer.append({
    entries: texts.map((text) => entryOf(text)),
    quarantined: [],
    offsets: [],
    released: [],
  });
}

const texts = (count: number) => Array.from({ length: count }, () => `entry ${v7()}`);

describe('signing checkpoints', () => {
  it('signs the empty tree, then each new head once; the guard holds the newest note', async () => {
    const signer = signerOver(pool);
    expect(await signer.sign()).toBe(0);
    expect(await signer.sign()).toBeUndefined();
    await append(pool, texts(300));
    expect(await signer.sign()).toBe(300);
    expect(await signer.sign()).toBeUndefined();
    await append(pool, texts(1));
    expect(await signer.sign()).toBe(301);
    const { rows } = await pool.query<{ size: string; note: string }>(
      'select size, note from checkpoint order by size',
    );
    expect(rows.map(({ size }) => Number(size))).toEqual([0, 300, 301]);
    const note = await readFile(guardPath, 'utf8');
    expect(note).toBe(rows[2]!.note);
    expect(openCheckpoint(note, [vkey(key)])).toEqual({ origin: ORIGIN, ...(await readHead(pool)) });
  });

  it('goes on after dying between guard and database', async () => {
    await append(pool, texts(10));
    const note = signCheckpoint({ origin: ORIGIN, ...(await readHead(pool)) }, key);
    await writeFile(guardPath, note);
    expect(await signerOver(pool).sign()).toBe(10);
    expect((await new CheckpointStore(pool).latest())?.note).toBe(note);
  });
});

describe('the guard refuses', () => {
  async function refusal(ledger: Pool, signer = key): Promise<string> {
    const before = (await ledger.query('select size from checkpoint')).rowCount;
    const error: unknown = await signerOver(ledger, signer)
      .sign()
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(LedgerFrozen);
    expect((await ledger.query('select size from checkpoint')).rowCount).toBe(before);
    return (error as LedgerFrozen).message;
  }

  it('a database that was rolled back', async () => {
    await append(pool, texts(40));
    await signerOver(pool).sign();
    const restored = await testDatabase();
    const older = await emptyLedger(restored.url);
    expect(await refusal(older)).toContain('covers 40 entries, but the database holds 0: it was rolled back');
    await older.end();
    await restored.drop();
  });

  it('a rolled back database that has grown again, on another branch', async () => {
    const shared = texts(20);
    await append(pool, [...shared, ...texts(20)]);
    await signerOver(pool).sign();
    const restored = await testDatabase();
    const forked = await emptyLedger(restored.url);
    await append(forked, [...shared, ...texts(30)]);
    expect(await refusal(forked)).toContain('does not lead to the stored tree: it was forked');
    await forked.end();
    await restored.drop();
  });

  it('a fork of the same size', async () => {
    await append(pool, texts(20));
    await signerOver(pool).sign();
    const restored = await testDatabase();
    const forked = await emptyLedger(restored.url);
    await append(forked, texts(20));
    expect(await refusal(forked)).toContain('it was forked');
    await forked.end();
    await restored.drop();
  });

  it('an entry changed behind the tiles: a rewritten tree no longer extends what was signed', async () => {
    await append(pool, texts(20));
    await signerOver(pool).sign();
    await append(pool, texts(20));
    await pool.query('alter table tile disable trigger user');
    await pool.query(
      `update tile set hashes = sha256('forged') || substring(hashes from 33) where level = 0`,
    );
    expect(await refusal(pool)).toContain('it was forked');
  });

  it('to work without its file once something was signed', async () => {
    await append(pool, texts(3));
    await signerOver(pool).sign();
    const note = await readFile(guardPath, 'utf8');
    await unlink(guardPath);
    expect(await refusal(pool)).toContain('does not exist, though a checkpoint of 3 entries was signed');
    // The way out: the checkpoint as anyone outside has kept it.
    await writeFile(guardPath, note);
    await append(pool, texts(1));
    expect(await signerOver(pool).sign()).toBe(4);
  });

  it.each([
    ['not a checkpoint', 'nonsense'],
    ['cut short', ''],
    [
      'another log',
      signCheckpoint({ origin: 'other', size: 0, root: Buffer.alloc(32) }, { ...key, name: 'other' }),
    ],
  ])('a file that is %s', async (_, content) => {
    await append(pool, texts(3));
    await writeFile(guardPath, content);
    expect(await refusal(pool)).toContain(`is not a checkpoint signed by ${ORIGIN}`);
  });

  it('a file that was forged with another key', async () => {
    await append(pool, texts(3));
    const forger = noteSigner(ORIGIN, signingKeyFromJwk(generateKey('Ed25519').jwk));
    await writeFile(guardPath, signCheckpoint({ origin: ORIGIN, ...(await readHead(pool)) }, forger));
    expect(await refusal(pool)).toContain('is not a checkpoint signed by');
  });
});
