import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { WaslError } from '#protocol';
import { ConfluentError } from '../confluent/confluent-error.js';
import { topicOfSubject } from '../topics.js';
import { type Transaction, Transactions } from '../transactions.js';
import { SettingStore } from '../settings/setting-store.js';
import { inScope, scopeOf, type Setting } from '../settings/settings.js';
import { CompatibilityService } from './compatibility.service.js';
import { assertFieldNames } from './field-names.js';
import { DEFAULT_CONTEXT, qualifiedName, type QualifiedSubject, withinContext } from './qualified-subject.js';
import { KnownContents } from './known-contents.js';
import { ReferenceResolver } from './references.js';
import {
  contentOf,
  decide,
  isImport,
  isReadOnly,
  refuse,
  type SchemaRequest,
  type SubjectState,
  versionProperty,
} from './registration-decision.js';
import { SchemaCheck } from './schema-check.js';
import { SchemaStore } from './schema-store.js';
import { type NewVersion, subjectUrn, writeVersions } from './schema-writer.js';
import type { Registered, StoredVersion } from './schema-rows.js';
import { SubjectBatcher } from './subject-batcher.js';
import { lockSubjects, readCandidates, readStates } from './subject-states.js';
import { VersionAnnouncer } from './version-announcer.js';

export interface Registration {
  subject: QualifiedSubject;
  request: SchemaRequest;
  /** system or account that registers */
  by: string;
  /** no compatibility check: an administrator's right */
  force: boolean;
}

interface Waiting extends Registration {
  at: Date;
  settle: { resolve: (registered: Registered) => void; reject: (error: unknown) => void };
}

const SLOW_LIMITS = { records: 1, bytes: 4 << 20, lingerMs: 0, inFlight: 2, pending: 200 };
const LIMITS = { records: 64, bytes: 4 << 20, lingerMs: 2, inFlight: 3, pending: 1_000 };

/** Registers contents under subjects: idempotent, in batches, and safe with any number of instances. */
@Injectable()
export class RegistrationService {
  private readonly fresh = new SubjectBatcher<Waiting>(LIMITS, (batch) => this.registerAll(batch, true));
  /** One by one, so that whoever takes seconds to check holds up nobody else. */
  private readonly slow = new SubjectBatcher<Waiting>(SLOW_LIMITS, (batch) => this.registerAll(batch, false));

  constructor(
    private readonly known: KnownContents,
    private readonly store: SchemaStore,
    private readonly settings: SettingStore,
    private readonly references: ReferenceResolver,
    private readonly check: SchemaCheck,
    private readonly compatibility: CompatibilityService,
    private readonly announcer: VersionAnnouncer,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws ConfluentError 409/40901, 42201, 42205, 42209; what is wrong with a schema is named
   * @throws WaslError too-many-requests when too many registrations wait
   */
  async register(registration: Registration, at: Date): Promise<Registered> {
    const { subject } = registration;
    const { id, version } = registration.request;
    // What asks for nothing out of the ordinary may well be known: one look, without a transaction.
    if (isPlain(registration.request) && version === 0 && id === undefined) {
      const known = await this.known.find(subject, registration.request.text!);
      if (known) return known;
    }
    return new Promise((resolve, reject) => {
      const waiting = { ...registration, at, settle: { resolve, reject } };
      // What the gateway will run is compiled first, which may take a while.
      this.enqueue(isOfTopic(registration.subject) ? this.slow : this.fresh, waiting);
    });
  }

  private enqueue(batcher: SubjectBatcher<Waiting>, waiting: Waiting): void {
    if (batcher.add(waiting, waiting.request.text?.length ?? 0)) return;
    waiting.settle.reject(
      new WaslError('too-many-requests', 'too many registrations are waiting', { retryAfterSeconds: 1 }),
    );
  }

  /** The same inside a transaction under way; the caller says what is to be registered again under a new number. */
  async registerWithin(
    transaction: Transaction,
    registration: Registration,
    { again = false }: { again?: boolean } = {},
  ): Promise<Registered> {
    const request = await this.prepared(registration, transaction.client);
    await this.lock(transaction, [{ ...registration, request }]);
    const states = await readStates(transaction.client, this.settings, [registration.subject]);
    const state = states.get(qualifiedName(registration.subject))!;
    if (!again) await readCandidates(transaction.client, this.store, [{ request, state }]);
    const outcome = await this.outcome(transaction, { ...registration, request }, state);
    if ('known' in outcome) return outcome.known;
    const [registered] = await this.write(transaction, [{ ...outcome.add, by: registration.by }]);
    return registered!;
  }

  /**
   * Makes a version's content the newest of its subject again, with its id and nothing inherited; none is added if it
   * is the newest already. It is not compared: it is the way back. @throws ConfluentError 42205
   */
  async restoreWithin(
    transaction: Transaction,
    version: Omit<Registered, 'added'>,
    by: string,
  ): Promise<Registered> {
    const { context, subject: name, text, references, metadata, ruleSet, guid, sha256, id } = version;
    const subject = { context, subject: name };
    const content = contentOf(text, references, metadata, ruleSet);
    const targets = references.map((reference) => withinContext(context, reference.subject));
    await lockSubjects(transaction.client, [subject, ...targets]);
    const state = (await readStates(transaction.client, this.settings, [subject])).get(
      qualifiedName(subject),
    )!;
    if (state.latest?.id === id) return { ...state.latest, added: false };
    if (isReadOnly(state.mode)) refuse(state, 'in read-only mode');
    await this.references.resolve(context, references, { client: transaction.client, deleted: 'no' });
    const identity = { guid, sha256 };
    const [added] = await this.write(transaction, [
      { subject, version: state.last + 1, content, identity, id, by },
    ]);
    return added!;
  }

  private async registerAll(batch: Waiting[], divides: boolean): Promise<void> {
    const prepared = batch.map(async (waiting): Promise<Waiting[]> => {
      try {
        const known = await this.knownWithReferences(waiting);
        if (!known) return [{ ...waiting, request: await this.prepared(waiting) }];
        waiting.settle.resolve({ ...known, added: false });
      } catch (error) {
        waiting.settle.reject(error);
      }
      return [];
    });
    const ready = (await Promise.all(prepared)).flat();
    const { judged, others } = divides ? await this.divided(ready) : { judged: [], others: ready };
    for (const waiting of judged) this.enqueue(this.slow, waiting);
    if (others.length > 0) await this.commitAll(others);
  }

  /** Those whose settings ask for the verdict by meaning, which may take seconds. */
  private async divided(batch: Waiting[]): Promise<{ judged: Waiting[]; others: Waiting[] }> {
    const names = new Set(batch.flatMap(({ subject }) => scopeOf(subject)));
    const settings = await this.settings.settings([...names]).catch(() => new Map<string, Setting>());
    const isJudged = ({ subject }: Waiting) => {
      const { semanticPolicy = 'OFF' } = inScope(scopeOf(subject).map((name) => settings.get(name)));
      return semanticPolicy !== 'OFF';
    };
    return { judged: batch.filter(isJudged), others: batch.filter((waiting) => !isJudged(waiting)) };
  }

  private async commitAll(batch: Waiting[]): Promise<void> {
    try {
      await this.commit(batch);
    } catch (error) {
      // One that the database refuses must not take the others down with it; without a database all of them fail.
      if (batch.length > 1 && isOfOneItem(error))
        for (const waiting of batch) await this.commitAll([waiting]);
      else for (const { settle } of batch) settle.reject(error);
    }
  }

  private async commit(batch: Waiting[]): Promise<void> {
    const settled: (() => void)[] = [];
    await this.transactions.run(batch[0]!.at, async (transaction) => {
      await this.lock(transaction, batch);
      const subjects = batch.map(({ subject }) => subject);
      const states = await readStates(transaction.client, this.settings, subjects);
      const added: { waiting: Waiting; version: NewVersion }[] = [];
      const stateOf = ({ subject }: Waiting) => states.get(qualifiedName(subject))!;
      const asked = batch.map((waiting) => ({ request: waiting.request, state: stateOf(waiting) }));
      await readCandidates(transaction.client, this.store, asked);
      for (const waiting of batch) {
        const state = stateOf(waiting);
        try {
          // What was added before it in this batch may have changed what it inherits.
          if (state.pending.length > 0)
            await readCandidates(transaction.client, this.store, [{ request: waiting.request, state }]);
          const outcome = await this.outcome(transaction, waiting, state);
          if ('known' in outcome) settled.push(() => waiting.settle.resolve(withId(outcome.known, state)));
          else {
            added.push({ waiting, version: { ...outcome.add, by: waiting.by } });
            anticipate(state, outcome.add);
          }
        } catch (error) {
          settled.push(() => waiting.settle.reject(error));
        }
      }
      const versions = await this.write(
        transaction,
        added.map(({ version }) => version),
      );
      versions.forEach((version, index) => {
        const state = states.get(qualifiedName(version))!;
        state.versions.find((item) => item.version === version.version)!.id = version.id;
        settled.push(() => added[index]!.waiting.settle.resolve(version));
      });
    });
    for (const settle of settled) settle();
  }

  /** A schema that refers to others may be sent without saying to which, once it is registered. */
  private async knownWithReferences({ subject, request }: Registration): Promise<StoredVersion | undefined> {
    const { text, references, version, id } = request;
    if (references.length > 0 || version > 0 || id !== undefined || !text?.includes('"$ref"'))
      return undefined;
    return this.store.versionWithReferences(subject, text, 'no');
  }

  /** Checks what needs no lock, and finds what the schema refers to. */
  private async prepared({ subject, request }: Registration, client?: PoolClient): Promise<SchemaRequest> {
    const { references, texts } = await this.references.resolve(subject.context, request.references, {
      deleted: 'no',
      ...(client ? { client } : {}),
    });
    if (request.text !== undefined)
      await this.check.assertRegistrable(subject, { text: request.text, references: texts });
    return { ...request, references };
  }

  private lock({ client }: Transaction, registrations: readonly Registration[]): Promise<void> {
    return lockSubjects(
      client,
      registrations.flatMap(({ subject, request }) => [
        subject,
        ...request.references.map((reference) => withinContext(subject.context, reference.subject)),
      ]),
    );
  }

  private async outcome(
    { client }: Transaction,
    { subject, request, force }: Registration,
    state: SubjectState,
  ): Promise<{ known: Registered } | { add: Omit<NewVersion, 'by'> }> {
    // Under the lock what it refers to can't be deleted any more.
    await this.references.resolve(subject.context, request.references, { client, deleted: 'no' });
    const decision = decide(request, state);
    if ('known' in decision) {
      const { content, ...known } = decision.known;
      return { known: { ...subject, ...content, ...known, added: false } };
    }
    const { content, identity, version } = decision;
    if (state.config.validateFields) assertFieldNames(content.text);
    const isCompared = !force && !isImport(state.mode) && state.latest;
    const semantic = isCompared
      ? await this.compatibility.assertCompatible(subject, content, state, client)
      : undefined;
    return {
      add: { subject, version, content, identity, id: request.id, ...(semantic ? { semantic } : {}) },
    };
  }

  private async write(transaction: Transaction, versions: NewVersion[]): Promise<Registered[]> {
    if (versions.length === 0) return [];
    const ids = await writeVersions(transaction.client, versions, transaction.at);
    const registered: Registered[] = [];
    for (const [index, { subject, version, content, identity, by, semantic }] of versions.entries()) {
      const id = ids[index]!;
      await this.announcer.announce(
        transaction,
        { ...subject, ...content, ...identity, version, id },
        { status: 'active', since: transaction.at.toISOString() },
      );
      const { guid, sha256 } = identity;
      const body = { subject: qualifiedName(subject), version, id, guid, schema: sha256, by };
      transaction.attest('ContractVersionRegistered', subjectUrn(subject), body);
      const named = { ...subject, ...content, ...identity, version, id, added: true };
      registered.push(semantic ? { ...named, semantic } : named);
    }
    return registered;
  }
}

function isOfTopic({ context, subject }: QualifiedSubject): boolean {
  return context === DEFAULT_CONTEXT && topicOfSubject(subject) !== undefined;
}

/** Whether one registration may be the cause: data, constraints and conflicts (SQLSTATE 22, 23, 40, 54), or a refusal. */
function isOfOneItem(error: unknown): boolean {
  if (error instanceof ConfluentError || error instanceof WaslError) return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(?:22|23|40|54)/.test(code);
}

function isPlain({ text, references, metadata, ruleSet, normalize }: SchemaRequest): boolean {
  return text !== undefined && references.length === 0 && !metadata && !ruleSet && !normalize;
}

/** The state as the next registration of the same batch finds it; the id is not known yet, nor needed. */
function anticipate(
  state: SubjectState,
  { subject, version, content, identity, id }: Omit<NewVersion, 'by'>,
): void {
  const carriesNumber = versionProperty(content) !== undefined;
  const added = { version, id: id ?? 0, carriesNumber, ...identity };
  state.last = Math.max(state.last, version);
  state.versions = [...state.versions.filter((other) => other.version !== version), added].sort(
    (a, b) => a.version - b.version,
  );
  state.latest = { ...subject, ...content, ...added, deleted: false, registeredAt: new Date(0) };
  state.pending.push(state.latest);
}

/** What is known from the same batch got its id when the batch was written. */
function withId(known: Registered, { versions }: SubjectState): Registered {
  return { ...known, id: versions.find(({ version }) => version === known.version)!.id };
}
