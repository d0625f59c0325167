import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from 'pg';
import { canonicalText, schemaSha256 } from '#contracts';
import { WaslError } from '#protocol';
import { ConfluentError } from '../confluent/confluent-error.js';
import { parseSchemaRequest } from '../confluent/requests.js';
import { ReferenceResolver } from '../schemas/references.js';
import { RegistrationService } from '../schemas/registration.service.js';
import type { Registered } from '../schemas/schema-rows.js';
import type { SchemaRequest } from '../schemas/registration-decision.js';
import { SchemaCheck } from '../schemas/schema-check.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { type Phase, VersionAnnouncer } from '../schemas/version-announcer.js';
import { DEFAULT_CONTEXT } from '../schemas/qualified-subject.js';
import { subjectOf } from '../topics.js';
import type { Transaction } from '../transactions.js';
import type { VersionChoice } from '../schemas/version-number.js';

/** A content as sent for registration: text, references, metadata and rule set. */
export interface SchemaContent {
  request: SchemaRequest & { text: string };
  /** JSON text of the request, to be kept and given back to `parse` */
  json: string;
  /** base64url SHA-256 of `json`, canonical */
  digest: string;
}

export type RegisteredVersion = Omit<Registered, 'added'>;

const ALL = { offset: 0, limit: 1_000_000 };
const MEMBERS = ['schemaType', 'schema', 'references', 'metadata', 'ruleSet'];

/** All that the lifecycle of contracts asks of the registration of schemas. */
@Injectable()
export class SchemaGateway {
  constructor(
    private readonly store: SchemaStore,
    private readonly references: ReferenceResolver,
    private readonly check: SchemaCheck,
    private readonly registration: RegistrationService,
    private readonly announcer: VersionAnnouncer,
  ) {}

  /** A content that could be registered for a topic now. @throws WaslError `invalid-schema` */
  async contentOf(topic: string, body: Record<string, unknown>): Promise<SchemaContent> {
    const given = Object.fromEntries(
      MEMBERS.filter((name) => Object.hasOwn(body, name)).map((name) => [name, body[name]]),
    );
    return translated(async () => {
      const parsed = parseSchemaRequest({ schemaType: 'JSON', ...given }, {});
      const { text } = parsed;
      if (text === undefined) throw ConfluentError.invalidSchema('Empty schema');
      const { references, texts } = await this.references.resolve(DEFAULT_CONTEXT, parsed.references);
      await this.check.assertRegistrable(subjectOf(topic), { text, references: texts });
      // References to `latest` are those of now: what is reviewed is what is registered.
      const content = { schemaType: 'JSON', ...given, schema: text };
      const json = canonicalText(
        JSON.stringify(references.length > 0 ? { ...content, references } : content),
      );
      return { request: { ...parsed, text, references }, json, digest: schemaSha256(json) };
    });
  }

  parse(topic: string, json: string): Promise<SchemaContent> {
    return this.contentOf(topic, JSON.parse(json) as Record<string, unknown>);
  }

  /**
   * Registers a content as the newest version of a topic; one that an older version has gets a new number.
   * @throws WaslError `invalid-schema`, `breaking-change`
   */
  register(
    transaction: Transaction,
    topic: string,
    { request }: SchemaContent,
    by: string,
  ): Promise<RegisteredVersion> {
    const registration = { subject: subjectOf(topic), request, by, force: false };
    return translated(() => this.registration.registerWithin(transaction, registration, { again: true }));
  }

  /** Makes the very content of a version the newest one, compatible or not: it is a way back. */
  restore(transaction: Transaction, version: RegisteredVersion, by: string): Promise<Registered> {
    return translated(() => this.registration.restoreWithin(transaction, version, by));
  }

  /** @param client of a transaction under way: a second connection could be waited for for ever */
  async version(
    topic: string,
    version: VersionChoice,
    client?: PoolClient,
  ): Promise<RegisteredVersion | undefined> {
    return this.store.version(subjectOf(topic), version, 'no', client);
  }

  /** Numbers of the versions of a topic, in order. */
  async versions(topic: string, client?: PoolClient): Promise<number[]> {
    return (await this.store.versions(subjectOf(topic), 'no', ALL, client)).map(({ version }) => version);
  }

  /** Number that the next version of a topic gets: numbers of deleted versions are not given again. */
  async nextNumber(topic: string): Promise<number> {
    const all = await this.store.versions(subjectOf(topic), 'too', ALL);
    return (all.at(-1)?.version ?? 0) + 1;
  }

  /** Whether a registration of `content` would come to `version`. */
  isContentOf(
    { text, references, metadata, ruleSet }: RegisteredVersion,
    { request }: SchemaContent,
  ): boolean {
    return (
      text === request.text &&
      isDeepStrictEqual(references, request.references) &&
      (request.metadata === undefined || isDeepStrictEqual(metadata, request.metadata)) &&
      (request.ruleSet === undefined || isDeepStrictEqual(ruleSet, request.ruleSet))
    );
  }

  /** Tells the other services where a version stands now. */
  announce(transaction: Transaction, version: RegisteredVersion, phase: Phase): Promise<void> {
    return this.announcer.announce(transaction, version, phase);
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfluentError)) throw error;
    // Confluent's codes 422xx are about the schema, 409 about its compatibility.
    if (error.status === 409) throw new WaslError('breaking-change', error.message, { cause: error });
    throw error.status === 422 ? new WaslError('invalid-schema', error.message, { cause: error }) : error;
  }
}
