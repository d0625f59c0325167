import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { ContractRecord } from '#control';
import type { TopicParts } from '../topics.js';
import type { GovernanceRequest } from './governance.js';

/** Governance of one topic as stored. */
export type StoredContract = TopicParts & GovernanceRequest;

const COLUMNS = `topic, name, major, owner, titles, classification, purpose, legal_basis as "legalBasis", deletion,
  retention, sla, partitions`;

@Injectable()
export class ContractStore {
  constructor(private readonly pool: Pool) {}

  async contract(topic: string, client: Pool | PoolClient = this.pool): Promise<StoredContract | undefined> {
    const { rows } = await client.query<StoredContract>(`select ${COLUMNS} from contract where topic = $1`, [
      topic,
    ]);
    return rows.map(withoutNulls)[0];
  }

  /** In order of topics, those after `after`. */
  async contracts(after: string, limit: number): Promise<StoredContract[]> {
    const { rows } = await this.pool.query<StoredContract>(
      `select ${COLUMNS} from contract where topic > $1 order by topic limit $2`,
      [after, limit],
    );
    return rows.map(withoutNulls);
  }

  async put(client: PoolClient, contract: StoredContract, at: Date): Promise<void> {
    await client.query(
      `insert into contract (topic, name, major, owner, titles, classification, purpose, legal_basis, deletion,
                             retention, sla, partitions, created_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
       on conflict (topic) do update set
         owner = excluded.owner, titles = excluded.titles, classification = excluded.classification,
         purpose = excluded.purpose, legal_basis = excluded.legal_basis, deletion = excluded.deletion,
         retention = excluded.retention, sla = excluded.sla, changed_at = excluded.changed_at`,
      [
        contract.topic,
        contract.name,
        contract.major,
        contract.owner,
        JSON.stringify(contract.titles),
        contract.classification,
        contract.purpose,
        contract.legalBasis,
        contract.deletion,
        contract.retention ?? null,
        contract.sla === undefined ? null : JSON.stringify(contract.sla),
        contract.partitions,
        at,
      ],
    );
  }
}

/** What the other services are told of a contract. */
export function contractRecord(contract: StoredContract): ContractRecord {
  const { topic, name, major, owner, titles, classification, purpose, legalBasis, deletion, partitions } =
    contract;
  const record = {
    topic,
    name,
    major,
    owner,
    titles,
    classification,
    purpose,
    legalBasis,
    deletion,
    partitions,
  };
  return { kind: 'contract', ...record };
}

function withoutNulls({ retention, sla, ...contract }: StoredContract): StoredContract {
  return { ...contract, ...(retention == null ? {} : { retention }), ...(sla == null ? {} : { sla }) };
}
