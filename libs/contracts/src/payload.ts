import { isUtf8 } from 'node:buffer';
import { WaslError } from '#protocol';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads a payload as I-JSON (RFC 7493): UTF-8 without byte order mark, no duplicate member names, well-formed
 * strings, bounded nesting; the member name `__proto__` is refused.
 *
 * @param maxDepth deepest nesting of arrays and objects that is read
 * @throws WaslError `malformed-body`; the text never quotes the payload
 */
export function parsePayload(bytes: Uint8Array, maxDepth = 64): unknown {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length === 0) throw malformed('the body is empty');
  if (!isUtf8(buffer)) throw malformed('the body is not UTF-8');
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
    throw malformed('the body starts with a byte order mark');
  }
  const shape = scan(buffer, maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(buffer.toString('utf8'));
  } catch {
    throw malformed('the body is not valid JSON');
  }
  if (shape.members > 0 || shape.escapes) {
    // JSON.parse keeps one of several members of the same name, so fewer are left than were written.
    if (countMembers(value, shape.escapes) !== shape.members) throw malformed('a member name occurs twice');
  }
  return value;
}

/** Counts members (colons outside strings) and measures nesting before anything is built in memory. */
function scan(bytes: Buffer, maxDepth: number): { members: number; escapes: boolean } {
  const length = bytes.length;
  let depth = 0;
  let members = 0;
  let escapes = false;
  for (let at = 0; at < length; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        at += 1;
        while (at < length && bytes[at] !== QUOTE) {
          if (bytes[at] === BACKSLASH) {
            escapes = true;
            at += 1;
          }
          at += 1;
        }
        break;
      case COLON:
        members += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > maxDepth) throw malformed(`the body is nested deeper than ${maxDepth} levels`);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      default:
    }
  }
  return { members, escapes };
}

function countMembers(value: unknown, checkStrings: boolean): number {
  if (typeof value === 'string') {
    if (checkStrings && LONE_SURROGATE.test(value)) throw malformed('a string holds half a surrogate pair');
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, checkStrings);
    return members;
  }
  // Inherited names cannot occur in what JSON.parse made; for-in is several times faster than Object.keys.
  for (const name in value) {
    if (name === '__proto__') throw malformed('the member name __proto__ is not allowed');
    if (checkStrings && LONE_SURROGATE.test(name))
      throw malformed('a member name holds half a surrogate pair');
    members += 1;
    const member = (value as Record<string, unknown>)[name];
    if ((typeof member === 'object' && member !== null) || checkStrings)
      members += countMembers(member, checkStrings);
  }
  return members;
}

function malformed(detail: string): WaslError {
  return new WaslError('malformed-body', detail);
}
