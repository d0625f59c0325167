import { pointerToken, pointerTokens, valueAt } from '../json-pointer.js';
import { decodeFragment, encodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject, walkSchemas } from '../schema-walk.js';
import { type Place, resolved } from './asyncapi-messages.js';
import { malformed, shown } from './imported-contract.js';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const DIALECTS: Record<string, string> = {
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
const JSON_FORMAT = /^application\/(?:schema|vnd\.(?:aai\.)?asyncapi)(?:\+json|\+yaml)?(?:;|$)/;

/** The schema that a message's payload is, as the document has it, and the dialect it is in. */
export interface Payload extends Place {
  value: SchemaObject;
  dialect: string;
}

/** @throws WaslError `malformed-body` if there is none that is a JSON Schema */
export function payloadOf(document: SchemaObject, message: Place): Payload {
  const { payload } = message.value;
  const at = `${message.pointer}/payload`;
  if (!isObject(payload)) throw malformed('there is no payload that is a schema', at);
  return schemaAt(document, { value: payload, pointer: at });
}

/** A schema, or one with its format beside it; both may be references. */
function schemaAt(document: SchemaObject, start: Place): Payload {
  const place = resolved(document, start);
  if (!Object.hasOwn(place.value, 'schemaFormat')) return { ...place, dialect: DRAFT_07 };
  const format = String(place.value['schemaFormat']);
  if (!JSON_FORMAT.test(format)) {
    const advice = 'only JSON Schema can be imported: describe the payload in it';
    throw malformed(
      `the payload is in the format ${shown(format)}; ${advice}`,
      `${place.pointer}/schemaFormat`,
    );
  }
  const { schema } = place.value;
  const pointer = `${place.pointer}/schema`;
  if (!isObject(schema)) throw malformed('there is no schema that is an object', pointer);
  const draft = /;\s*version=(?:draft\/)?([\w-]+)/.exec(format)?.[1];
  const inner = resolved(document, { value: schema, pointer });
  return { ...inner, dialect: (draft !== undefined && DIALECTS[draft]) || DRAFT_07 };
}

/**
 * The payload as a schema that stands by itself: references into it are from its own root, and the schemas of
 * `components` that it refers to are taken along, one copy each however they are written, so that no document grows by
 * being read.
 *
 * @throws WaslError `malformed-body`
 */
export function standingAlone(
  document: SchemaObject,
  { value, pointer: home, dialect }: Payload,
): SchemaObject {
  const root = structuredClone(value);
  const keyword = dialect === DRAFT_07 ? 'definitions' : '$defs';
  const own = isObject(root[keyword]) ? root[keyword] : {};
  const used = new Set(['__proto__', ...Object.keys(own)]);
  const taken = new Map<string, { name: string; schema: SchemaObject }>();
  const pending: Place[] = [{ value: root, pointer: home }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    walkSchemas(
      place.value,
      (inner, at) => {
        const reference = inner['$ref'];
        if (typeof reference === 'string') inner['$ref'] = rewritten(reference, `${at}/$ref`);
      },
      place.pointer,
    );
  }
  const definitions = Object.fromEntries([...taken.values()].map(({ name, schema }) => [name, schema]));
  return {
    $schema: dialect,
    ...root,
    ...(taken.size === 0 ? {} : { [keyword]: { ...own, ...definitions } }),
  };

  function rewritten(reference: string, at: string): string {
    if (reference === '#') throw malformed('the reference # is to the document, which is no schema', at);
    if (!reference.startsWith('#/')) return reference;
    const pointer = pointerTokens(decodeFragment(reference.slice(1)))
      .map(pointerToken)
      .join('');
    if (pointer === home || pointer.startsWith(`${home}/`))
      return `#${encodeFragment(pointer.slice(home.length))}`;
    const [, component, rest = ''] = /^(\/components\/schemas\/[^/]+)(\/.*)?$/s.exec(pointer) ?? [];
    if (component === undefined)
      throw malformed(`${shown(reference)} is not under #/components/schemas: move the schema there`, at);
    const found = valueAt(document, component);
    if (!isObject(found)) throw malformed(`nothing is at ${shown(reference)}`, at);
    const hasFormat = Object.hasOwn(found, 'schemaFormat');
    const within = hasFormat && /^\/schema(\/|$)/.test(rest) ? rest.slice('/schema'.length) : rest;
    return `#/${keyword}/${takenAlong(component)}${encodeFragment(within)}`;
  }

  function takenAlong(component: string): string {
    const known = taken.get(component);
    if (known !== undefined) return known.name;
    const found = valueAt(document, component) as SchemaObject;
    const { value: source, pointer } = Object.hasOwn(found, 'schemaFormat')
      ? schemaAt(document, { value: found, pointer: component })
      : { value: found, pointer: component };
    const schema = structuredClone(source);
    const name = freeName(component);
    taken.set(component, { name, schema });
    pending.push({ value: schema, pointer });
    return name;
  }

  /** Of the component, in letters that need no escape, and unlike those there are. */
  function freeName(component: string): string {
    const stem = component
      .slice(component.lastIndexOf('/') + 1)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 100);
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? stem : `${stem}-${number}`;
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  }
}
