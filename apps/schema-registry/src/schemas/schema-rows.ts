import type { SemanticVerdict } from '#contracts';
import type { Content, SchemaReference } from './content.js';
import { CONFLUENT_VERSION, type Metadata } from './metadata.js';
import type { RuleSet } from './rule-set.js';

/** A content under its id in a context. */
export interface StoredSchema extends Content {
  context: string;
  id: number;
  guid: string;
  sha256: string;
}

/** A version of a subject. */
export interface StoredVersion extends StoredSchema {
  /** without its context */
  subject: string;
  version: number;
  deleted: boolean;
  registeredAt: Date;
}

/** A registered version; `added` tells whether this registration made it. */
export type Registered = Omit<StoredVersion, 'deleted' | 'registeredAt'> & {
  added: boolean;
  /** where the settings of the subject ask for it */
  semantic?: SemanticVerdict;
};

export const SCHEMA_COLUMNS = 's.context, s.id, s.guid, s.sha256, s.text, s.refs, s.metadata, s.rule_set';
export const VERSION_COLUMNS = `${SCHEMA_COLUMNS}, v.subject, v.version, v.deleted, v.registered_at`;
export const VERSIONS = `subject_version v join schema s on s.context = v.context and s.id = v.schema_id`;

/** Schemas by their GUID. Each of the two indexes holds a part of them, and is used only where that part is named. */
export function schemasWhere(condition: string): string {
  return `(select * from schema where ${condition} and not second_id union all
           select * from schema where ${condition} and second_id)`;
}

/**
 * The content of a version `v`. It is looked for by itself (`offset 0`): a plan made while the tables were small would
 * go on reading all contents.
 */
export const SCHEMA_OF_VERSION =
  '(select * from schema where context = v.context and id = v.schema_id offset 0) as s';

/** The newest version alive of a subject, `n.context` and `n.subject`. */
export const LATEST = `lateral (select ${VERSION_COLUMNS} from
  (select * from subject_version v where v.context = n.context and v.subject = n.subject and not v.deleted
    order by v.version desc limit 1) as v
  cross join lateral ${SCHEMA_OF_VERSION}) as l`;

/** Whether the metadata of a schema `s` may hold a number (`confluent:version`): few do. */
export const CARRIES_NUMBER = `coalesce(s.metadata like '%"${CONFLUENT_VERSION}"%', false) as "carriesNumber"`;

export interface SchemaRow {
  context: string;
  id: number;
  guid: string;
  sha256: string;
  text: string;
  refs: string;
  metadata: string | null;
  rule_set: string | null;
}

export interface VersionRow extends SchemaRow {
  subject: string;
  version: number;
  deleted: boolean;
  registered_at: Date;
}

export function toSchema(row: SchemaRow): StoredSchema {
  const { context, id, guid, sha256, text } = row;
  return {
    ...{ context, id, guid, sha256, text },
    references: JSON.parse(row.refs) as SchemaReference[],
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) as Metadata }),
    ...(row.rule_set === null ? {} : { ruleSet: JSON.parse(row.rule_set) as RuleSet }),
  };
}

export function toVersion(row: VersionRow): StoredVersion {
  const { subject, version, deleted } = row;
  return { ...toSchema(row), subject, version, deleted, registeredAt: row.registered_at };
}
