const SEGMENT = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?';

/** JSON Schema patterns of what #protocol checks in claims (docs/formats). */
export const MEMBER_PATTERN = `^urn:wasl:[a-z]{2}:${SEGMENT}$`;
export const SYSTEM_PATTERN = `^urn:wasl:[a-z]{2}:${SEGMENT}:${SEGMENT}$`;
export const TOPIC_PATTERN = '^[a-z0-9]+(?:[.-][a-z0-9]+)*\\.v[1-9][0-9]{0,3}$';
