import type { PoolClient } from 'pg';
import { SettingStore } from '../settings/setting-store.js';
import { inScope, scopeOf } from '../settings/settings.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { type SchemaRequest, soughtGuids, type SubjectState } from './registration-decision.js';
import { LATEST, toVersion, type VersionRow } from './schema-rows.js';
import type { SchemaStore } from './schema-store.js';

/** Locks subjects until the end of the transaction, all in one order, so that nobody waits in a circle. */
export async function lockSubjects(client: PoolClient, subjects: readonly QualifiedSubject[]): Promise<void> {
  await client.query({
    name: 'lock-subjects',
    text: `select pg_advisory_xact_lock(hashtext('wasl.registry.subject'), lock)
             from (select distinct hashtext(name) as lock from unnest($1::text[]) as name order by 1) as locks`,
    values: [subjects.map(qualifiedName)],
  });
}

/** A state, and how far its versions have been read. */
export interface ReadState extends SubjectState {
  /** nothing is stored under it that could be found */
  isNew: boolean;
  /** GUIDs that versions have been looked for by */
  sought: Set<string>;
}

/**
 * What registrations under these subjects depend on, by qualified name, without versions: `readCandidates` adds those.
 * The subjects must be locked.
 */
export async function readStates(
  client: PoolClient,
  settings: SettingStore,
  subjects: readonly QualifiedSubject[],
): Promise<Map<string, ReadState>> {
  const named = new Map(subjects.map((subject) => [qualifiedName(subject), subject]));
  const known = await settings.settings([...new Set([...named.values()].flatMap(scopeOf))], client);
  const { rows } = await client.query<{ name: string; last: number | null } & Nullable<VersionRow>>({
    name: 'subject-states',
    text: `select n.name, l.*, (select version from subject_version v
                    where v.context = n.context and v.subject = n.subject order by version desc limit 1) as last
             from unnest($1::text[], $2::text[], $3::text[]) as n(name, context, subject)
             left join ${LATEST} on true`,
    values: [
      [...named.keys()],
      [...named.values()].map(({ context }) => context),
      [...named.values()].map(({ subject }) => subject),
    ],
  });
  const states = new Map<string, ReadState>();
  for (const row of rows) {
    const subject = named.get(row.name)!;
    const { mode, ...config } = inScope(scopeOf(subject).map((scope) => known.get(scope)));
    const latest = row.version === null ? undefined : toVersion(row as VersionRow);
    const last = row.last ?? 0;
    states.set(row.name, {
      ...{ subject, last, latest, config, mode, versions: [], pending: [] },
      ...{ isNew: last === 0, sought: new Set() },
    });
  }
  return states;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** Adds to the states the versions that the requests may turn out to be, unless they are there. */
export async function readCandidates(
  client: PoolClient,
  store: SchemaStore,
  asked: readonly { request: SchemaRequest; state: ReadState }[],
): Promise<void> {
  const sought = asked.flatMap(({ request, state }) => {
    if (state.isNew) return [];
    const guids = soughtGuids(request, state).filter((guid) => !state.sought.has(guid));
    for (const guid of guids) state.sought.add(guid);
    return guids.length > 0 ? [{ subject: state.subject, guids }] : [];
  });
  if (sought.length === 0) return;
  const named = new Map(
    asked.map(({ state: { subject, versions } }) => {
      const there = new Set(versions.map(({ version }) => version));
      return [qualifiedName(subject), { versions, there }];
    }),
  );
  for (const { context, subject, ...found } of await store.candidates(sought, 'no', client)) {
    const { versions, there } = named.get(qualifiedName({ context, subject }))!;
    if (!there.has(found.version)) versions.push(found);
  }
  for (const { versions } of named.values()) versions.sort((a, b) => a.version - b.version);
}
