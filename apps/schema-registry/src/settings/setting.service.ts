import { Injectable } from '@nestjs/common';
import { schemaSha256 } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import {
  DEFAULT_CONTEXT,
  parseSubject,
  qualifiedName,
  type QualifiedSubject,
} from '../schemas/qualified-subject.js';
import { isImport } from '../schemas/registration-decision.js';
import { subjectUrn } from '../schemas/schema-writer.js';
import { lockSubjects } from '../schemas/subject-states.js';
import { type Transaction, Transactions } from '../transactions.js';
import { SettingStore } from './setting-store.js';
import { changed, type Config, type ConfigChange, type Mode, type Setting } from './settings.js';

interface Act {
  by: string;
  at: Date;
}

/** Changes settings, each change with its evidence. */
@Injectable()
export class SettingService {
  constructor(
    private readonly store: SettingStore,
    private readonly transactions: Transactions,
  ) {}

  async changeConfig(subject: QualifiedSubject, change: ConfigChange, act: Act): Promise<void> {
    await this.change(subject, act, (setting) => ({
      ...setting,
      config: changed(setting.config ?? {}, change),
    }));
  }

  /** @returns what was set, if anything */
  async dropConfig(subject: QualifiedSubject, act: Act): Promise<Config | undefined> {
    return (await this.change(subject, act, ({ config: _, ...rest }) => rest)).config;
  }

  /**
   * @param mode undefined takes back what was set
   * @throws ConfluentError 42205 for import mode over schemas that are there
   */
  async setMode(
    subject: QualifiedSubject,
    mode: Mode | undefined,
    { force, ...act }: Act & { force: boolean },
  ): Promise<void> {
    if (mode === 'FORWARD' && subject.subject !== '')
      throw ConfluentError.notPermitted('Forward mode only supported on global level');
    await this.change(subject, act, async ({ mode: _, ...setting }, { client }) => {
      if (mode === undefined) return setting;
      if (isImport(mode) && !force) {
        const { mode: current } = await this.store.inScope(subject, client);
        const { rowCount } = await client.query(
          `select from subject_version where context = $1 and ($2 = '' or subject = $2) and not deleted limit 1`,
          [subject.context, subject.subject],
        );
        if (!isImport(current) && rowCount! > 0)
          throw ConfluentError.notPermitted('Cannot import since found existing subjects');
      }
      return { ...setting, mode };
    });
  }

  /**
   * @param options.recursive those of all subjects of a context as well
   * @returns what was set, and whether anything was
   */
  async dropMode(
    subject: QualifiedSubject,
    { recursive, ...act }: Act & { recursive: boolean },
  ): Promise<{ mode?: Mode; dropped: boolean }> {
    let dropped = false;
    const { mode } = await this.change(subject, act, async ({ mode: former, ...rest }, transaction) => {
      dropped = former !== undefined;
      if (recursive && subject.subject === '') {
        for (const { name, config } of await dropModesWithin(transaction.client, subject.context)) {
          dropped = true;
          const other = parseSubject(name);
          if (other.subject !== '') attest(transaction, other, config ? { config } : {}, act.by);
        }
      }
      return rest;
    });
    return { dropped, ...(mode ? { mode } : {}) };
  }

  private async change(
    subject: QualifiedSubject,
    { by, at }: Act,
    next: (setting: Setting, transaction: Transaction) => Setting | Promise<Setting>,
  ): Promise<Setting> {
    return this.transactions.run(at, async (transaction) => {
      await lockSubjects(transaction.client, [subject]);
      const former = await this.store.setting(subject, transaction.client);
      const setting = await next(former, transaction);
      await this.store.put(transaction.client, subject, setting);
      attest(transaction, subject, setting, by);
      return former;
    });
  }
}

/** The evidence of what is set now. */
function attest(transaction: Transaction, subject: QualifiedSubject, setting: Setting, by: string): void {
  transaction.attest('RegistrySettingChanged', subjectUrn(subject), { ...evidenceOf(subject, setting), by });
}

/** What evidence says of a setting: metadata and rules may be large, so their digest stands for the whole. */
function evidenceOf(subject: QualifiedSubject, { config, mode }: Setting): object {
  const name = qualifiedName(subject);
  const { compatibilityLevel, compatibilityPolicy, semanticPolicy, compatibilityGroup, alias } = config ?? {};
  const told = { compatibilityLevel, compatibilityPolicy, semanticPolicy, compatibilityGroup, alias };
  return {
    ...(name === '' ? {} : { subject: name }),
    ...(mode ? { mode } : {}),
    ...(config ? { config: told, digest: schemaSha256(JSON.stringify(config)) } : {}),
  };
}

async function dropModesWithin(
  client: Transaction['client'],
  context: string,
): Promise<{ name: string; config: Config | null }[]> {
  const isDefault = context === DEFAULT_CONTEXT;
  const { rows } = await client.query<{ name: string; config: Config | null }>(
    // in the order in which all take them that change several
    `update setting set mode = null where name in (
       select name from setting
        where mode is not null and ${isDefault ? `not starts_with(name, ':.')` : 'starts_with(name, $1)'}
        order by name for update)
     returning name, config`,
    isDefault ? [] : [qualifiedName({ context, subject: '' })],
  );
  await client.query(`delete from setting where mode is null and config is null`);
  return rows;
}
