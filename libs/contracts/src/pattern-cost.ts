/**
 * Decides whether the built-in backtracking engine runs a pattern in time linear in its input.
 *
 * Conservative: a pattern passes only if it is made of literals, character classes, anchors and groups with bounded
 * repeats, and at most one single-character atom repeats without bound (an unanchored start counts as one). Ways to
 * backtrack × atoms matched is then a bound on the steps: in all, or per character of the text if something is
 * unbounded. Everything else goes to RE2.
 */
const MAX_STEPS = 100_000;
const MAX_STEPS_PER_CHARACTER = 256;

interface Cost {
  /** upper bound of distinct ways to match through the bounded parts */
  choices: number;
  /** upper bound of atoms matched by the bounded parts */
  length: number;
  /** unbounded repeats */
  stars: number;
}

class Unsupported extends Error {}

export function runsInLinearTime(pattern: string): boolean {
  try {
    const parser = new CostParser(pattern);
    const { choices, length, stars } = parser.parse();
    const unbounded = stars + (parser.anchored ? 0 : 1);
    return unbounded <= 1 && choices * length <= (unbounded === 0 ? MAX_STEPS : MAX_STEPS_PER_CHARACTER);
  } catch (error) {
    if (error instanceof Unsupported) return false;
    throw error;
  }
}

class CostParser {
  private at = 0;
  readonly anchored: boolean;

  constructor(private readonly pattern: string) {
    this.anchored = pattern.startsWith('^') && !hasTopLevelAlternative(pattern);
  }

  parse(): Cost {
    const cost = this.alternatives(0);
    if (this.at < this.pattern.length) throw new Unsupported();
    return cost;
  }

  private alternatives(depth: number): Cost {
    if (depth > 8) throw new Unsupported();
    const total = this.sequence(depth);
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      const next = this.sequence(depth);
      total.choices += next.choices;
      total.length += next.length;
      total.stars = Math.max(total.stars, next.stars);
    }
    return total;
  }

  private sequence(depth: number): Cost {
    const total: Cost = { choices: 1, length: 1, stars: 0 };
    while (this.at < this.pattern.length && this.pattern[this.at] !== '|' && this.pattern[this.at] !== ')') {
      const atom = this.atom(depth);
      const [min, max] = this.quantifier();
      if (max === Infinity) {
        if (atom.choices > 1 || atom.group) throw new Unsupported();
        total.stars += 1;
        total.length += min;
      } else {
        if (atom.stars > 0 && max > 1) throw new Unsupported();
        total.stars += atom.stars;
        total.choices *= (max - min + 1) * atom.choices ** max;
        total.length += atom.length * max;
      }
      if (!(total.choices * total.length <= MAX_STEPS)) throw new Unsupported();
    }
    return total;
  }

  private atom(depth: number): Cost & { group: boolean } {
    const char = this.pattern[this.at]!;
    if (char === '(') {
      this.at += 1;
      if (this.pattern[this.at] === '?') {
        if (this.pattern[this.at + 1] !== ':') throw new Unsupported();
        this.at += 2;
      }
      const cost = this.alternatives(depth + 1);
      if (this.pattern[this.at] !== ')') throw new Unsupported();
      this.at += 1;
      return { ...cost, group: true };
    }
    if (char === '[') this.characterClass();
    else if (char === '\\') this.escape();
    else if ('*+?{}])'.includes(char)) throw new Unsupported();
    else this.at += 1;
    return { choices: 1, length: 1, stars: 0, group: false };
  }

  private characterClass(): void {
    this.at += 1;
    if (this.pattern[this.at] === '^') this.at += 1;
    while (this.pattern[this.at] !== ']') {
      if (this.at >= this.pattern.length) throw new Unsupported();
      if (this.pattern[this.at] === '\\') this.escape();
      else this.at += 1;
    }
    this.at += 1;
  }

  private escape(): void {
    const match =
      /^\\(?:[dDwWsStnrfv]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[A-Za-z_=]+\}|[\^$\\.*+?()[\]{}|/-])/.exec(
        this.pattern.slice(this.at, this.at + 48),
      );
    if (match === null) throw new Unsupported();
    this.at += match[0].length;
  }

  private quantifier(): [min: number, max: number] {
    const rest = this.pattern.slice(this.at, this.at + 16);
    const match = /^(?:([*+?])|\{(\d{1,5})(?:(,)(\d{1,5})?)?\})/.exec(rest);
    if (match === null) return [1, 1];
    this.at += match[0].length;
    if (this.pattern[this.at] === '?') throw new Unsupported(); // lazy repeats: left to RE2
    if (match[1] === '*') return [0, Infinity];
    if (match[1] === '+') return [1, Infinity];
    if (match[1] === '?') return [0, 1];
    const min = Number(match[2]);
    if (match[3] === undefined) return [min, min];
    return [min, match[4] === undefined ? Infinity : Number(match[4])];
  }
}

function hasTopLevelAlternative(pattern: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}
