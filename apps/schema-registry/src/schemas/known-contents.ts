import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { BatchLoader } from '#service';
import { identityOf } from './content.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import type { Registered } from './schema-rows.js';

interface Asked {
  subject: QualifiedSubject;
  /** canonical */
  text: string;
}

/** Finds what is registered already without a transaction: most registrations say what is there. */
@Injectable()
export class KnownContents {
  private readonly known = new BatchLoader({ records: 128, inFlight: 4, pending: 5_000 }, (asked: Asked[]) =>
    this.load(asked),
  );

  constructor(private readonly pool: Pool) {}

  /** The newest version alive of a subject with just this text, where no setting and no inherited member says more. */
  find(subject: QualifiedSubject, text: string): Promise<Registered | undefined> {
    return this.known.load({ subject, text });
  }

  private async load(asked: Asked[]): Promise<(Registered | undefined)[]> {
    const identities = asked.map(({ text }) => identityOf({ text, references: [] }));
    const { rows } = await this.pool.query<{ n: number; version: number; id: number; plain: boolean }>({
      name: 'known-contents',
      text: KNOWN,
      values: [
        asked.map(({ subject }) => subject.context),
        asked.map(({ subject }) => subject.subject),
        identities.map(({ guid }) => guid),
        identities.map(({ sha256 }) => sha256),
        asked.map(({ subject }) => qualifiedName(subject)),
        asked.map(({ subject }) => qualifiedName({ context: subject.context, subject: '' })),
      ],
    });
    const found = new Map(rows.filter(({ plain }) => plain).map((row) => [row.n - 1, row]));
    return asked.map(({ subject, text }, index) => {
      const row = found.get(index);
      if (!row) return undefined;
      const { id, version } = row;
      return { ...subject, text, references: [], ...identities[index]!, id, version, added: false };
    });
  }
}

/**
 * `plain`: nothing set for the subject, its context or all of them, and no inherited member, changes the content. Each
 * content is looked for by itself: a plan made while the tables are small would go on reading all of them.
 */
const KNOWN = `
  select n.n::integer, v.version, v.schema_id as id,
         l.plain and not exists (select from setting where name = any(array[n.name, n.scope, ':.__GLOBAL:'])
           and (mode is not null and mode <> 'READWRITE' or config is not null and config - '{compatibilityLevel,compatibilityPolicy,semanticPolicy}'::text[] <> '{}')) as plain
    from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])
           with ordinality as n(context, subject, guid, sha256, name, scope, n)
    cross join lateral (select id from schema
       where guid = n.guid and sha256 = n.sha256 and context = n.context and not second_id offset 0) as s
    cross join lateral (select version, schema_id from (select * from subject_version v
       where v.context = n.context and v.subject = n.subject and v.schema_id = s.id and not v.deleted offset 0) as v
       order by version desc limit 1) as v
    cross join lateral (select schema_id from subject_version u
       where u.context = n.context and u.subject = n.subject and not u.deleted order by u.version desc limit 1) as u
    cross join lateral (select metadata is null and rule_set is null as plain from schema
       where context = n.context and id = u.schema_id offset 0) as l`;
