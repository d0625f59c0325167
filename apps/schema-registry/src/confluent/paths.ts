const OWN = /^\/(?:v1\/contracts|health|metrics|docs|openapi\.json)(?:\/|$)/;

const SEGMENT = '[^/]+';
const KNOWN = [
  '/',
  '/subjects',
  '/schemas/types',
  `/schemas/ids/${SEGMENT}`,
  `/schemas/ids/${SEGMENT}/schema`,
  `/schemas/ids/${SEGMENT}/versions`,
  `/schemas/guids/${SEGMENT}`,
  `/subjects/${SEGMENT}`,
  `/subjects/${SEGMENT}/versions`,
  `/subjects/${SEGMENT}/versions/${SEGMENT}`,
  `/subjects/${SEGMENT}/versions/${SEGMENT}/schema`,
].map((path) => new RegExp(`^${path}$`));

/** Our own API and operations answer errors as problem+json; all else speaks Confluent's shape. */
export function isOwnPath(path: string): boolean {
  return OWN.test(path);
}

/** A path of the Confluent API that exists with some method. */
export function isKnownPath(path: string): boolean {
  return KNOWN.some((known) => known.test(path));
}
