import { isDeepStrictEqual } from 'node:util';

/** Is what was asked for what is there already? Order of members doesn't matter (jsonb doesn't keep it). */
export function same<T>(wanted: T, current: T): boolean {
  return isDeepStrictEqual(wanted, current);
}
