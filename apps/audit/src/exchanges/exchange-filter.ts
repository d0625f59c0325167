import {
  EVENTS,
  isMemberUrn,
  isSystemUrn,
  isUuid,
  WaslError,
  type EventName,
  type Violation,
} from '#protocol';

export const OUTCOMES = ['accepted', 'rejected', 'handed-over'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is looked for; absent members do not restrict. */
export interface ExchangeFilter {
  /** Id of a message or acknowledgement. */
  message?: string;
  /** System or member. */
  sender?: string;
  recipient?: string;
  topic?: string;
  /** Included. */
  from?: Date;
  /** Excluded. */
  to?: Date;
  outcome?: Outcome;
  /** `all`: administrative acts and audit queries too. Default: what concerns messages. */
  event?: EventName | 'all';
}

export interface ExchangePage {
  filter: ExchangeFilter;
  /** Only entries below this index. */
  before?: number;
  limit: number;
}

const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 100;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

type Parse<T> = (text: string) => T | undefined;

const party: Parse<string> = (text) => (isSystemUrn(text) || isMemberUrn(text) ? text : undefined);
const time: Parse<Date> = (text) => {
  const date = new Date(text);
  return TIME.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
};

const FIELDS: {
  [F in keyof Required<ExchangeFilter>]: [expected: string, parse: Parse<Required<ExchangeFilter>[F]>];
} = {
  message: ['a UUID in lower case', (text) => (isUuid(text) ? text : undefined)],
  sender: ['the URN of a system or member', party],
  recipient: ['the URN of a system or member', party],
  topic: ['a topic name', (text) => (/^[a-z0-9._-]{1,249}$/.test(text) ? text : undefined)],
  from: ['a time like 2026-11-23T08:00:00Z', time],
  to: ['a time like 2026-11-23T08:00:00Z', time],
  outcome: [OUTCOMES.join(', '), (text) => OUTCOMES.find((outcome) => outcome === text)],
  event: [
    'the name of an event, or all',
    (text) => (text === 'all' || Object.hasOwn(EVENTS, text) ? (text as EventName) : undefined),
  ],
};

/**
 * Reads the query string of a search.
 * @throws WaslError malformed-request with every parameter that is not acceptable; invalid-cursor
 */
export function parseExchangePage(query: Record<string, unknown>): ExchangePage {
  const violations: Violation[] = [];
  const filter: Record<string, unknown> = {};
  let limit = DEFAULT_LIMIT;
  for (const [name, value] of Object.entries(query)) {
    if (name === 'cursor') continue;
    const refuse = (message: string) =>
      violations.push({ pointer: `/${name.slice(0, 64)}`, rule: 'parameter', message });
    if (name === 'limit') {
      limit = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0;
      if (limit < 1 || limit > MAX_LIMIT) refuse(`expected a number from 1 to ${MAX_LIMIT}`);
    } else if (Object.hasOwn(FIELDS, name)) {
      const [expected, parse] = FIELDS[name as keyof ExchangeFilter];
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      if (parsed === undefined) refuse(`expected ${expected}, once`);
      else filter[name] = parsed;
    } else {
      refuse('there is no such parameter');
    }
  }
  if (violations.length > 0)
    throw new WaslError('malformed-request', 'the search has parameters that are not acceptable', {
      violations: violations.slice(0, 20),
    });
  const before = query['cursor'] === undefined ? undefined : parseCursor(query['cursor']);
  return { filter: filter, limit, ...(before === undefined ? {} : { before }) };
}

/** Opaque to callers: the index that the last page ended with. */
export const formatCursor = (index: number): string => Buffer.from(`i${index}`).toString('base64url');

function parseCursor(value: unknown): number {
  const text = typeof value === 'string' ? Buffer.from(value, 'base64url').toString('latin1') : '';
  const index = /^i(0|[1-9]\d{0,14})$/.exec(text)?.[1];
  if (index === undefined || formatCursor(Number(index)) !== value)
    throw new WaslError('invalid-cursor', 'the cursor is not one that this service gave out');
  return Number(index);
}
