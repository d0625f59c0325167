import { RE2JS } from 're2js';
import type { Budget } from './budget.js';
import { runsInLinearTime } from './pattern-cost.js';

/** A compiled `pattern`; both engines search anywhere in the text, as JSON Schema asks (core §6.4). */
export interface Matcher {
  test(text: string): boolean;
  /** the key under which AJV shares equal patterns */
  toString(): string;
  /** units of a `Budget`; absent for the built-in engine */
  workPerCharacter?: number;
}

/** RE2 follows all states of a pattern at once, each some 10 ns a character. */
const STATES_PER_UNIT = 8;
const NATIVE_WORK_PER_CHARACTER = 1 / 8;

export const MAX_PATTERN_LENGTH = 512;

/**
 * Compiles an ECMA-262 pattern so that matching is linear in the text: natively when that is certain, else by RE2.
 *
 * @throws SyntaxError when the pattern needs look-around, back-references or anything else RE2 refuses
 */
export function compilePattern(pattern: string): Matcher {
  if (runsInLinearTime(pattern)) {
    try {
      return new RegExp(pattern, 'u');
    } catch {
      // Valid only without the u flag, or not at all: RE2 decides.
    }
  }
  try {
    const re2 = RE2JS.compile(RE2JS.translateRegExp(toRe2(pattern)));
    const workPerCharacter = Math.max(1, re2.programSize() / STATES_PER_UNIT);
    return { test: (text) => re2.test(text), toString: () => `re2:${pattern}`, workPerCharacter };
  } catch (cause) {
    throw new SyntaxError('the pattern is not valid, or cannot be matched in linear time (RE2)', { cause });
  }
}

/** For AJV's `code.regExp`: matching spends the work left to the validation. */
export function meteredPatterns(budget: Budget): ((pattern: string) => Matcher) & { code: string } {
  const compile = (pattern: string): Matcher => {
    const matcher = compilePattern(pattern);
    const perCharacter = matcher.workPerCharacter ?? NATIVE_WORK_PER_CHARACTER;
    const test = (text: string): boolean => {
      budget.spend(text.length * perCharacter);
      return matcher.test(text);
    };
    return { test, toString: () => String(matcher) };
  };
  return Object.assign(compile, { code: 'compilePattern' });
}

const SPACES =
  '\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/** Rewrites what means something else in RE2: `.` and `\s` (Unicode in ECMA-262), names of scripts and categories. */
function toRe2(pattern: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!;
    if (char === '\\') {
      const next = pattern[at + 1] ?? '';
      const property = /^\\([pP])\{(?:(?:Script|sc|General_Category|gc)=)?(\w+)\}/.exec(
        pattern.slice(at, at + 64),
      );
      if (property) {
        out += `\\${property[1]}{${CATEGORIES[property[2]!] ?? property[2]}}`;
        at += property[0].length - 1;
      } else {
        if (next === 's') out += inClass ? SPACES : `[${SPACES}]`;
        else if (next === 'S' && !inClass) out += `[^${SPACES}]`;
        else out += char + next;
        at += 1;
      }
    } else if (inClass) {
      inClass = char !== ']';
      out += char;
    } else if (char === '.') {
      out += '[^\\n\\r\\x{2028}\\x{2029}]';
    } else {
      inClass = char === '[';
      out += char;
    }
  }
  return out;
}

const CATEGORIES: Record<string, string> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  digit: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Separator: 'Z',
};
