import { assertedFormats } from '../formats.js';
import { compilePattern } from '../pattern.js';
import { sizesOf } from './bounds.js';
import type { Knowledge } from './knowledge.js';
import { keyword } from './places.js';
import type { Random } from './random.js';
import { textMatching } from './regex-strings.js';

/** Valid and near-valid texts of the asserted formats, and plain ones. */
export const FORMAT_TEXTS: Readonly<Record<string, readonly string[]>> = {
  date: ['2024-01-31', '1999-12-31', '2024-02-30'],
  'date-time': ['2024-01-31T08:00:00Z', '2024-01-31T08:00:00.5+01:00', '2024-01-31T08:00:00'],
  time: ['08:00:00Z', '23:59:59+01:00', '08:00'],
  duration: ['P1D', 'PT1H', 'P1Y2M', 'P'],
  uuid: ['00000000-0000-4000-8000-000000000000', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', '0-0-0-0-0'],
  email: ['a@example.org', 'someone@example.dz', 'a@'],
  ipv4: ['192.0.2.1', '198.51.100.255', '192.0.2.256'],
  ipv6: ['2001:db8::1', '::1', '2001:db8'],
};
const PLAIN = ['a', '', 'text', '0', 'A', 'é', 'أ', '%'];
const LONGEST = 4_000;

/** Texts that fulfil what is known of a text, the simplest first. */
export function textsFor(known: Knowledge, random: Random | undefined): string[] {
  const patterns = known.places.flatMap((place) => {
    const pattern = keyword(place, 'pattern');
    return typeof pattern === 'string' ? [pattern] : [];
  });
  const formats = known.places.flatMap((place) => {
    const format = keyword(place, 'format');
    return typeof format === 'string' && Object.hasOwn(assertedFormats, format) ? [format] : [];
  });
  const [least, most] = sizesOf(known, 'Length');
  const candidates: string[] = [];
  for (const format of formats) candidates.push(...FORMAT_TEXTS[format]!);
  for (const pattern of patterns) {
    candidates.push(...[textMatching(pattern, 'short') ?? [], textMatching(pattern, 'long') ?? []].flat());
    if (random) {
      for (let round = 0; round < 6; round += 1) candidates.push(textMatching(pattern, random) ?? '');
    }
  }
  candidates.push(...PLAIN);
  const checks = patterns.map(compilePattern);
  const fits = candidates
    .map((text) => withLength(text, least, most))
    .filter((text) => checks.every((check) => check.test(text)))
    .filter((text) =>
      formats.every((format) => (assertedFormats[format] as (text: string) => boolean)(text)),
    );
  return [...new Set(fits)];
}

/** The text, filled up or cut; a text with a pattern that does not bear that is dropped later. */
export function withLength(text: string, least: number, most: number): string {
  const chars = Array.from(text);
  if (chars.length > most) return chars.slice(0, most).join('');
  if (chars.length >= least || least > LONGEST) return text;
  return text + (chars.at(-1) ?? 'a').repeat(least - chars.length);
}
