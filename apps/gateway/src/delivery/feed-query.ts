import { WaslError } from '#protocol';

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1_000;
const MAX_WAIT_SECONDS = 30;

export interface FeedQuery {
  after: string | undefined;
  limit: number;
  waitSeconds: number;
}

/** @throws WaslError malformed-request: unknown, repeated or ill-formed parameter */
export function parseFeedQuery(query: Record<string, unknown>): FeedQuery {
  for (const name of Object.keys(query)) {
    if (!['after', 'limit', 'wait'].includes(name)) {
      throw new WaslError('malformed-request', 'the query knows the parameters after, limit and wait only');
    }
  }
  const { after } = query;
  if (after !== undefined && typeof after !== 'string') {
    throw new WaslError('malformed-request', 'the parameter after may occur once only');
  }
  return {
    after,
    limit: integer(query['limit'], 'limit', 1, MAX_LIMIT, DEFAULT_LIMIT),
    waitSeconds: integer(query['wait'], 'wait', 0, MAX_WAIT_SECONDS, 0),
  };
}

function integer(value: unknown, name: string, min: number, max: number, fallback: number): number {
  if (value === undefined) return fallback;
  const parsed = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (parsed >= min && parsed <= max) return parsed;
  throw new WaslError('malformed-request', `the parameter ${name} is a whole number from ${min} to ${max}`);
}
