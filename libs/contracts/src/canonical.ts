import { createHash } from 'node:crypto';

/**
 * Compact rendering of a JSON text with the original order of members, as registries compare and store it.
 * Number literals are kept as written; strings are re-escaped minimally. The text must be valid JSON (`SyntaxError`).
 */
export function canonicalText(schemaText: string): string {
  JSON.parse(schemaText);
  let out = '';
  for (let at = 0; at < schemaText.length;) {
    const char = schemaText[at]!;
    if (char === '"') {
      const end = endOfString(schemaText, at);
      out += JSON.stringify(JSON.parse(schemaText.slice(at, end)));
      at = end;
    } else {
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') out += char;
      at += 1;
    }
  }
  return out;
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
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
