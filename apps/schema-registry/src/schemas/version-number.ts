import { WaslError } from '#protocol';

/** A version of a subject: its number, from 1, or the newest. */
export type VersionChoice = number | 'latest';

const LARGEST = 2 ** 31 - 1;

/**
 * Reads a version from a path or a query: a number, or `latest` in any case or as `-1`. White space around it, a plus
 * and leading zeros do not count, as clients of the Confluent API may expect.
 * @returns undefined for what is none of these
 */
export function readVersion(text: string): VersionChoice | undefined {
  const given = text.trim().toLowerCase();
  if (given === 'latest') return 'latest';
  const version = /^[+-]?\d+$/.test(given) ? Number(given) : 0;
  if (version === -1) return 'latest';
  return version >= 1 && version <= LARGEST ? version : undefined;
}

/** The same on paths of our own. @throws WaslError `invalid-request` */
export function requireVersion(text: string): VersionChoice {
  const version = readVersion(text);
  if (version !== undefined) return version;
  throw new WaslError('invalid-request', `version is a whole number from 1 to ${LARGEST}, or latest`);
}

/** Of a version that something is done to: it is named, and what is no number names none. @throws WaslError `not-found` */
export function requireNumber(text: string): number {
  const version = readVersion(text);
  if (typeof version === 'number') return version;
  throw new WaslError('not-found', `a version is a whole number from 1 to ${LARGEST}`);
}
