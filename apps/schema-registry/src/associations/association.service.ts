import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EventName } from '#service';
import { ConfluentError } from '../confluent/confluent-error.js';
import { CompatibilityCheck } from '../schemas/compatibility-check.js';
import { normalized } from '../schemas/content.js';
import { DeletionService } from '../schemas/deletion.service.js';
import {
  isValidSubject,
  qualifiedName,
  type QualifiedSubject,
  withinContext,
} from '../schemas/qualified-subject.js';
import { isReadOnly } from '../schemas/registration-decision.js';
import { RegistrationService } from '../schemas/registration.service.js';
import type { Registered } from '../schemas/schema-rows.js';
import { SchemaCache } from '../schemas/schema-cache.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { ensureContexts, lockContents, subjectUrn } from '../schemas/schema-writer.js';
import { lockSubjects } from '../schemas/subject-states.js';
import { SettingStore } from '../settings/setting-store.js';
import { type Transaction, Transactions } from '../transactions.js';
import type { Association, Resource } from './association.js';
import { decideAssociation } from './association-decision.js';
import { type AssociationInfo, type AssociationRequest, PropertyError } from './association-request.js';
import { AssociationStore, lockResource } from './association-store.js';

export interface Act {
  /** what is there already may only be asked for again */
  createOnly: boolean;
  by: string;
  at: Date;
}

/** An association that was put, with the version of its schema if one came along. */
export interface Put {
  association: Association;
  schema: Registered | undefined;
}

/** Associates subjects with resources; a schema that comes along is registered in the same transaction. */
@Injectable()
export class AssociationService {
  constructor(
    private readonly associations: AssociationStore,
    private readonly schemas: SchemaStore,
    private readonly settings: SettingStore,
    private readonly registration: RegistrationService,
    private readonly check: CompatibilityCheck,
    private readonly deletion: DeletionService,
    private readonly cache: SchemaCache,
    private readonly transactions: Transactions,
  ) {}

  /** @throws ConfluentError 40901 to 40908, 42201, 42205, 42208, 42209; PropertyError */
  async put({ resource, associations }: AssociationRequest, act: Act): Promise<Put[]> {
    return this.transactions.run(act.at, async (transaction) => {
      await this.lock(transaction, resource, associations);
      await this.lockContents(transaction, associations, act.at);
      const puts: Put[] = [];
      for (const info of associations) {
        const { association, change } = await this.decided(transaction, resource, info, act, []);
        const schema = await this.schemaOf(transaction, association, info.schema, act, change);
        if (change !== 'none') {
          await this.associations.put(transaction.client, association, act);
          attest(
            transaction,
            change === 'created' ? 'AssociationCreated' : 'AssociationChanged',
            association,
            act.by,
          );
        }
        puts.push({ association, schema });
      }
      return puts;
    });
  }

  /** Says what would be refused, and changes nothing. @throws as `put` does */
  async rehearse({ resource, associations }: AssociationRequest, act: Act): Promise<void> {
    await this.transactions.run(act.at, async (transaction) => {
      await this.lock(transaction, resource, associations);
      const before: Association[] = [];
      for (const info of associations)
        before.push((await this.decided(transaction, resource, info, act, before)).association);
    });
    for (const { subject, schema } of associations) {
      if (!schema) continue;
      const { compatible, messages } = await this.check.verdict(subject, schema, 'all', { semantic: false });
      if (!compatible) throw ConfluentError.incompatible(qualifiedName(subject), messages);
    }
  }

  /**
   * Deletes associations of one resource, as they are once they are locked.
   * @param options.cascade subjects that are of the resource alone go with it
   * @throws ConfluentError 40908, 42205, 42206
   */
  async delete(
    found: readonly Pick<Association, 'guid' | 'resource' | 'subject'>[],
    { cascade, dryRun, by, at }: { cascade: boolean; dryRun: boolean; by: string; at: Date },
  ): Promise<void> {
    await this.transactions.run(at, async (transaction) => {
      const { client } = transaction;
      for (const { resource } of found.slice(0, 1)) await lockResource(client, resource);
      await lockSubjects(
        client,
        found.map(({ subject }) => subject),
      );
      const associations = await this.associations.withGuids(
        client,
        found.map(({ guid }) => guid),
      );
      for (const { subject, type, frozen } of associations) {
        await this.assertWritable(transaction, subject);
        if (frozen && !cascade) throw ConfluentError.associationFrozen(type, qualifiedName(subject));
      }
      if (dryRun) return;
      const strong = associations.filter(({ lifecycle }) => lifecycle === 'STRONG');
      const subjects = cascade ? strong.map(({ subject }) => subject) : [];
      await lockContents(client, await this.associations.contentsOf(client, subjects));
      await this.settings.lock(client, subjects);
      await this.associations.delete(client, associations);
      for (const association of associations) attest(transaction, 'AssociationDeleted', association, by);
      for (const subject of subjects) await this.deletion.dropWithin(transaction, subject, by);
    });
    if (cascade && !dryRun) this.cache.clear();
  }

  /** Resources first, then subjects, contents and contexts, each kind at once: so nobody waits in a circle. */
  private async lock(
    { client }: Transaction,
    resource: Resource,
    associations: readonly AssociationInfo[],
  ): Promise<void> {
    for (const { subject } of associations)
      if (!isValidSubject(subject)) throw ConfluentError.invalidSubject(qualifiedName(subject));
    await lockResource(client, resource);
    await lockSubjects(
      client,
      associations.flatMap(({ subject, schema }) => [
        subject,
        ...(schema?.references ?? []).map((reference) => withinContext(subject.context, reference.subject)),
      ]),
    );
  }

  /** All that come along at once: what a registration would lock for itself must not be locked one by one. */
  private async lockContents(
    { client }: Transaction,
    associations: readonly AssociationInfo[],
    at: Date,
  ): Promise<void> {
    const contents = [];
    for (const { subject, schema } of associations) {
      if (!schema) continue;
      const text = schema.text ?? (await this.schemas.version(subject, 'latest', 'no', client))?.text;
      const imported = schema.id !== undefined;
      if (text === undefined) continue;
      // It may be registered as it is, or normalized, as the request or the settings say.
      for (const item of new Set([text, normalized({ text, references: [] }).text]))
        contents.push({ context: subject.context, text: item, imported });
    }
    await lockContents(client, contents);
    const registered = associations.filter(({ schema }) => schema !== undefined);
    await ensureContexts(
      client,
      registered.map(({ subject }) => subject.context),
      at,
    );
  }

  /** @param before those of the same request that are not written */
  private async decided(
    transaction: Transaction,
    resource: Resource,
    info: AssociationInfo,
    act: Act,
    before: readonly Association[],
  ): Promise<{ association: Association; change: 'created' | 'changed' | 'none' }> {
    const { subject, type } = info;
    const { client } = transaction;
    await this.assertWritable(transaction, subject);
    const existing = ofSame(
      resource,
      (await this.associations.ofResource(client, resource)).filter((item) => item.type === type),
    );
    const sharing = await this.associations.sharing(client, subject);
    const others = [
      ...sharing,
      ...before.filter((item) => qualifiedName(item.subject) === qualifiedName(subject)),
    ];
    const state = {
      existing,
      others: others.filter(({ guid }) => guid !== existing?.guid),
      hasVersion: info.schema !== undefined || (await this.hasVersion(transaction, subject)),
    };
    const { change, ...decided } = decideAssociation(info, state, act);
    const guid = existing?.guid ?? randomUUID();
    return {
      association: { guid, subject, resource: { ...resource, id: resource.id ?? '' }, type, ...decided },
      change,
    };
  }

  private async hasVersion({ client }: Transaction, subject: QualifiedSubject): Promise<boolean> {
    const found = await this.schemas.version(subject, 'latest', 'no', client);
    return found?.context === subject.context;
  }

  private async assertWritable({ client }: Transaction, subject: QualifiedSubject): Promise<void> {
    const { mode } = await this.settings.inScope(subject, client);
    if (!isReadOnly(mode)) return;
    throw ConfluentError.notPermitted(
      `Subject ${qualifiedName(subject)} in context ${subject.context} is in read-only mode`,
    );
  }

  /** Who asks again to create what there is must not bring a schema that is new. */
  private async schemaOf(
    transaction: Transaction,
    { subject, type, resource }: Association,
    request: AssociationInfo['schema'],
    { createOnly, by }: Act,
    change: 'created' | 'changed' | 'none',
  ): Promise<Registered | undefined> {
    if (!request) return undefined;
    const registration = { subject, request, by, force: false };
    const registered = await this.registration.registerWithin(transaction, registration);
    if (createOnly && change === 'none' && registered.added)
      throw ConfluentError.associationOfResource(type, resource.name);
    return registered;
  }
}

/** @throws ConfluentError 40903, PropertyError where an id and a name are of different resources */
function ofSame(resource: Resource, found: readonly Association[]): Association | undefined {
  const same = found.find((item) => resource.id === undefined || item.resource.id === resource.id);
  const { name, namespace } = resource;
  if (same && (same.resource.name !== name || same.resource.namespace !== namespace))
    throw new PropertyError('resourceName', 'name of resource cannot be changed');
  const other = found.find((item) => item !== same);
  if (other) throw ConfluentError.associationOfResource(other.type, other.resource.name);
  return same;
}

function attest(
  transaction: Transaction,
  event: EventName,
  { subject, resource, type, lifecycle, frozen }: Association,
  by: string,
): void {
  const body = { subject: qualifiedName(subject), resource, type, lifecycle, frozen, by };
  transaction.attest(event, subjectUrn(subject), body);
}
