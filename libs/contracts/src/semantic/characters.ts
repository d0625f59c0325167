/** Inclusive ranges of code points, ascending and apart. */
export type Ranges = readonly (readonly [number, number])[];

export const LAST_CHARACTER = 0x10ffff;
/** From here on, planes are alike in themselves: unassigned, or for private use. */
const FIRST_UNIFORM = 0x40000;
const PLANE = 0x10000;

const properties = new Map<string, Ranges>();

/** The characters that `\d`, `\w`, `\s`, `\p{…}` or the like stands for, by asking the engine; `undefined` if unknown. */
export function charactersOf(escape: string): Ranges | undefined {
  const known = properties.get(escape);
  if (known) return known;
  let regex: RegExp;
  try {
    regex = new RegExp(`^${escape}$`, 'u');
  } catch {
    return undefined;
  }
  const found: [number, number][] = [];
  const add = (from: number, to: number): void => {
    if (!regex.test(String.fromCodePoint(from))) return;
    const open = found.at(-1);
    if (open && open[1] === from - 1) open[1] = to;
    else found.push([from, to]);
  };
  for (let code = 0; code < FIRST_UNIFORM; code += 1) if (code < 0xd800 || code > 0xdfff) add(code, code);
  for (let plane = FIRST_UNIFORM; plane <= LAST_CHARACTER; plane += PLANE) {
    if (plane === 0xe0000) for (let code = plane; code < plane + PLANE; code += 1) add(code, code);
    else add(plane, plane + PLANE - 3);
    if (plane !== 0xe0000) for (const last of [2, 1]) add(plane + PLANE - last, plane + PLANE - last);
  }
  properties.set(escape, found);
  return found;
}

export function union(...sets: Ranges[]): Ranges {
  const found: [number, number][] = [];
  for (const [from, to] of sets.flat().sort((one, other) => one[0] - other[0])) {
    const open = found.at(-1);
    if (open && from <= open[1] + 1) open[1] = Math.max(open[1], to);
    else found.push([from, to]);
  }
  return found;
}

export function complement(ranges: Ranges): Ranges {
  const found: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) found.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CHARACTER) found.push([next, LAST_CHARACTER]);
  return found;
}

export function isWithin(code: number, ranges: Ranges): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}
