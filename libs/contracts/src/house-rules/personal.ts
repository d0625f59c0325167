import { pointerToken, valueAt } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';

/** A place in a payload that identifies a person. */
export interface PersonalField {
  /** pointer into payloads, `*` for any item */
  path: string;
  /** pointer into the schema */
  pointer: string;
}

/** Types and names that identify a person by themselves. */
const TYPE = /(?:^|[.:/-])(?:subject|person-?name|person-?names|names?-in-two-scripts|common\.name)$/i;
/** The whole of a document, or its narrower form for natural persons. */
const WHOLE = /^(?:\/\$defs\/Person)?$/;
const NAME =
  /^(?:nin|idcs|cnie|nationalNumber|nationalIdentifier|passportNumber|personName|firstName|lastName|familyName)$/;

/** A schema whose references fan out could have more places than anyone can list. */
const MAX_VISITS = 5_000;
const MAX_DEPTH = 24;

/** Every place of a payload that holds an identifier or the names of a person, by the types and names in use. */
export function personalFields(root: SchemaObject): PersonalField[] {
  const found = new Map<string, PersonalField>();
  let visits = 0;
  visit(root, '', '', 0);
  return [...found.values()];

  function visit(schema: unknown, pointer: string, path: string, depth: number): void {
    if (!isObject(schema) || depth > MAX_DEPTH || (visits += 1) > MAX_VISITS) return;
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      if (isPersonalType(reference)) return void found.set(path, { path, pointer });
      if (reference.startsWith('#/')) {
        visit(valueAt(root, reference.slice(1)), reference.slice(1), path, depth + 1);
      }
    }
    if (isObject(schema['properties'])) {
      for (const [name, property] of Object.entries(schema['properties'])) {
        const token = pointerToken(name);
        const at = { path: path + token, pointer: `${pointer}/properties${token}` };
        if (NAME.test(name)) found.set(at.path, at);
        else visit(property, at.pointer, at.path, depth + 1);
      }
    }
    for (const keyword of ['items', 'additionalProperties']) {
      visit(schema[keyword], `${pointer}/${keyword}`, `${path}/*`, depth + 1);
    }
    for (const keyword of ['prefixItems', 'allOf', 'anyOf', 'oneOf']) {
      const branches = schema[keyword];
      if (!Array.isArray(branches)) continue;
      branches.forEach((branch, index) => {
        const below = keyword === 'prefixItems' ? `${path}/*` : path;
        visit(branch, `${pointer}/${keyword}/${index}`, below, depth + 1);
      });
    }
    for (const keyword of ['then', 'else']) visit(schema[keyword], `${pointer}/${keyword}`, path, depth + 1);
  }
}

function isPersonalType(reference: string): boolean {
  const [document = '', fragment = ''] = reference.split('#');
  return TYPE.test(fragment) || (WHOLE.test(fragment) && TYPE.test(document.replace(/:v\d+$/, '')));
}
