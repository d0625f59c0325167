import { charactersOf, complement, type Ranges, union } from './characters.js';

export type Regex =
  | { kind: 'set'; ranges: Ranges }
  | { kind: 'sequence'; parts: Regex[] }
  | { kind: 'choice'; parts: Regex[] }
  | { kind: 'repeat'; part: Regex; min: number; max: number }
  | { kind: 'start' }
  | { kind: 'end' };

const DEEPEST = 16;

/**
 * Reads the part of ECMA-262 patterns (flag u) that can be reasoned about: literals, classes, `\d \w \s \p{…}`, groups,
 * alternatives, greedy repeats, `^` and `$`. `undefined` for anything else.
 */
export function parseRegex(pattern: string): Regex | undefined {
  try {
    const parser = new RegexParser(Array.from(pattern));
    return parser.parse();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

class Unsupported extends Error {}

class RegexParser {
  private at = 0;

  constructor(private readonly chars: readonly string[]) {}

  parse(): Regex {
    const regex = this.choice(0);
    if (this.at < this.chars.length) throw new Unsupported();
    return regex;
  }

  private choice(depth: number): Regex {
    if (depth > DEEPEST) throw new Unsupported();
    const parts = [this.sequence(depth)];
    while (this.take('|')) parts.push(this.sequence(depth));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  private sequence(depth: number): Regex {
    const parts: Regex[] = [];
    while (this.at < this.chars.length && this.chars[this.at] !== '|' && this.chars[this.at] !== ')') {
      parts.push(this.repeat(this.atom(depth)));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  private repeat(part: Regex): Regex {
    const rest = this.chars.slice(this.at, this.at + 16).join('');
    const match = /^(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})/.exec(rest);
    if (!match) return part;
    this.at += match[0].length;
    if (this.chars[this.at] === '?' || part.kind === 'start' || part.kind === 'end') throw new Unsupported();
    if (match[1])
      return { kind: 'repeat', part, min: match[1] === '+' ? 1 : 0, max: match[1] === '?' ? 1 : Infinity };
    const min = Number(match[2]);
    const max = match[3] === undefined ? min : match[4] === undefined ? Infinity : Number(match[4]);
    return { kind: 'repeat', part, min, max };
  }

  private atom(depth: number): Regex {
    const char = this.chars[this.at]!;
    this.at += 1;
    if (char === '(') {
      if (this.take('?') && !this.take(':')) throw new Unsupported();
      const inner = this.choice(depth + 1);
      if (!this.take(')')) throw new Unsupported();
      return inner;
    }
    if (char === '^') return { kind: 'start' };
    if (char === '$') return { kind: 'end' };
    if (char === '[') return { kind: 'set', ranges: this.characterClass() };
    if (char === '.') return { kind: 'set', ranges: complement(LINE_ENDS) };
    if (char === '\\') return { kind: 'set', ranges: this.escape() };
    if ('*+?{}]'.includes(char)) throw new Unsupported();
    return { kind: 'set', ranges: single(char) };
  }

  private characterClass(): Ranges {
    const isNegated = this.take('^');
    const sets: Ranges[] = [];
    while (!this.take(']')) {
      const from = this.classMember();
      const isRange = this.chars[this.at] === '-' && ![']', undefined].includes(this.chars[this.at + 1]);
      if (!isRange) {
        sets.push(from);
        continue;
      }
      this.at += 1;
      const [low, high] = [onlyCharacter(from), onlyCharacter(this.classMember())];
      if (low > high) throw new Unsupported();
      sets.push([[low, high]]);
    }
    const ranges = union(...sets);
    return isNegated ? complement(ranges) : ranges;
  }

  private classMember(): Ranges {
    const char = this.chars[this.at];
    if (char === undefined) throw new Unsupported();
    this.at += 1;
    return char === '\\' ? this.escape() : single(char);
  }

  private escape(): Ranges {
    const rest = this.chars.slice(this.at, this.at + 48).join('');
    const match = ESCAPE.exec(rest);
    if (!match) throw new Unsupported();
    this.at += match[0].length;
    const ranges = oneCharacter(match[0]) ?? charactersOf(`\\${match[0]}`);
    if (!ranges) throw new Unsupported();
    return ranges;
  }

  private take(char: string): boolean {
    if (this.chars[this.at] !== char) return false;
    this.at += 1;
    return true;
  }
}

const CONTROLS: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' };
const ESCAPE = /^(?:[dDwWsStnrfv]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[A-Za-z_=]+\}|[\^$\\.*+?()[\]{}|/-])/;
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** The character that an escape names, unless it names a class. */
function oneCharacter(escape: string): Ranges | undefined {
  if (/^[ux]/.test(escape)) return single(String.fromCharCode(parseInt(escape.slice(1), 16)));
  if (escape.length > 1 || /[dws]/i.test(escape)) return undefined;
  return single(CONTROLS[escape] ?? escape);
}

function single(char: string): Ranges {
  const code = char.codePointAt(0)!;
  return [[code, code]];
}

function onlyCharacter(ranges: Ranges): number {
  if (ranges.length !== 1 || ranges[0]![0] !== ranges[0]![1]) throw new Unsupported();
  return ranges[0]![0];
}
