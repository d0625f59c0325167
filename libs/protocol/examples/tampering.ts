import { sign } from 'node:crypto';
import type { Party } from './parties.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const part = (token: string, i: number): string => token.split('.')[i]!;
const encode = (text: string): string => Buffer.from(text).toString('base64url');

/** The text of header (0) or payload (1). */
export const textOf = (token: string, i: 0 | 1): string =>
  Buffer.from(part(token, i), 'base64url').toString();

/** Replaces text in the header or payload and leaves the signature as it was. */
export function alter(token: string, i: 0 | 1, search: string, replacement: string): string {
  const text = textOf(token, i);
  if (!text.includes(search)) throw new Error(`"${search}" does not occur`);
  return token
    .split('.')
    .map((value, at) => (at === i ? encode(text.replace(search, replacement)) : value))
    .join('.');
}

/** Signs header and payload texts as they stand, so that only the named defect remains. */
export function signTexts(header: string, payload: string, by: Party): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), by.key.privateKey).toString('base64url')}`;
}

/** Alters header or payload and signs again with the same party's key. */
export const alterAndSign = (
  token: string,
  i: 0 | 1,
  search: string,
  replacement: string,
  by: Party,
): string => {
  const altered = alter(token, i, search, replacement);
  return signTexts(textOf(altered, 0), textOf(altered, 1), by);
};

/** Another spelling of the same signature bytes: the last character carries bits that decoders drop. */
export const respell = (token: string): string =>
  token.slice(0, -1) + ALPHABET[ALPHABET.indexOf(token.at(-1)!) + 1]!;
