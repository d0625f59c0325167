import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { TopicParts } from '#contracts';
import type { ContractRecord } from '#control';
import type { GovernanceRequest } from './governance.js';

/** Governance of one topic, or one common type, as stored. */
export type StoredContract = TopicParts & GovernanceRequest;

const COLUMNS = `topic, name, major, kind, owner, stewards, titles, description, classification, fields, purpose,
  legal_basis as "legalBasis", languages, deletion, retention, sla, partitions`;

/** Members that are columns of JSON. */
const JSON_MEMBERS = [
  'stewards',
  'titles',
  'description',
  'fields',
  'legalBasis',
  'languages',
  'sla',
] as const;

type Row = StoredContract & { revision: number };

@Injectable()
export class ContractStore {
  constructor(private readonly pool: Pool) {}

  async contract(topic: string, client: Pool | PoolClient = this.pool): Promise<StoredContract | undefined> {
    return (await this.withRevision(topic, client))?.contract;
  }

  /** A contract and how often it was put; null members are left out, so that it equals what was put. */
  async withRevision(
    topic: string,
    client: Pool | PoolClient = this.pool,
  ): Promise<{ contract: StoredContract; revision: number } | undefined> {
    const { rows } = await client.query<Row>(`select ${COLUMNS}, revision from contract where topic = $1`, [
      topic,
    ]);
    if (!rows[0]) return undefined;
    const { revision, ...row } = rows[0];
    return { contract: withoutNulls(row), revision };
  }

  /** In order of topics, those after `after`; of all members unless `owner` is given. */
  async contracts(after: string, limit: number, owner?: string): Promise<StoredContract[]> {
    const { rows } = await this.pool.query<StoredContract>(
      `select ${COLUMNS} from contract
       where topic > $1 and ($3::text is null or owner = $3) order by topic limit $2`,
      [after, limit, owner],
    );
    return rows.map(withoutNulls);
  }

  /** Topics and owners of all majors of a contract that have governance. */
  async owners(
    name: string,
    client: Pool | PoolClient = this.pool,
  ): Promise<Pick<StoredContract, 'topic' | 'owner'>[]> {
    const { rows } = await client.query<Pick<StoredContract, 'topic' | 'owner'>>(
      'select topic, owner from contract where name = $1 order by major',
      [name],
    );
    return rows;
  }

  /** The highest major of a contract that has governance; 0 if none has. */
  async highestMajor(name: string): Promise<number> {
    const { rows } = await this.pool.query<{ major: number }>(
      'select coalesce(max(major), 0) as major from contract where name = $1',
      [name],
    );
    return rows[0]!.major;
  }

  /** @returns the revision that it is now */
  async put(client: PoolClient, contract: StoredContract, at: Date): Promise<number> {
    const row: Record<string, unknown> = { ...contract, kind: contract.kind ?? 'topic' };
    for (const name of JSON_MEMBERS) row[name] = row[name] === undefined ? null : JSON.stringify(row[name]);
    const { rows } = await client.query<{ revision: number }>(
      `insert into contract (topic, name, major, kind, owner, stewards, titles, description, classification, fields,
                             purpose, legal_basis, languages, deletion, retention, sla, partitions,
                             created_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)
       on conflict (topic) do update set
         owner = excluded.owner, stewards = excluded.stewards, titles = excluded.titles,
         description = excluded.description, classification = excluded.classification, fields = excluded.fields,
         purpose = excluded.purpose, legal_basis = excluded.legal_basis, languages = excluded.languages,
         deletion = excluded.deletion, retention = excluded.retention, sla = excluded.sla,
         revision = contract.revision + 1, changed_at = excluded.changed_at
       returning revision`,
      [
        ...[
          row['topic'],
          row['name'],
          row['major'],
          row['kind'],
          row['owner'],
          row['stewards'],
          row['titles'],
        ],
        ...[row['description'], row['classification'], row['fields'], row['purpose'], row['legalBasis']],
        ...[row['languages'], row['deletion'] ?? false, row['retention'], row['sla'], row['partitions'], at],
      ],
    );
    return rows[0]!.revision;
  }
}

/** What the other services are told of a contract; nothing of a common type, which nobody exchanges. */
export function contractRecord(contract: StoredContract): ContractRecord | undefined {
  if (contract.kind === 'type') return undefined;
  const { topic, name, major, owner, titles, classification, purpose, deletion, partitions } = contract;
  return {
    ...{ kind: 'contract', topic, name, major, owner, titles, classification, purpose },
    ...{ legalBasis: contract.legalBasis.reference, deletion, partitions },
  };
}

function withoutNulls(row: StoredContract): StoredContract {
  const { kind, ...members } = row;
  const given = Object.entries(members).filter(([, value]) => value !== null);
  if (kind !== 'type') return Object.fromEntries(given) as unknown as StoredContract;
  const ofType = given.filter(([name]) => name !== 'deletion');
  return { ...Object.fromEntries(ofType), kind } as unknown as StoredContract;
}
