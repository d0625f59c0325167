import { WaslError } from '#protocol';

export interface Page<T> {
  items: T[];
  /** Opaque; null at the end. */
  cursor: string | null;
}

export interface PageQuery {
  limit: number;
  cursor?: string;
}

export const PAGE_PROPERTIES = {
  limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  cursor: { type: 'string', minLength: 1, maxLength: 400 },
} as const;

/** The id after which a page begins. Throws WaslError `invalid-cursor`. */
export function afterOf(query: PageQuery): string {
  if (query.cursor === undefined) return '';
  const after = Buffer.from(query.cursor, 'base64url').toString('utf8');
  if (Buffer.from(after, 'utf8').toString('base64url') === query.cursor && /^[\w:-]+$/.test(after))
    return after;
  throw new WaslError('invalid-cursor', 'this cursor was not given out here');
}

/** Makes a page of `limit` out of up to `limit + 1` rows. */
export function pageOf<R, T>(
  rows: R[],
  query: PageQuery,
  id: (row: R) => string,
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return {
    items: shown.map(view),
    cursor: more ? Buffer.from(id(last), 'utf8').toString('base64url') : null,
  };
}
