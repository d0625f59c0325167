import type { ClientBase } from 'pg';
import type { DirtyTile } from '#protocol';
import type { Quarantined, VerifiedEntry } from './candidate.js';
import { CopyBuffer, copyIn } from './copy-binary.js';

/** The next offset to read of one partition. */
export interface SourceOffset {
  topic: string;
  partition: number;
  next: bigint;
}

const ENTRY_OVERHEAD = 128;

export async function copyEntries(
  client: ClientBase,
  entries: readonly VerifiedEntry[],
  first: number,
): Promise<void> {
  const bytes = entries.reduce((total, { data }) => total + data.length + ENTRY_OVERHEAD, 0);
  const copy = new CopyBuffer(6, bytes);
  const topics = new Map<string, Buffer>();
  let index = first;
  for (const { jti, topic, partition, offset, data } of entries) {
    let topicBytes = topics.get(topic);
    if (!topicBytes) topics.set(topic, (topicBytes = Buffer.from(topic, 'utf8')));
    copy.startRow();
    copy.int8(index++);
    copy.uuid(jti);
    copy.bytes(topicBytes);
    copy.int4(partition);
    copy.int8(offset);
    copy.bytes(data);
  }
  const columns = 'idx, jti, source_topic, source_partition, source_offset, data';
  await copyIn(client, `copy entry (${columns}) from stdin (format binary)`, copy.finish());
}

/** Manifests lie beside the ledger, keyed by the index of their evidence, and can be erased. */
export async function copyManifests(
  client: ClientBase,
  entries: readonly VerifiedEntry[],
  first: number,
): Promise<void> {
  if (entries.every(({ manifest }) => manifest === undefined)) return;
  const copy = new CopyBuffer(
    2,
    entries.reduce((total, { manifest }) => total + (manifest?.length ?? 0) + 24, 0),
  );
  entries.forEach(({ manifest }, i) => {
    if (!manifest) return;
    copy.startRow();
    copy.int8(first + i);
    copy.bytes(manifest);
  });
  await copyIn(client, 'copy manifest (idx, token) from stdin (format binary)', copy.finish());
}

export async function storeTiles(client: ClientBase, tiles: readonly DirtyTile[]): Promise<void> {
  await client.query({
    name: 'tiles-store',
    text: `insert into tile (level, idx, hashes) select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])
           on conflict (level, idx) do update set hashes = excluded.hashes`,
    values: [
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.index),
      tiles.map((tile) => tile.hashes),
    ],
  });
}

export async function storeOffsets(client: ClientBase, offsets: readonly SourceOffset[]): Promise<void> {
  if (offsets.length === 0) return;
  await client.query({
    name: 'offsets-store',
    text: `insert into source_offset (topic, partition, next_offset)
           select * from unnest($1::text[], $2::int[], $3::bigint[])
           on conflict (topic, partition) do update set next_offset = excluded.next_offset`,
    values: [
      offsets.map(({ topic }) => topic),
      offsets.map(({ partition }) => partition),
      offsets.map(({ next }) => String(next)),
    ],
  });
}

export async function readOffsets(client: { query: ClientBase['query'] }): Promise<SourceOffset[]> {
  const { rows } = await client.query<{ topic: string; partition: number; next_offset: string }>(
    'select topic, partition, next_offset from source_offset',
  );
  return rows.map(({ topic, partition, next_offset }) => ({ topic, partition, next: BigInt(next_offset) }));
}

export async function storeQuarantined(client: ClientBase, records: readonly Quarantined[]): Promise<void> {
  if (records.length === 0) return;
  await client.query({
    name: 'quarantine-store',
    text: `insert into quarantine (topic, partition, record_offset, reason, detail, data, manifest, recorded_at)
           select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::bytea[],
                               $8::timestamptz[])
           on conflict do nothing`,
    values: [
      records.map(({ topic }) => topic),
      records.map(({ partition }) => partition),
      records.map(({ offset }) => String(offset)),
      records.map(({ reason }) => reason),
      records.map(({ detail }) => detail),
      records.map(({ data }) => data ?? null),
      records.map(({ manifest }) => manifest ?? null),
      records.map(({ recordedAt }) => new Date(recordedAt).toISOString()),
    ],
  });
}
