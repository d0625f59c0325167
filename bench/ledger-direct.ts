import type { Pool } from 'pg';
import { EvidenceCheck } from '../apps/audit/src/sequencer/evidence-check.js';
import { LedgerWriter } from '../apps/audit/src/sequencer/ledger-writer.js';
import { CopyBuffer, copyIn } from '../apps/audit/src/sequencer/copy-binary.js';
import { BUS, gatewayKey, type Material } from './ledger-material.js';

/** Seconds that a piece of work takes. */
export async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function* batches(material: readonly Material[], size: number): Generator<readonly Material[]> {
  for (let start = 0; start < material.length; start += size) yield material.slice(start, start + size);
}

/** The least PostgreSQL can do: the bytes into a table without index, one COPY and one fsync a batch. */
export async function rawCopy(pool: Pool, material: readonly Material[], batch: number): Promise<number> {
  await pool.query('drop table if exists raw_copy; create table raw_copy (data bytea not null)');
  const client = await pool.connect();
  try {
    return await seconds(async () => {
      for (const part of batches(material, batch)) {
        const copy = new CopyBuffer(1, part.length * 800);
        for (const { token } of part) {
          copy.startRow();
          copy.bytes(token);
        }
        await copyIn(client, 'copy raw_copy (data) from stdin (format binary)', copy.finish());
      }
    });
  } finally {
    client.release();
  }
}

/** What an audit table without a tree does: batched INSERT with the same two indexes. */
export async function plainInsert(pool: Pool, material: readonly Material[], batch: number): Promise<number> {
  await pool.query(`drop table if exists plain_insert;
    create table plain_insert (idx bigint primary key, jti uuid not null unique, data bytea not null)`);
  let index = 0;
  return seconds(async () => {
    for (const part of batches(material, batch)) {
      await pool.query({
        name: 'plain-insert',
        text: 'insert into plain_insert select * from unnest($1::bigint[], $2::uuid[], $3::bytea[])',
        values: [part.map(() => index++), part.map(({ jti }) => jti), part.map(({ token }) => token)],
      });
    }
  });
}

/** What the two cores can do at most when every signature is checked: parsing and verifying, nothing stored. */
export async function verifyOnly(material: readonly Material[], batch: number): Promise<number> {
  const check = new EvidenceCheck({ key: () => gatewayKey }, BUS, true);
  const candidates = material.map(({ token }, i) => ({
    topic: 'civil-status.birth.v1',
    partition: 0,
    offset: BigInt(i),
    recordedAt: Date.now(),
    data: token,
    manifest: undefined,
  }));
  return seconds(async () => {
    for (let start = 0; start < candidates.length; start += batch) {
      const { quarantined } = await check.check(candidates.slice(start, start + batch));
      if (quarantined.length > 0) throw new Error(`evidence was refused: ${quarantined[0]!.reason}`);
    }
  });
}

/** The ledger itself: dedupe, entries, manifests if wanted, tiles, head and offsets in one transaction a batch. */
export async function appendToLedger(
  pool: Pool,
  material: readonly Material[],
  batch: number,
  withManifests: boolean,
): Promise<number> {
  const writer = new LedgerWriter(pool);
  await writer.load();
  let offset = 0n;
  return seconds(async () => {
    for (const part of batches(material, batch)) {
      const entries = part.map(({ jti, token, manifest }) => ({
        topic: 'civil-status.birth.v1',
        partition: 0,
        offset: offset++,
        recordedAt: Date.now(),
        jti,
        data: token,
        manifest: withManifests ? manifest : undefined,
      }));
      const offsets = [{ topic: 'civil-status.birth.v1', partition: 0, next: offset }];
      await writer.append({ entries, quarantined: [], offsets, released: [] });
    }
  });
}
