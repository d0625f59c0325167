import type { Pool } from 'pg';
import type { EventName } from '#service';
import type { Transaction } from '../../transactions.js';

/** What may be done to a contract, and the evidence of it. */
export const ACTS = {
  'draft-saved': 'ContractDraftSaved',
  'draft-discarded': 'ContractDraftDiscarded',
  'draft-submitted': 'ContractDraftSubmitted',
  'draft-sent-back': 'ContractDraftSentBack',
  'version-activated': 'ContractDraftApproved',
  'version-deprecated': 'ContractVersionDeprecated',
  'version-retired': 'ContractVersionRetired',
  'version-reactivated': 'ContractVersionReactivated',
} as const satisfies Record<string, EventName>;

export type ContractAct = keyof typeof ACTS;

export interface HistoryEntry {
  id: string;
  version?: number;
  act: ContractAct;
  /** URN of the system */
  by: string;
  at: string;
  details: Record<string, unknown>;
}

/** Writes down an act and attests it: both or, with the transaction, neither. */
export async function record(
  transaction: Transaction,
  topic: string,
  act: ContractAct,
  by: string,
  details: Record<string, unknown>,
  version?: number,
): Promise<void> {
  await transaction.client.query(
    `insert into contract_history (topic, version, act, by, at, details) values ($1, $2, $3, $4, $5, $6)`,
    [topic, version ?? null, act, by, transaction.at, JSON.stringify(details)],
  );
  transaction.attest(ACTS[act], `urn:wasl:contract:${topic}`, {
    by,
    topic,
    ...(version === undefined ? {} : { version }),
    ...details,
  });
}

/** Acts on a contract, newest first, those before `before`. */
export async function history(
  pool: Pool,
  topic: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<HistoryEntry[]> {
  const { rows } = await pool.query<
    Omit<HistoryEntry, 'version' | 'at'> & { version: number | null; at: Date }
  >(
    `select id, version, act, by, at, details from contract_history
      where topic = $1 and ($2::bigint is null or id < $2::bigint) order by contract_history.id desc limit $3`,
    [topic, before ?? null, limit],
  );
  return rows.map(({ version, at, ...entry }) => ({
    ...entry,
    ...(version === null ? {} : { version }),
    at: at.toISOString(),
  }));
}
