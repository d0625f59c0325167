import { ConfluentError } from '../confluent/confluent-error.js';
import { qualifiedName } from '../schemas/qualified-subject.js';
import type { Association, Lifecycle } from './association.js';
import { type AssociationInfo, PropertyError } from './association-request.js';

/** Most resources that share a subject. */
export const MOST_ASSOCIATIONS = 1_000;

/** What an association becomes. */
export interface Outcome {
  lifecycle: Lifecycle;
  frozen: boolean;
  /** nothing, when it is all that already */
  change: 'created' | 'changed' | 'none';
}

/** What matters for one association, read under its locks. */
export interface AssociationState {
  /** of the same resource and type */
  existing: Association | undefined;
  /** those of the subject but for the existing one */
  others: readonly Pick<Association, 'lifecycle'>[];
  /** whether the subject has a version, or is about to */
  hasVersion: boolean;
}

/**
 * @param how.createOnly what is there already may only be asked for again
 * @throws ConfluentError 40902, 40903, 40904, 40905, 40907, 40908; PropertyError
 */
export function decideAssociation(
  info: AssociationInfo,
  { existing, others, hasVersion }: AssociationState,
  { createOnly }: { createOnly: boolean },
): Outcome {
  const lifecycle = info.lifecycle ?? existing?.lifecycle ?? (info.schema === undefined ? 'WEAK' : 'STRONG');
  const frozen = info.frozen ?? existing?.frozen ?? false;
  const same = existing !== undefined && isSame(existing, info);
  if (existing && !same) assertChangeable(existing, info, createOnly);
  if (lifecycle === 'WEAK' && frozen)
    throw new PropertyError('frozen', 'association with lifecycle of WEAK cannot be frozen');
  const subject = qualifiedName(info.subject);
  if (!hasVersion) throw ConfluentError.noActiveVersion(subject);
  assertShareable(subject, lifecycle, others);
  return { lifecycle, frozen, change: same ? 'none' : existing ? 'changed' : 'created' };
}

function assertShareable(subject: string, lifecycle: Lifecycle, others: AssociationState['others']): void {
  if (lifecycle === 'STRONG' && others.length > 0) throw ConfluentError.associationOfSubject(subject);
  if (others.some((other) => other.lifecycle === 'STRONG'))
    throw ConfluentError.strongAssociationOfSubject(subject);
  if (others.length >= MOST_ASSOCIATIONS) throw ConfluentError.tooManyAssociations(MOST_ASSOCIATIONS);
}

function isSame(existing: Association, { subject, lifecycle, frozen }: AssociationInfo): boolean {
  return (
    qualifiedName(existing.subject) === qualifiedName(subject) &&
    (lifecycle ?? existing.lifecycle) === existing.lifecycle &&
    (frozen ?? existing.frozen) === existing.frozen
  );
}

function assertChangeable(existing: Association, info: AssociationInfo, createOnly: boolean): void {
  if (createOnly) throw ConfluentError.associationOfResource(existing.type, existing.resource.name);
  if (qualifiedName(existing.subject) !== qualifiedName(info.subject))
    throw new PropertyError('subject', 'subject of association cannot be changed');
  if (existing.frozen && info.frozen !== false)
    throw ConfluentError.associationFrozen(existing.type, qualifiedName(existing.subject));
  if (existing.lifecycle === 'WEAK' && info.frozen)
    throw new PropertyError('frozen', 'association with lifecycle of WEAK cannot be frozen');
}
