import { isPair, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { pointerToken, pointerTokens } from '../json-pointer.js';

export interface Position {
  /** from 1 */
  line: number;
  /** from 1, in UTF-16 code units */
  column: number;
}

/** Tells where a pointer's value stands; its nearest ancestor where it doesn't exist. */
export type Locate = (pointer: string) => Position;

/** @param text well-formed JSON, unless only the empty pointer is asked for */
export function locateInJson(text: string): Locate {
  let offsets: Map<string, number> | undefined;
  let lines: LineCounter | undefined;
  return (pointer) => {
    if (pointer === '') return { line: 1, column: 1 };
    offsets ??= jsonOffsets(text);
    lines ??= linesOf(text);
    return positionOf(lines, nearest(offsets, pointer));
  };
}

/** @param text YAML in which mappings have plain keys */
export function locateInYaml(text: string): Locate {
  const lines = new LineCounter();
  const root: ParsedNode | null = parseDocument(text, { lineCounter: lines, uniqueKeys: false }).contents;
  return (pointer) => {
    let node: unknown = root;
    let offset = root?.range[0] ?? 0;
    for (const token of pointerTokens(pointer)) {
      const items = (node as { items?: unknown[] } | null)?.items ?? [];
      const pair = items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === token,
      );
      const value = pair === undefined ? items[Number(token)] : (pair as { value: unknown }).value;
      const place = pair === undefined ? value : (pair as { key: unknown }).key;
      const range = (place as { range?: [number] } | null | undefined)?.range;
      if (range === undefined) break;
      offset = range[0];
      node = value;
    }
    return positionOf(lines, offset);
  };
}

function nearest(offsets: Map<string, number>, pointer: string): number {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const offset = offsets.get(at);
    if (offset !== undefined) return offset;
  }
  return offsets.get('') ?? 0;
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]|[^\s"[\]{},:]+/gy;

/** Characters of the pointers that are kept: a long name may stand in thousands of them. */
const MAX_POINTERS_LENGTH = 4 * 1024 * 1024;

/**
 * Offset of each member's name and of each item, by pointer; one pass over the tokens, without recursion. What comes
 * after too many or too long pointers has none.
 */
function jsonOffsets(text: string): Map<string, number> {
  const offsets = new Map<string, number>();
  const open: { pointer: string; isArray: boolean; index: number }[] = [];
  let pointer = '';
  let awaitsName = false;
  let length = 0;
  for (let at = 0; at < text.length && length <= MAX_POINTERS_LENGTH; at += 1) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) continue;
    const within = open.at(-1);
    if (token === ']' || token === '}') {
      open.pop();
      awaitsName = false;
    } else if (token === ',') {
      if (within?.isArray) pointer = within.pointer + pointerToken((within.index += 1));
      awaitsName = within?.isArray === false;
    } else if (awaitsName && within) {
      pointer = within.pointer + pointerToken(JSON.parse(token) as string);
      length += pointer.length;
      offsets.set(pointer, at);
      awaitsName = false;
    } else {
      if (!offsets.has(pointer)) {
        length += pointer.length;
        offsets.set(pointer, at);
      }
      if (token === '[' || token === '{') {
        const isArray = token === '[';
        open.push({ pointer, isArray, index: 0 });
        if (isArray) pointer += '/0';
        awaitsName = !isArray;
      }
    }
    at += token.length - 1;
  }
  return offsets;
}
