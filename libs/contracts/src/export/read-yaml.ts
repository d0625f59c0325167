import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { pointerToken } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { malformed } from './imported-contract.js';

const MAX_LENGTH = 512 * 1024;
const MAX_DEPTH = 200;

/**
 * What YAML 1.2 has in common with JSON, whatever version and tags the text claims. Equal names are looked for by
 * {@link refuseWhatJsonHasNot}, as the library compares each name with each.
 */
const READING = { schema: 'core', merge: false, resolveKnownTags: false, uniqueKeys: false } as const;

/**
 * The object that a YAML or JSON text is.
 *
 * @throws WaslError `malformed-body`: also for aliases, which let a small text be a huge value, for a name given twice,
 *   for depth, and for whole numbers that would be rounded
 */
export function readYamlObject(text: string): SchemaObject {
  if (text.length > MAX_LENGTH) throw malformed(`larger than ${MAX_LENGTH} characters`);
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, READING);
    const [error] = document.errors;
    if (error) throw error;
  } catch (error) {
    throw malformed(`it is not YAML: ${(error as Error).message.split('\n')[0]!.slice(0, 200)}`);
  }
  refuseWhatJsonHasNot(document.contents);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (!isObject(value)) throw malformed('it is no object');
  return value;
}

function refuseWhatJsonHasNot(root: Node | null): void {
  const pending: { node: unknown; pointer: string; depth: number }[] = [
    { node: root, pointer: '', depth: 0 },
  ];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { node, pointer, depth } = item;
    if (depth > MAX_DEPTH) throw malformed(`it is nested deeper than ${MAX_DEPTH} levels`, pointer);
    if (isAlias(node)) throw malformed('a YAML alias (*name) is not followed: write the value out', pointer);
    if (isScalar(node)) refuseRounded(node.value, node.source, pointer);
    const enter = (child: unknown, name: string | number) =>
      pending.push({ node: child, pointer: pointer + pointerToken(name), depth: depth + 1 });
    if (isSeq(node)) node.items.forEach(enter);
    if (!isMap(node)) continue;
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw malformed('a name is a text', pointer);
      const name = String(key.value);
      if (names.has(name))
        throw malformed('the name stands there twice: keep one', pointer + pointerToken(name));
      names.add(name);
      enter(value, name);
    }
  }
}

function refuseRounded(value: unknown, source: string | undefined, pointer: string): void {
  if (typeof value !== 'number' || !/^[-+]?\d+$/.test(source ?? '') || Number.isSafeInteger(value)) return;
  throw malformed('the whole number is beyond 2^53 and would be rounded: write it as a text', pointer);
}
