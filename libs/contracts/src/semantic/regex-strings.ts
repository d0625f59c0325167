import type { Random } from './random.js';
import { isWithin, type Ranges } from './characters.js';
import { parseRegex, type Regex } from './regex-syntax.js';

const LONGEST = 600;
/** what a reader knows best comes first */
const READABLE = Array.from('a0A1bB2 .-/:@_اأبتⴰⴱéx9zZ', (char) => char.codePointAt(0)!);

/** A text that the pattern matches, as short as can be or by chance; `undefined` if the pattern is beyond reach. */
export function textMatching(pattern: string, how: 'short' | 'long' | Random): string | undefined {
  const regex = parsed(pattern);
  if (!regex) return undefined;
  const out: string[] = [];
  write(regex, how, out);
  return out.length > LONGEST ? undefined : out.join('');
}

function write(regex: Regex, how: 'short' | 'long' | Random, out: string[]): void {
  if (out.length > LONGEST) return;
  switch (regex.kind) {
    case 'set':
      out.push(character(regex.ranges, how));
      break;
    case 'sequence':
      for (const part of regex.parts) write(part, how, out);
      break;
    case 'choice':
      if (typeof how === 'string') write(regex.parts.at(how === 'short' ? 0 : -1)!, how, out);
      else write(how.pick(regex.parts)!, how, out);
      break;
    case 'repeat': {
      const times = repeats(regex.min, regex.max, how);
      for (let time = 0; time < times && out.length <= LONGEST; time += 1) write(regex.part, how, out);
      break;
    }
    default: // anchors
  }
}

function repeats(min: number, max: number, how: 'short' | 'long' | Random): number {
  if (how === 'short') return min;
  if (how === 'long') return max === Infinity ? min + 20 : max;
  return min + how.below(Math.min(max - min, 4) + 1);
}

function character(ranges: Ranges, how: 'short' | 'long' | Random): string {
  const readable = readableOf(ranges);
  if (typeof how === 'string') return String.fromCodePoint(readable[0] ?? ranges[0]?.[0] ?? 0x61);
  if (readable.length > 0 && how.below(3) > 0) return String.fromCodePoint(how.pick(readable)!);
  const [from, to] = how.pick(ranges) ?? [0x61, 0x7a];
  return String.fromCodePoint(from + how.below(Math.min(to - from, 64) + 1));
}

const readableIn = new WeakMap<Ranges, number[]>();

function readableOf(ranges: Ranges): number[] {
  let found = readableIn.get(ranges);
  if (!found) {
    found = READABLE.filter((code) => isWithin(code, ranges));
    readableIn.set(ranges, found);
  }
  return found;
}

const MOST_PATTERNS = 512;
const patterns = new Map<string, Regex | undefined>();

function parsed(pattern: string): Regex | undefined {
  if (patterns.has(pattern)) return patterns.get(pattern);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const regex = parseRegex(pattern);
  patterns.set(pattern, regex);
  return regex;
}
