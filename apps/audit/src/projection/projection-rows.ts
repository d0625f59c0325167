import type { ClientBase } from 'pg';
import type { ExchangeRow } from './exchange-row.js';

/** An entry as searches will find it, with the place in Kafka that it came from. */
export interface ProjectedEntry {
  index: string;
  sourceTopic: string;
  sourcePartition: number;
  sourceOffset: string;
  row: ExchangeRow;
}

const EXCHANGE_COLUMNS: readonly [name: string, type: string, of: (entry: ProjectedEntry) => unknown][] = [
  ['idx', 'bigint', ({ index }) => index],
  ['jti', 'uuid', ({ row }) => row.jti],
  ['event', 'text', ({ row }) => row.event],
  ['at', 'timestamptz', ({ row }) => row.at.toISOString()],
  ['subject', 'text', ({ row }) => row.subject],
  ['message', 'uuid', ({ row }) => row.message],
  ['sender', 'text', ({ row }) => row.sender],
  ['sender_member', 'text', ({ row }) => row.senderMember],
  ['recipient', 'text', ({ row }) => row.recipient],
  ['recipient_member', 'text', ({ row }) => row.recipientMember],
  ['topic', 'text', ({ row }) => row.topic],
  ['version', 'integer', ({ row }) => row.version],
  ['reason', 'text', ({ row }) => row.reason],
  ['source_topic', 'text', ({ sourceTopic }) => sourceTopic],
  ['source_partition', 'integer', ({ sourcePartition }) => sourcePartition],
  ['source_offset', 'bigint', ({ sourceOffset }) => sourceOffset],
];

export async function insertExchanges(client: ClientBase, entries: readonly ProjectedEntry[]): Promise<void> {
  await insert(client, 'exchange', EXCHANGE_COLUMNS, entries);
}

interface HandoverRange {
  entry: ProjectedEntry;
  partition: number;
  first: string;
  last: string;
}

const HANDOVER_COLUMNS: readonly [name: string, type: string, of: (range: HandoverRange) => unknown][] = [
  ['idx', 'bigint', ({ entry }) => entry.index],
  ['jti', 'uuid', ({ entry }) => entry.row.jti],
  ['at', 'timestamptz', ({ entry }) => entry.row.at.toISOString()],
  ['recipient', 'text', ({ entry }) => entry.row.recipient],
  ['recipient_member', 'text', ({ entry }) => entry.row.recipientMember],
  ['agreement', 'text', ({ entry }) => entry.row.handover?.agreement],
  ['purpose', 'text', ({ entry }) => entry.row.handover?.purpose],
  ['basis', 'text', ({ entry }) => entry.row.handover?.basis],
  ['topic', 'text', ({ entry }) => entry.row.topic],
  ['partition', 'integer', ({ partition }) => partition],
  ['offsets', 'int8range', ({ first, last }) => `[${first},${last}]`],
];

export async function insertHandovers(client: ClientBase, entries: readonly ProjectedEntry[]): Promise<void> {
  const ranges = entries.flatMap((entry) => {
    const { recipient, topic, handover } = entry.row;
    if (!handover || recipient === null || topic === null) return [];
    return handover.ranges.map((range) => ({ entry, ...range }));
  });
  await insert(client, 'handover', HANDOVER_COLUMNS, ranges);
}

async function insert<T>(
  client: ClientBase,
  table: string,
  columns: readonly [name: string, type: string, of: (item: T) => unknown][],
  items: readonly T[],
): Promise<void> {
  if (items.length === 0) return;
  const names = columns.map(([name]) => name).join(', ');
  const parameters = columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ');
  await client.query({
    name: `insert-${table}`,
    text: `insert into ${table} (${names}) select * from unnest(${parameters}) on conflict do nothing`,
    values: columns.map(([, , of]) => items.map((item) => of(item) ?? null)),
  });
}
