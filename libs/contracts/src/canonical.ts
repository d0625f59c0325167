import { createHash } from 'node:crypto';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * Compact rendering of a JSON text with the original order of members, as registries compare and store it.
 * Number literals are kept as written; strings are re-escaped minimally. The text must be valid JSON (`SyntaxError`).
 */
export function canonicalText(schemaText: string): string {
  JSON.parse(schemaText);
  let out = '';
  /** Where what is to be copied next begins. */
  let from = 0;
  for (let at = 0; at < schemaText.length;) {
    const char = schemaText.charCodeAt(at);
    if (char === QUOTE) {
      const end = endOfString(schemaText, at);
      const string = schemaText.slice(at, end);
      if (string.includes('\\')) {
        out += schemaText.slice(from, at) + JSON.stringify(JSON.parse(string));
        from = end;
      }
      at = end;
    } else if (char <= SPACE) {
      out += schemaText.slice(from, at);
      while (schemaText.charCodeAt(at) <= SPACE) at += 1;
      from = at;
    } else at += 1;
  }
  return from === 0 ? schemaText : out + schemaText.slice(from);
}

/** Whether arrays and objects of a JSON text stand deeper within one another; what recurses would run out of stack. */
export function nestsDeeperThan(jsonText: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < jsonText.length && depth <= most; at += 1) {
    const char = jsonText[at];
    if (char === '"') at = endOfString(jsonText, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
  }
  return depth > most;
}

/** MD5 of the canonical text as a UUID: the same content has the same GUID in every registry. */
export function schemaGuid(canonical: string): string {
  const hex = createHash('md5').update(canonical).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** SHA-256 of the canonical text, base64url without padding. */
export function schemaSha256(canonical: string): string {
  return createHash('sha256').update(canonical).digest('base64url');
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let char = text.charCodeAt(at); char !== QUOTE; char = text.charCodeAt(at))
    at += char === BACKSLASH ? 2 : 1;
  return at + 1;
}
