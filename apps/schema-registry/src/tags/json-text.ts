const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/**
 * Where the value begins that these names and indices lead to, in a canonical text. Text before it is read once.
 * `undefined` when nothing is there.
 */
export function locate(text: string, tokens: readonly string[]): number | undefined {
  let at: number | undefined = 0;
  for (const token of tokens) {
    at =
      text.charCodeAt(at) === OPEN_BRACKET ? item(text, at, Number(token)) : member(text, at, token)?.value;
    if (at === undefined) return undefined;
  }
  return at;
}

export interface Member {
  /** where its name begins */
  name: number;
  /** where its value begins */
  value: number;
}

/** The member of this name of the object that begins at `start`. */
export function member(text: string, start: number, name: string): Member | undefined {
  if (text.charCodeAt(start) !== OPEN_BRACE) return undefined;
  for (let at = start + 1; text.charCodeAt(at) === QUOTE;) {
    const value = endOfString(text, at) + 1;
    if (JSON.parse(text.slice(at, value - 1)) === name) return { name: at, value };
    at = endOfValue(text, value);
    if (text.charCodeAt(at) === COMMA) at += 1;
  }
  return undefined;
}

/** Removes a member of the object that begins at `start`. */
export function withoutMember(text: string, start: number, { name, value }: Member): string {
  const end = endOfValue(text, value);
  if (text.charCodeAt(end) === COMMA) return text.slice(0, name) + text.slice(end + 1);
  // The last one takes the comma before it along, the only one has none.
  return text.slice(0, name - 1 > start ? name - 1 : name) + text.slice(end);
}

/** Adds a member at the end of the object that begins at `start`. */
export function withMember(text: string, start: number, name: string, value: unknown): string {
  const end = endOfValue(text, start) - 1;
  const separator = end === start + 1 ? '' : ',';
  return `${text.slice(0, end)}${separator}${JSON.stringify(name)}:${JSON.stringify(value)}${text.slice(end)}`;
}

export function withValue(text: string, at: number, value: unknown): string {
  return text.slice(0, at) + JSON.stringify(value) + text.slice(endOfValue(text, at));
}

export function valueAt(text: string, at: number): unknown {
  return JSON.parse(text.slice(at, endOfValue(text, at)));
}

function item(text: string, start: number, index: number): number | undefined {
  let at = start + 1;
  for (let passed = 0; passed < index; passed += 1) {
    at = endOfValue(text, at);
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at += 1;
  }
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let char = text.charCodeAt(at); char !== QUOTE; char = text.charCodeAt(at))
    at += char === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Just behind the value that begins at `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const char = text[at]!;
    if (char === '"') at = endOfString(text, at);
    else {
      if (depth === 0 && at > start && /[,}\]]/.test(char)) return at;
      if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') depth -= 1;
      at += 1;
    }
    if (depth === 0 && /["}\]]/.test(text[at - 1]!)) return at;
  }
  return text.length;
}
