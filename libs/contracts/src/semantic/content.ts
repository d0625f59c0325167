import { keyword, type Place } from './places.js';

const ENCODINGS: Record<string, RegExp> = {
  base16: /^(?:[0-9A-Fa-f]{2})*$/,
  base32: /^[A-Z2-7]*={0,6}$/,
  base64: /^[A-Za-z0-9+/\s]*={0,2}$/,
};

/** Whether a text is what `contentEncoding` (RFC 4648) or `contentMediaType` announces, as far as that can be told. */
export function isReadable(text: string, place: Place, name: string): boolean {
  const kind = String(keyword(place, name)).toLowerCase();
  if (name === 'contentEncoding') return Object.hasOwn(ENCODINGS, kind) && ENCODINGS[kind]!.test(text);
  if (kind !== 'application/json') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
