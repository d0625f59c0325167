import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { SemanticVerdict } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import { forgetVersionStates } from '../contracts/lifecycle/version-state-store.js';
import { topicOfSubject } from '../topics.js';
import { type Content, type Identity, identityOf } from './content.js';
import { DEFAULT_CONTEXT, qualifiedName, type QualifiedSubject, withinContext } from './qualified-subject.js';
import { versionProperty } from './registration-decision.js';
import { schemasWhere } from './schema-rows.js';

/** A version that a registration adds. */
export interface NewVersion {
  subject: QualifiedSubject;
  version: number;
  content: Content;
  identity: Identity;
  /** undefined takes the id of the same content, else the next one */
  id: number | undefined;
  by: string;
  semantic?: SemanticVerdict;
}

/**
 * Writes contents and versions of one transaction in a few statements, however many they are. Each row is looked for by
 * itself (`lateral`, `offset 0`): a plan made while the tables were small would go on reading all of them.
 * @returns the ids, in order
 * @throws ConfluentError 42201, 42205 where a content or an id belongs to another
 */
export async function writeVersions(
  client: PoolClient,
  versions: readonly NewVersion[],
  at: Date,
): Promise<number[]> {
  await lockContents(
    client,
    versions.map(({ subject, content, id }) => ({
      context: subject.context,
      text: content.text,
      imported: id !== undefined,
    })),
  );
  await ensureContexts(
    client,
    versions.map(({ subject }) => subject.context),
    at,
  );
  await insertImported(client, versions, at);
  await insertContents(client, versions, at);
  const ids = await idsOf(client, versions);
  await insertReferences(client, versions, ids);
  await client.query({
    name: 'insert-versions',
    text: `insert into subject_version (context, subject, version, schema_id, carries_number, registered_by,
                                        registered_at, deleted)
           select context, subject, version, id, carries_number, by, $7, false
             from unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::boolean[], $6::text[])
                  as n(context, subject, version, id, carries_number, by)
           on conflict (context, subject, version) do update
             set schema_id = excluded.schema_id, carries_number = excluded.carries_number, deleted = false,
                 registered_by = excluded.registered_by, registered_at = excluded.registered_at`,
    values: [
      ...columns(versions),
      versions.map(({ version }) => version),
      ids,
      versions.map(({ content }) => versionProperty(content) !== undefined),
      versions.map(({ by }) => by),
      at,
    ],
  });
  await dropSuperseded(client, versions, ids);
  await forgetVersionStates(client, versions.flatMap(versionOfTopic));
  return ids;
}

/** A soft-deleted version that comes back under a new number does not stay under the old one as well. */
async function dropSuperseded(
  client: PoolClient,
  versions: readonly NewVersion[],
  ids: readonly number[],
): Promise<void> {
  const { rows } = await client.query<QualifiedSubject & { version: number }>({
    name: 'superseded',
    text: `select v.context, v.subject, v.version
             from unnest($1::text[], $2::text[], $3::integer[], $4::integer[]) as n(context, subject, version, id)
             cross join lateral (select * from subject_version
                where context = n.context and schema_id = n.id and subject = n.subject
                  and version < n.version and deleted offset 0) as v`,
    values: [...columns(versions), versions.map(({ version }) => version), ids],
  });
  for (const { context, subject, version } of rows) {
    const values = [context, subject, version];
    await client.query(
      'delete from subject_version where context = $1 and subject = $2 and version = $3',
      values,
    );
  }
}

/** The version as the bus names it, if it is one of a topic. */
function versionOfTopic({ subject, version }: NewVersion): { topic: string; version: number }[] {
  const topic = subject.context === DEFAULT_CONTEXT ? topicOfSubject(subject.subject) : undefined;
  return topic === undefined ? [] : [{ topic, version }];
}

function columns(versions: readonly NewVersion[]): [contexts: string[], subjects: string[]] {
  return [versions.map(({ subject }) => subject.context), versions.map(({ subject }) => subject.subject)];
}

function contentColumns(versions: readonly NewVersion[]): unknown[] {
  return [
    versions.map(({ subject }) => subject.context),
    versions.map(({ identity }) => identity.guid),
    versions.map(({ identity }) => identity.sha256),
    versions.map(({ content }) => content.text),
    versions.map(({ content }) => JSON.stringify(content.references)),
    versions.map(({ content }) => (content.metadata ? JSON.stringify(content.metadata) : null)),
    versions.map(({ content }) => (content.ruleSet ? JSON.stringify(content.ruleSet) : null)),
  ];
}

/** A content about to be written or deleted. */
export interface LockedContent {
  context: string;
  text: string;
  /** whether it comes with an id */
  imported: boolean;
}

/**
 * Locks contents until the end of the transaction, whatever goes with their texts, and the ids of their contexts:
 * shared by those who draw one, exclusively by whoever brings one along. Taken after the subjects' locks, in one
 * order everywhere, so nobody waits in a circle as long as a transaction locks all of its contents at once first.
 */
export async function lockContents(client: PoolClient, contents: readonly LockedContent[]): Promise<void> {
  const locks = contents.flatMap(({ context, text, imported }) => [
    { kind: 'ids', key: context, exclusive: imported },
    { kind: 'content', key: identityOf({ text, references: [] }).guid, exclusive: true },
  ]);
  await client.query({
    name: 'lock-contents',
    text: `select case when exclusive then pg_advisory_xact_lock(kind, key)
                       else pg_advisory_xact_lock_shared(kind, key) end
             from (select hashtext('wasl.registry.' || kind) as kind, hashtext(key) as key, bool_or(exclusive) as exclusive
                     from unnest($1::text[], $2::text[], $3::boolean[]) as n(kind, key, exclusive)
                    group by 1, 2 order by 1, 2) as locks`,
    values: [
      locks.map(({ kind }) => kind),
      locks.map(({ key }) => key),
      locks.map(({ exclusive }) => exclusive),
    ],
  });
}

/**
 * Makes contexts that are new. A shared lock keeps those named from being deleted meanwhile; `.` never is. Taken after
 * the locks of contents, in one order everywhere: a transaction names all of its contexts at once first.
 */
export async function ensureContexts(client: PoolClient, all: readonly string[], at: Date): Promise<void> {
  const names = [...new Set(all)].filter((name) => name !== DEFAULT_CONTEXT).sort();
  for (const name of names) {
    await client.query(CONTEXT_LOCK.shared, [name]);
    const { rowCount } = await client.query('select from context where name = $1', [name]);
    if (rowCount! > 0) continue;
    await client.query(`select pg_advisory_xact_lock(hashtext('wasl.registry.new-context'), hashtext($1))`, [
      name,
    ]);
    const sequence = `schema_id_${createHash('md5').update(name).digest('hex').slice(0, 16)}`;
    await client.query(`create sequence if not exists ${sequence} as integer`);
    await client.query(
      'insert into context (name, sequence, created_at) values ($1, $2, $3) on conflict do nothing',
      [name, sequence, at],
    );
  }
}

/** Held shared by whoever writes into a context, exclusively by whoever deletes it. */
export const CONTEXT_LOCK = {
  shared: `select pg_advisory_xact_lock_shared(hashtext('wasl.registry.context'), hashtext($1))`,
  exclusive: `select pg_advisory_xact_lock(hashtext('wasl.registry.context'), hashtext($1))`,
};

/** Contents whose ids were given: imported from another registry, which may have the same content under two ids. */
async function insertImported(client: PoolClient, versions: readonly NewVersion[], at: Date): Promise<void> {
  for (const imported of versions.filter(({ id }) => id !== undefined)) {
    const { subject, identity, id } = imported;
    const { rows } = await client.query<{ id: number; guid: string; sha256: string }>(
      `select id, guid, sha256 from ${schemasWhere('context = $1 and guid = $3')} as s
       union select id, guid, sha256 from schema where context = $1 and id = $2`,
      [subject.context, id, identity.guid],
    );
    if (rows.some((row) => row.id === id && row.guid !== identity.guid)) {
      throw ConfluentError.notPermitted(
        `Overwrite new schema with id ${id} in context ${subject.context} is not permitted.`,
      );
    }
    if (rows.some(({ guid, sha256 }) => guid === identity.guid && sha256 !== identity.sha256))
      throw collision();
    if (rows.some((row) => row.id === id)) continue;
    await client.query(
      `insert into schema (context, guid, sha256, text, refs, metadata, rule_set, id, registered_at, second_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [...contentColumns([imported]).map((column) => (column as unknown[])[0]), id, at, rows.length > 0],
    );
    // Nobody draws an id meanwhile, so this never takes one back.
    await client.query(
      `select setval(sequence::regclass, $2) from context where name = $1
         and $2 > coalesce((select last_value from pg_sequences
                             where schemaname = current_schema() and sequencename = sequence), 0)`,
      [subject.context, id],
    );
  }
}

/** Contents that are new in their context get the next ids; an id is drawn only for them. */
async function insertContents(client: PoolClient, versions: readonly NewVersion[], at: Date): Promise<void> {
  const fresh = versions.filter(({ id }) => id === undefined);
  if (fresh.length === 0) return;
  await client.query({
    name: 'insert-contents',
    text: `insert into schema (context, guid, sha256, text, refs, metadata, rule_set, id, registered_at)
           select n.context, n.guid, n.sha256, n.text, n.refs, n.metadata, n.rule_set,
                  nextval(c.sequence::regclass), $8
             from (select distinct on (guid, context) *
                     from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                          as n(context, guid, sha256, text, refs, metadata, rule_set)
                    where (select id from schema s
                            where s.guid = n.guid and s.context = n.context and not s.second_id) is null
                    order by guid, context) as n
             join context c on c.name = n.context
            order by n.guid, n.context
           on conflict (guid, context) where not second_id do nothing`,
    values: [...contentColumns(fresh), at],
  });
}

async function idsOf(client: PoolClient, versions: readonly NewVersion[]): Promise<number[]> {
  const { rows } = await client.query<{ n: number; id: number; sha256: string }>({
    name: 'ids-of-contents',
    text: `select n.n::integer, s.id, s.sha256
             from unnest($1::text[], $2::uuid[], $3::integer[]) with ordinality as n(context, guid, id, n)
             cross join lateral (
               select id, sha256 from schema
                where n.id is null and guid = n.guid and context = n.context and not second_id
               union all
               select id, sha256 from schema where context = n.context and id = n.id and guid = n.guid) as s
            order by n.n`,
    values: [
      versions.map(({ subject }) => subject.context),
      versions.map(({ identity }) => identity.guid),
      versions.map(({ id }) => id ?? null),
    ],
  });
  return rows.map(({ id, sha256 }, index) => {
    if (sha256 !== versions[index]!.identity.sha256) throw collision();
    return id;
  });
}

/** A GUID is an MD5, and MD5 collisions can be made: no second content may take a GUID over. */
function collision(): ConfluentError {
  return ConfluentError.invalidSchema('another schema has the same GUID');
}

async function insertReferences(
  client: PoolClient,
  versions: readonly NewVersion[],
  ids: number[],
): Promise<void> {
  const rows = versions.flatMap(({ subject, content }, index) =>
    content.references.map((reference) => {
      const target = withinContext(subject.context, reference.subject);
      return { context: subject.context, id: ids[index]!, target, version: reference.version };
    }),
  );
  if (rows.length === 0) return;
  // Whoever deletes a version locks its subject first, so a target can't vanish before the commit.
  await client.query(
    `insert into schema_reference (context, schema_id, target_context, target_subject, target_version)
     select * from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::integer[]) on conflict do nothing`,
    [
      rows.map(({ context }) => context),
      rows.map(({ id }) => id),
      rows.map(({ target }) => target.context),
      rows.map(({ target }) => target.subject),
      rows.map(({ version }) => version),
    ],
  );
}

export function subjectUrn(subject: QualifiedSubject): string {
  return `urn:wasl:subject:${encodeURIComponent(qualifiedName(subject))}`;
}
