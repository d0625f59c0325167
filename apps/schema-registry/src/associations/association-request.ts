import { record, ShapeError, text } from '../schemas/metadata.js';
import { parseSubject, type QualifiedSubject, withinContext } from '../schemas/qualified-subject.js';
import type { SchemaRequest } from '../schemas/registration-decision.js';
import {
  ASSOCIATION_TYPES,
  type AssociationType,
  type Lifecycle,
  LIFECYCLES,
  type Resource,
  TOPIC,
} from './association.js';

/** An association as asked for; what is not said is `undefined`. */
export interface AssociationInfo {
  subject: QualifiedSubject;
  type: AssociationType;
  lifecycle: Lifecycle | undefined;
  frozen: boolean | undefined;
  schema: SchemaRequest | undefined;
}

export interface AssociationRequest {
  resource: Resource;
  associations: AssociationInfo[];
}

/** Where and how a request is read. */
export interface Reading {
  /** of subjects that name none */
  context: string;
  /** Nothing is written, so the resource may have no id yet. */
  dryRun: boolean;
  /** Reads the body of a registration. */
  parseSchema: (body: unknown, normalize: boolean) => SchemaRequest;
}

/** A property of an association is wrong: error code 42212. */
export class PropertyError extends Error {
  constructor(
    readonly property: string,
    readonly reason: string,
  ) {
    super(`${property}: ${reason}`);
  }
}

// Names of topics have full stops.
const NAME = /^[\p{L}\p{N}_.-]+$/u;
const LONGEST = 256;
const EMPTY = 'cannot be null or empty';

/** @throws PropertyError */
export function parseAssociationRequest(body: unknown, reading: Reading): AssociationRequest {
  const members = object(body, 'request');
  const resource = parseResource(members, reading);
  const associations: AssociationInfo[] = [];
  for (const item of list(members['associations'], 'associations')) {
    const info = parseInfo(object(item, 'associations'), resource, reading);
    // There are two types, so this bounds the list as well.
    if (associations.some(({ type }) => type === info.type))
      throw new PropertyError('associationType', `Duplicate association type: ${info.type}`);
    associations.push(info);
  }
  const [first, second] = associations.filter(({ frozen }) => frozen !== undefined);
  if (first && second && first.frozen !== second.frozen)
    throw new PropertyError(
      'frozen',
      'all associations for a resource must be consistently frozen or non-frozen',
    );
  return { resource, associations };
}

/** @throws PropertyError */
export function parseResource(members: Record<string, unknown>, { dryRun }: { dryRun: boolean }): Resource {
  const id = optionalText(members['resourceId'], 'resourceId');
  if (id === undefined && !dryRun) throw new PropertyError('resourceId', EMPTY);
  return {
    name: name(members['resourceName'], 'resourceName'),
    namespace: name(members['resourceNamespace'], 'resourceNamespace'),
    id,
    type: parseResourceType(members['resourceType']),
  };
}

export function parseResourceType(value: unknown): string {
  const type = optionalText(value, 'resourceType') ?? TOPIC;
  if (type !== TOPIC) throw new PropertyError('resourceType', `must be '${TOPIC}'`);
  return type;
}

export function parseAssociationType(value: unknown): AssociationType {
  const given = optionalText(value, 'associationType') ?? 'value';
  const type = ASSOCIATION_TYPES.find((item) => item === given);
  if (type === undefined) throw new PropertyError('associationType', "must be either 'key' or 'value'");
  return type;
}

export function parseLifecycle(value: unknown): Lifecycle | undefined {
  const given = optionalText(value, 'lifecycle');
  const lifecycle = LIFECYCLES.find((item) => item === given);
  if (given !== undefined && lifecycle === undefined)
    throw new PropertyError('lifecycle', 'must be either STRONG or WEAK');
  return lifecycle;
}

function parseInfo(
  members: Record<string, unknown>,
  resource: Resource,
  { context, parseSchema }: Reading,
): AssociationInfo {
  const type = parseAssociationType(members['associationType']);
  const lifecycle = parseLifecycle(members['lifecycle']);
  const named = optionalText(members['subject'], 'subject');
  // A subject of its own is the topic's for good.
  const frozen = flag(members['frozen'], 'frozen') ?? (named === undefined ? true : undefined);
  if (named === undefined && !frozen)
    throw new PropertyError('subject', 'must be provided for non-frozen associations');
  if (lifecycle === 'WEAK' && frozen)
    throw new PropertyError('frozen', 'association with lifecycle of WEAK cannot be frozen');
  const normalize = flag(members['normalize'], 'normalize') ?? false;
  return {
    subject:
      named === undefined
        ? parseSubject(`:.${resource.namespace}:${resource.name}-${type}`)
        : withinContext(context, named),
    type,
    lifecycle: lifecycle ?? (frozen ? 'STRONG' : undefined),
    frozen,
    schema: isAbsent(members['schema']) ? undefined : parseSchema(members['schema'], normalize),
  };
}

export function object(value: unknown, property: string): Record<string, unknown> {
  return refusing(property, () => record(value, property));
}

export function list(value: unknown, property: string): unknown[] {
  if (isAbsent(value) || (Array.isArray(value) && value.length === 0))
    throw new PropertyError(property, EMPTY);
  if (!Array.isArray(value)) throw new PropertyError(property, 'must be an array');
  return value as unknown[];
}

function name(value: unknown, property: string): string {
  const given = optionalText(value, property);
  if (given === undefined) throw new PropertyError(property, EMPTY);
  if (!NAME.test(given)) throw new PropertyError(property, 'illegal character');
  return given;
}

function optionalText(value: unknown, property: string): string | undefined {
  if (isAbsent(value) || value === '') return undefined;
  const given = refusing(property, () => text(value, property));
  if (given.length > LONGEST) throw new PropertyError(property, `exceeds max length of ${LONGEST}`);
  return given;
}

function flag(value: unknown, property: string): boolean | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw new PropertyError(property, 'must be true or false');
  return value;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function refusing<T>(property: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ShapeError) throw new PropertyError(property, error.message);
    throw error;
  }
}
