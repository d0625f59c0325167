import { canonicalText, LINT_LIMITS, nestsDeeperThan } from '#contracts';
import { LRUCache } from 'lru-cache';
import type { SchemaReference } from '../schemas/content.js';
import { parseMetadata, record, ShapeError, text } from '../schemas/metadata.js';
import type { SchemaRequest } from '../schemas/registration-decision.js';
import { parseRuleSet, RuleError } from '../schemas/rule-set.js';
import type { Deleted, Page } from '../schemas/schema-store.js';
import { readVersion, type VersionChoice } from '../schemas/version-number.js';
import { WordError } from '../settings/settings.js';
import { ConfluentError } from './confluent-error.js';

export type Query = Record<string, string | string[] | undefined>;

/** Largest number of items in one answer, and the default. */
const PAGE = 1_000;
const MOST_REFERENCES = 100;

/** The body of a registration, a look-up or a compatibility check. @throws ConfluentError 42201, 42209, 42210 */
export function parseSchemaRequest(body: unknown, query: Query): SchemaRequest {
  const request = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const type = request['schemaType'] ?? 'AVRO';
  if (type !== 'JSON')
    throw ConfluentError.invalidSchema(
      `Invalid schema type ${printable(type)}: this registry holds JSON schemas, so send "schemaType": "JSON"`,
    );
  return refusing(() => ({
    text: schemaText(request['schema']),
    references: parseReferences(request['references']),
    metadata: parseMetadata(nonEmpty(request['metadata'])),
    ruleSet: parseRuleSet(nonEmpty(request['ruleSet'])),
    version: optionalNumber(request['version'], 'version') ?? 0,
    id: positive(optionalNumber(request['id'], 'id')),
    normalize: isTrue(query['normalize']),
  }));
}

/** What a member of a body is wrong about, as the error code that clients know. */
export function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RuleError) throw ConfluentError.invalidRuleSet(error.message);
    if (error instanceof ShapeError || error instanceof WordError)
      throw new ConfluentError(422, 42201, `Invalid request: ${error.message}`);
    throw error;
  }
}

/** Canonical texts by text as sent: clients register the same schema again and again. */
const canonical = new LRUCache<string, string>({
  maxSize: 8 << 20,
  sizeCalculation: (value, key) => value.length + key.length,
});

function schemaText(schema: unknown): string | undefined {
  if (schema === undefined || schema === null) return undefined;
  // Taken for nothing it would stand for the latest version, and whoever sent it would hear that all is well.
  if (typeof schema !== 'string')
    throw ConfluentError.invalidSchema('"schema" must be a string that holds the schema as JSON text');
  const given = schema;
  if (given.trim() === '') return undefined;
  if (Buffer.byteLength(given) > LINT_LIMITS.size) throw ConfluentError.schemaTooLarge(LINT_LIMITS.size);
  let found = canonical.get(given);
  if (found !== undefined) return found;
  try {
    found = canonicalText(given);
  } catch {
    throw ConfluentError.invalidSchema('it is not valid JSON');
  }
  if (nestsDeeperThan(found, LINT_LIMITS.depth))
    throw ConfluentError.invalidSchema(`it is nested deeper than ${LINT_LIMITS.depth} levels`);
  canonical.set(given, found);
  return found;
}

function parseReferences(value: unknown): SchemaReference[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MOST_REFERENCES)
    throw new ShapeError(`references must be an array of at most ${MOST_REFERENCES}`);
  return value.map((item) => {
    const { name, subject, version } = record(item, 'a reference');
    const number = wholeNumber(version);
    if (number === undefined || (number < 1 && number !== -1))
      throw new ShapeError('the version of a reference must be a number from 1, or -1 for the latest');
    return {
      name: text(name, 'the name of a reference'),
      subject: text(subject, 'its subject'),
      version: number,
    };
  });
}

/** `{}` says nothing, and clients send it for nothing. */
export function nonEmpty(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value;
}

/** A whole number of 32 bits, which clients may send as a text. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[+-]?\d{1,10}$/.test(value) ? Number(value) : value;
  const inRange = Number.isInteger(number) && Math.abs(number as number) < 2 ** 31;
  return inRange ? (number as number) : undefined;
}

/** What is asked for is done or refused, never passed over. @throws ShapeError */
export function optionalNumber(value: unknown, at: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = wholeNumber(value);
  if (number === undefined) throw new ShapeError(`${at} must be a whole number`);
  return number;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** `latest` (any case), `-1`, or a number from 1. @throws ConfluentError 42202 */
export function parseVersion(given: string): VersionChoice {
  const version = readVersion(given);
  if (version === undefined) throw ConfluentError.invalidVersion(given);
  return version;
}

/** `offset` and `limit`, as lenient as clients expect: what makes no sense is ignored. */
export function parsePage(query: Query): Page {
  const offset = Number(query['offset'] ?? 0);
  const limit = Number(query['limit'] ?? PAGE);
  return {
    offset: Number.isInteger(offset) && offset > 0 ? Math.min(offset, 2 ** 31 - 1) : 0,
    limit: Number.isInteger(limit) && limit > 0 && limit < PAGE ? limit : PAGE,
  };
}

export function isTrue(value: string | string[] | undefined): boolean {
  return typeof value === 'string' && value.toLowerCase() === 'true';
}

export function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

export function parseDeleted(query: Query): Deleted {
  if (isTrue(query['deletedOnly'])) return 'only';
  return isTrue(query['deleted']) ? 'too' : 'no';
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 32) : typeof value;
}
