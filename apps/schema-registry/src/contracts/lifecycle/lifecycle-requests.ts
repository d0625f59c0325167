import { CompiledContract } from '#contracts';
import type { VersionSuccessor } from '#control';
import { WaslError } from '#protocol';
import type { Replaces } from './draft-store.js';
import type { VersionAct } from './version-states.js';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const TOPIC = text(200);
const INSTANT = { type: 'string', maxLength: 40, format: 'date-time' };

/** A schema as it is registered, members as in the Confluent API. */
const CONTENT = {
  schema: { type: 'string' },
  schemaType: { const: 'JSON' },
  references: { type: 'array', maxItems: 200 },
  metadata: { type: ['object', 'null'] },
  ruleSet: { type: ['object', 'null'] },
};

export interface SchemaBody extends Record<string, unknown> {
  schema: string;
}

export interface DraftRequest extends SchemaBody {
  note?: string;
  replaces?: Replaces;
}

const reader = (schema: object) => {
  const compiled = CompiledContract.compile(
    JSON.stringify({ type: 'object', additionalProperties: false, ...schema }),
  );
  return (body: unknown): unknown => {
    const violations = compiled.validate(body);
    if (violations.length === 0) return body;
    throw new WaslError('malformed-request', 'the body is not as expected', { violations });
  };
};

const readSchema = reader({ required: ['schema'], properties: CONTENT });
const readDraft = reader({
  required: ['schema'],
  properties: {
    ...CONTENT,
    note: text(2_000),
    replaces: {
      type: 'object',
      required: ['topic', 'sunset'],
      additionalProperties: false,
      properties: { topic: TOPIC, sunset: INSTANT },
    },
  },
});
const readReason = reader({ required: ['reason'], properties: { reason: text(2_000) } });
const readOptionalReason = reader({ properties: { reason: text(2_000) } });
const readDeprecation = reader({
  required: ['sunset'],
  properties: {
    sunset: INSTANT,
    successor: {
      type: 'object',
      required: ['topic'],
      additionalProperties: false,
      properties: { topic: TOPIC, version: { type: 'integer', minimum: 1, maximum: 2147483647 } },
    },
  },
});

/** All of them @throws WaslError `malformed-request` with every violation */
export const parseSchemaBody = (body: unknown): SchemaBody => readSchema(body) as SchemaBody;
export const parseDraft = (body: unknown): DraftRequest => readDraft(body) as DraftRequest;
export const parseReason = (body: unknown): string => (readReason(body) as { reason: string }).reason;

/** @throws WaslError `malformed-request`, `not-found` for an act that there is not */
export function parseVersionAct(name: string, body: unknown): VersionAct {
  switch (name) {
    case 'deprecate':
      return { act: 'deprecate', ...parseDeprecation(body) };
    case 'retire':
      return { act: 'retire', reason: (readOptionalReason(body ?? {}) as { reason?: string }).reason };
    case 'reactivate':
      return { act: 'reactivate' };
    default:
      throw new WaslError('not-found', 'a version can be asked to deprecate, retire, reactivate');
  }
}

function parseDeprecation(body: unknown): { sunset: Date; successor: VersionSuccessor | null } {
  const { sunset, successor } = readDeprecation(body) as { sunset: string; successor?: VersionSuccessor };
  // Told to the second: the headers and records that carry it know no finer time.
  return { sunset: new Date(Math.floor(Date.parse(sunset) / 1_000) * 1_000), successor: successor ?? null };
}
