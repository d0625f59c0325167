import type { Pool, PoolClient } from 'pg';
import type { VersionSuccessor } from '#control';
import { ACTIVE, type VersionState, type VersionStatus } from './version-states.js';

/** Who brought a version through review. */
export interface Approval {
  draftRevision: number;
  submittedBy: string;
  submittedAt: Date;
  approvedBy: string;
  approvedAt: Date;
}

export interface StoredVersionState extends VersionState {
  topic: string;
  version: number;
  /** grows with every change; 0 when nothing was ever decided about the version */
  revision: number;
  since: Date | null;
  approval: Approval | null;
}

interface Row {
  topic: string;
  version: number;
  revision: number;
  status: VersionStatus;
  since: Date;
  sunset: Date | null;
  successor: VersionSuccessor | null;
  draft_revision: string | null;
  submitted_by: string;
  submitted_at: Date;
  approved_by: string;
  approved_at: Date;
}

const COLUMNS = `topic, version, revision, status, since, sunset, successor, draft_revision, submitted_by, submitted_at,
  approved_by, approved_at`;

/** States that were decided for versions of a topic, by version. */
export async function versionStates(
  client: Pool | PoolClient,
  topic: string,
): Promise<Map<number, StoredVersionState>> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from contract_version_state where topic = $1`, [
    topic,
  ]);
  return new Map(rows.map((row) => [row.version, toState(row)]));
}

/** The state of a version that is registered; active if nothing was decided about it. */
export async function versionState(
  client: Pool | PoolClient,
  topic: string,
  version: number,
): Promise<StoredVersionState> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from contract_version_state where topic = $1 and version = $2`,
    [topic, version],
  );
  return rows.map(toState)[0] ?? undecided(topic, version);
}

/** The version that a draft became, if any of these revisions of it was approved. */
export async function versionOfDraft(
  client: Pool | PoolClient,
  topic: string,
  revisions: number[],
): Promise<StoredVersionState | undefined> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from contract_version_state where topic = $1 and draft_revision = any($2::bigint[])`,
    [topic, revisions],
  );
  return rows.map(toState)[0];
}

/** All versions that are not active. */
export async function endingVersions(client: Pool): Promise<StoredVersionState[]> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from contract_version_state where status <> 'active'`,
  );
  return rows.map(toState);
}

export async function saveVersionState(
  client: PoolClient,
  key: { topic: string; version: number },
  state: VersionState,
  at: Date,
  approval?: Approval,
): Promise<StoredVersionState> {
  const { rows } = await client.query<Row>(
    `insert into contract_version_state as v (topic, version, status, since, sunset, successor, draft_revision,
                                              submitted_by, submitted_at, approved_by, approved_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (topic, version) do update set
       status = excluded.status, since = excluded.since, sunset = excluded.sunset, successor = excluded.successor,
       revision = v.revision + 1
     returning ${COLUMNS}`,
    [
      ...[key.topic, key.version, state.status, at, state.sunset],
      state.successor === null ? null : JSON.stringify(state.successor),
      ...[approval?.draftRevision, approval?.submittedBy, approval?.submittedAt],
      ...[approval?.approvedBy, approval?.approvedAt],
    ],
  );
  return toState(rows[0]!);
}

/** What was decided about versions goes with them: a number that is given again inherits nothing. */
export async function forgetVersionStates(
  client: PoolClient,
  versions: readonly { topic: string; version: number }[],
): Promise<void> {
  if (versions.length === 0) return;
  await client.query({
    name: 'forget-version-states',
    text: `delete from contract_version_state s using unnest($1::text[], $2::integer[]) as n(topic, version)
            where s.topic = n.topic and s.version = n.version`,
    values: [versions.map(({ topic }) => topic), versions.map(({ version }) => version)],
  });
}

function undecided(topic: string, version: number): StoredVersionState {
  return { topic, version, revision: 0, ...ACTIVE, since: null, approval: null };
}

function toState(row: Row): StoredVersionState {
  const { topic, version, revision, status, since, sunset, successor } = row;
  const approval: Approval | null =
    row.draft_revision === null
      ? null
      : {
          draftRevision: Number(row.draft_revision),
          ...{ submittedBy: row.submitted_by, submittedAt: row.submitted_at },
          ...{ approvedBy: row.approved_by, approvedAt: row.approved_at },
        };
  return { topic, version, revision, status, since, sunset, successor, approval };
}
