import type { PoolClient } from 'pg';
import { SettingStore } from '../settings/setting-store.js';
import { inScope, scopeOf } from '../settings/settings.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import type { SubjectState } from './registration-decision.js';
import { CARRIES_NUMBER, latestSql, toVersion, type VersionRow } from './schema-rows.js';

/** Locks subjects until the end of the transaction, all in one order, so that nobody waits in a circle. */
export async function lockSubjects(client: PoolClient, subjects: readonly QualifiedSubject[]): Promise<void> {
  await client.query({
    name: 'lock-subjects',
    text: `select pg_advisory_xact_lock(hashtext('wasl.registry.subject'), lock)
             from (select distinct hashtext(name) as lock from unnest($1::text[]) as name order by 1) as locks`,
    values: [subjects.map(qualifiedName)],
  });
}

type NumberRow = SubjectState['versions'][number] & { name: string };

/** What registrations under these subjects depend on, by qualified name. The subjects must be locked. */
export async function readStates(
  client: PoolClient,
  settings: SettingStore,
  subjects: readonly QualifiedSubject[],
): Promise<Map<string, SubjectState>> {
  const named = new Map(subjects.map((subject) => [qualifiedName(subject), subject]));
  const values = [
    [...named.keys()],
    [...named.values()].map(({ context }) => context),
    [...named.values()].map(({ subject }) => subject),
  ];
  const known = await settings.settings([...new Set([...named.values()].flatMap(scopeOf))], client);
  const numbers = await client.query<NumberRow>({
    name: 'subject-numbers',
    text: `select n.name, v.version, v.schema_id as id, s.guid, s.sha256, v.deleted, ${CARRIES_NUMBER}
             from unnest($1::text[], $2::text[], $3::text[]) as n(name, context, subject)
             join subject_version v on v.context = n.context and v.subject = n.subject
             join schema s on s.context = v.context and s.id = v.schema_id
            order by v.version`,
    values,
  });
  const latest = await client.query<VersionRow & { name: string }>({
    name: 'subject-latest',
    text: latestSql('unnest($1::text[], $2::text[], $3::text[]) as n(name, context, subject)', 'n.name'),
    values,
  });
  const states = new Map<string, SubjectState>();
  for (const [name, subject] of named) {
    const { mode, ...config } = inScope(scopeOf(subject).map((scope) => known.get(scope)));
    states.set(name, { subject, versions: [], latest: undefined, pending: [], config, mode });
  }
  for (const { name, ...version } of numbers.rows) states.get(name)!.versions.push(version);
  for (const row of latest.rows) states.get(row.name)!.latest = toVersion(row);
  return states;
}
