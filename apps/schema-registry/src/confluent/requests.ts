import { canonicalText, LINT_LIMITS, schemaGuid, schemaSha256 } from '#contracts';
import { ConfluentError } from './confluent-error.js';

/** A schema as sent for registration or look-up. */
export interface SchemaRequest {
  /** canonical */
  text: string;
  guid: string;
  sha256: string;
  /** undefined, or the number that the version must get */
  version: number | undefined;
}

/** Largest number of items in one answer, and the default. */
const PAGE = 1_000;

/** @throws ConfluentError 42201, 42205, 42209 */
export function parseSchemaRequest(body: unknown): SchemaRequest {
  const request = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const type = request['schemaType'] ?? 'AVRO';
  if (type !== 'JSON') {
    throw ConfluentError.invalidSchema(`schema type ${printable(type)} is not supported, only JSON is`);
  }
  if (isGiven(request['references'])) throw ConfluentError.invalidSchema('references are not supported yet');
  if (isGiven(request['metadata']) || isGiven(request['ruleSet'])) {
    throw ConfluentError.invalidSchema('metadata and rule sets are not supported yet');
  }
  if (Number.isInteger(request['id']) && (request['id'] as number) > 0) {
    throw ConfluentError.notPermitted('Subject is not in import mode');
  }
  const schema = request['schema'];
  if (typeof schema !== 'string' || schema.trim() === '') throw ConfluentError.invalidSchema('Empty schema');
  if (Buffer.byteLength(schema) > LINT_LIMITS.size) throw ConfluentError.schemaTooLarge(LINT_LIMITS.size);
  let text: string;
  try {
    text = canonicalText(schema);
  } catch {
    throw ConfluentError.invalidSchema('it is not valid JSON');
  }
  const version = Number.isInteger(request['version']) ? (request['version'] as number) : 0;
  return {
    text,
    guid: schemaGuid(text),
    sha256: schemaSha256(text),
    version: version > 0 ? version : undefined,
  };
}

/** `latest` (any case), `-1`, or a number from 1. @throws ConfluentError 42202 */
export function parseVersion(text: string): number | 'latest' {
  if (/^(?:latest|-1)$/i.test(text)) return 'latest';
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (version < 1 || version > 2 ** 31 - 1) throw ConfluentError.invalidVersion(text);
  return version;
}

/** `offset` and `limit`, as lenient as clients expect: what makes no sense is ignored. */
export function parsePage(query: Record<string, string | undefined>): { offset: number; limit: number } {
  const offset = Number(query['offset'] ?? 0);
  const limit = Number(query['limit'] ?? PAGE);
  return {
    offset: Number.isInteger(offset) && offset > 0 ? Math.min(offset, 2 ** 31 - 1) : 0,
    limit: Number.isInteger(limit) && limit > 0 && limit < PAGE ? limit : PAGE,
  };
}

function isGiven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => typeof member !== 'object' || isGiven(member));
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 32) : typeof value;
}
