const PART = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?';

/** `urn:wasl:<country>:<member>`, as a pattern of JSON Schema too */
export const MEMBER_PATTERN = `^urn:wasl:[a-z]{2}:${PART}$`;
/** `urn:wasl:<country>:<member>:<system>`, likewise */
export const SYSTEM_PATTERN = `^urn:wasl:[a-z]{2}:${PART}:${PART}$`;

const MEMBER = new RegExp(MEMBER_PATTERN);
const SYSTEM = new RegExp(SYSTEM_PATTERN);

export const isMemberUrn = (value: unknown): value is string =>
  typeof value === 'string' && MEMBER.test(value);
export const isSystemUrn = (value: unknown): value is string =>
  typeof value === 'string' && SYSTEM.test(value);

/** The member that a system belongs to: the URN without its last part. */
export const memberOf = (system: string): string => system.slice(0, system.lastIndexOf(':'));

/** `urn:uuid:<id>` of a message or act (RFC 9562). */
export const uuidUrn = (id: string): string => `urn:uuid:${id}`;

/** Name of the file with a system's private JWK, wherever a folder of keys is kept. */
export const keyFileName = (system: string): string => `${system.replaceAll(':', '_')}.jwk.json`;
