const OWN = /^\/(?:v1\/(?!metadata(?:[/?]|$))|(?:health|metrics|docs|openapi\.json)(?:[/?]|$))/;

/** Our own API and operations answer errors as problem+json; all else speaks Confluent's shape. */
export function isOwnPath(url: string): boolean {
  return OWN.test(url);
}
