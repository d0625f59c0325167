import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { BatchLoader } from '#service';
import {
  parseSubject,
  qualifiedName,
  type QualifiedSubject,
  withinContext,
} from '../schemas/qualified-subject.js';
import { type Config, inScope, type Mode, scopeOf, type Setting } from './settings.js';

/** More are not searched. */
const MOST_ALIASES = 10_000;

interface Row {
  name: string;
  config: Config | null;
  mode: Mode | null;
}

/** Configuration and modes of subjects and contexts, kept under the qualified name of what they hold for. */
@Injectable()
export class SettingStore {
  private readonly aliases = new BatchLoader(
    { records: 256, inFlight: 4, pending: 5_000 },
    (subjects: QualifiedSubject[]) => this.resolveAliases(subjects),
  );

  constructor(private readonly pool: Pool) {}

  async setting(subject: QualifiedSubject, client: Pool | PoolClient = this.pool): Promise<Setting> {
    return (await this.settings([qualifiedName(subject)], client)).get(qualifiedName(subject)) ?? {};
  }

  async inScope(subject: QualifiedSubject, client?: Pool | PoolClient): Promise<ReturnType<typeof inScope>> {
    const scope = scopeOf(subject);
    const settings = await this.settings(scope, client);
    return inScope(scope.map((name) => settings.get(name)));
  }

  /** Those of `names` under which anything is set. */
  async settings(names: string[], client: Pool | PoolClient = this.pool): Promise<Map<string, Setting>> {
    const { rows } = await client.query<Row>({
      name: 'settings',
      text: 'select name, config, mode from setting where name = any($1)',
      values: [names],
    });
    return new Map(
      rows.map(({ name, config, mode }) => [
        name,
        { ...(config ? { config } : {}), ...(mode ? { mode } : {}) },
      ]),
    );
  }

  /**
   * The subject an alias stands for, else the subject itself; an alias of an alias is not followed. Nearly every
   * request asks, so many share a query.
   */
  resolveAlias(subject: QualifiedSubject): Promise<QualifiedSubject> {
    return this.aliases.load(subject);
  }

  /** All aliases there are, by name: of a subject each, so not many. */
  async aliasesOfAll(): Promise<{ alias: QualifiedSubject; target: QualifiedSubject }[]> {
    const { rows } = await this.pool.query<{ name: string; target: string }>(
      `select name, config ->> 'alias' as target from setting where config ? 'alias' order by name limit $1`,
      [MOST_ALIASES],
    );
    return rows.map(({ name, target }) => {
      const alias = parseSubject(name);
      return { alias, target: withinContext(alias.context, target) };
    });
  }

  private async resolveAliases(subjects: QualifiedSubject[]): Promise<QualifiedSubject[]> {
    const names = subjects.map(qualifiedName);
    const { rows } = await this.pool.query<{ name: string; alias: string }>({
      name: 'aliases',
      text: `select name, config ->> 'alias' as alias from setting where name = any($1) and config ? 'alias'`,
      values: [names],
    });
    const aliases = new Map(rows.map(({ name, alias }) => [name, alias]));
    return subjects.map((subject, index) => {
      const alias = aliases.get(names[index]!);
      return alias === undefined ? subject : withinContext(subject.context, alias);
    });
  }

  /** Whoever is to change several settings takes them first, in one order, so that nobody waits in a circle. */
  async lock(client: PoolClient, subjects: readonly QualifiedSubject[]): Promise<void> {
    const sql = 'select from setting where name = any($1) order by name for update';
    await client.query(sql, [subjects.map(qualifiedName)]);
  }

  /** @returns whether anything was set */
  async drop(client: PoolClient, subject: QualifiedSubject): Promise<boolean> {
    const { rowCount } = await client.query('delete from setting where name = $1', [qualifiedName(subject)]);
    return rowCount! > 0;
  }

  async put(client: PoolClient, subject: QualifiedSubject, { config, mode }: Setting): Promise<void> {
    const name = qualifiedName(subject);
    if (mode === undefined && (config === undefined || Object.keys(config).length === 0)) {
      await this.drop(client, subject);
      return;
    }
    await client.query(
      `insert into setting (name, config, mode) values ($1, $2, $3)
       on conflict (name) do update set config = excluded.config, mode = excluded.mode`,
      [name, config === undefined ? null : JSON.stringify(config), mode ?? null],
    );
  }
}
