import { parseTopic } from '#contracts';
import type { RegistryAccess, RegistryCaller } from '../access/registry-access.js';
import { type Association, type AssociationType, type Resource, TOPIC } from '../associations/association.js';
import {
  type AssociationRequest,
  object,
  parseAssociationRequest,
  parseLifecycle,
  PropertyError,
} from '../associations/association-request.js';
import type { AssociationService, Put } from '../associations/association.service.js';
import type { AssociationFilter, AssociationStore } from '../associations/association-store.js';
import { contextName, DEFAULT_CONTEXT, qualifiedName } from '../schemas/qualified-subject.js';
import type { SettingStore } from '../settings/setting-store.js';
import { versionAnswer, wantsMore } from './answers.js';
import { ConfluentError } from './confluent-error.js';
import { isTrue, one, parsePage, parseSchemaRequest, type Query } from './requests.js';
import type { Call } from './route.js';

/** What routes of associations do, alone and in batches: rights, reading and answering. */
export class AssociationCalls {
  constructor(
    readonly store: AssociationStore,
    private readonly service: AssociationService,
    private readonly settings: SettingStore,
    private readonly access: RegistryAccess,
  ) {}

  /** Subjects are known only once the body is read, and nobody unknown has it read. */
  async authenticated({ request }: Pick<Call, 'request'>): Promise<RegistryCaller> {
    return this.access.authenticate(request);
  }

  async put(
    { request, at, query }: Call,
    caller: RegistryCaller,
    body: unknown,
    createOnly: boolean,
  ): Promise<object> {
    const dryRun = isTrue(query['dryRun']);
    const context = contextOf(query);
    return refusingAssociation(async () => {
      const wanted = await this.followed(
        parseAssociationRequest(body, { context, dryRun, parseSchema: parseSchemaOf }),
      );
      for (const { subject, schema, type } of wanted.associations) {
        await this.access.require(request, { action: 'write', subject });
        await this.requireTopic(request, wanted.resource, type);
        if (schema?.id !== undefined) await this.access.require(request, { action: 'admin' });
      }
      const act = { createOnly, by: caller.system, at };
      if (dryRun) {
        await this.service.rehearse(wanted, act);
        return resourceAnswer(wanted.resource);
      }
      const puts = await this.service.put(wanted, act);
      return {
        ...resourceAnswer(wanted.resource),
        associations: puts.map((item) => putAnswer(item, request)),
      };
    });
  }

  /** @throws ConfluentError 40410 when there is nothing of the kind */
  async delete(
    { request, at, query }: Call,
    caller: RegistryCaller,
    { resourceId, filter, cascade }: { resourceId: string; filter: AssociationFilter; cascade: boolean },
  ): Promise<void> {
    const found = await this.store.ofResourceId(resourceId, filter);
    if (found.length === 0) throw ConfluentError.associationNotFound(resourceId);
    for (const { subject } of found) await this.access.require(request, { action: 'delete', subject });
    const dryRun = isTrue(query['dryRun']);
    await this.service.delete(found, { cascade, dryRun, by: caller.system, at });
  }

  readable(found: readonly Association[], caller: RegistryCaller): Association[] {
    return found.filter(({ subject }) => this.access.reads(caller, subject));
  }

  /** What a topic of the bus is like is for its owner to say, whatever cluster the request speaks of. */
  private async requireTopic(request: Call['request'], { name }: Resource, type: AssociationType) {
    if (!parseTopic(name)) return;
    const subject = { context: DEFAULT_CONTEXT, subject: `${name}-${type}` };
    await this.access.require(request, { action: 'write', subject });
  }

  private async followed(request: AssociationRequest): Promise<AssociationRequest> {
    const associations = [];
    for (const info of request.associations)
      associations.push({ ...info, subject: await this.settings.resolveAlias(info.subject) });
    return { ...request, associations };
  }
}

/** What query parameters ask for. @throws ConfluentError 42212 */
export function filterOf(query: Query): AssociationFilter {
  return {
    resourceType: one(query['resourceType']) || TOPIC,
    types: [query['associationType'] ?? []].flat(),
    lifecycle: refusingProperty(() => parseLifecycle(one(query['lifecycle']))),
    page: parsePage(query),
  };
}

export function associationAnswer({ guid, subject, resource, type, lifecycle, frozen }: Association): object {
  return {
    ...{ subject: qualifiedName(subject), guid, ...resourceAnswer(resource) },
    ...{ associationType: type, lifecycle, frozen },
  };
}

export function resourceAnswer({ name, namespace, id, type }: AssociationRequest['resource']): object {
  return {
    ...{ resourceName: name, resourceNamespace: namespace },
    ...(id === undefined ? {} : { resourceId: id }),
    resourceType: type,
  };
}

export function infoAnswer({ subject, type, lifecycle, frozen }: Association): object {
  return { subject: qualifiedName(subject), associationType: type, lifecycle, frozen };
}

function putAnswer({ association, schema }: Put, request: Call['request']): object {
  if (!schema) return infoAnswer(association);
  return { ...infoAnswer(association), schema: versionAnswer(schema, { more: wantsMore(request) }) };
}

function parseSchemaOf(body: unknown, normalize: boolean) {
  return parseSchemaRequest(object(body, 'schema'), { normalize: String(normalize) });
}

/** `context=:.name:`, as the clients write it. */
function contextOf(query: Query): string {
  const given = one(query['context']) ?? '';
  if (given === '') return DEFAULT_CONTEXT;
  const name = contextName(given);
  if (name === undefined) throw ConfluentError.invalidAssociation('context', 'not a name of a context');
  return name;
}

export function refusingProperty<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw refused(error);
  }
}

export async function refusingAssociation<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown): unknown {
  return error instanceof PropertyError
    ? ConfluentError.invalidAssociation(error.property, error.reason)
    : error;
}
