import { canonicalText } from '../canonical.js';
import { CONTRACT_URN, contractUrn } from '../contract-references.js';
import { pointerToken, valueAt } from '../json-pointer.js';
import { inspectSchema, invalidSchema } from '../lint.js';
import { BUNDLE_LIMITS } from '../lint-limits.js';
import { decodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject, walkSchemas } from '../schema-walk.js';
import { type ImportedContract, malformed, type Notes, shown, slug } from './imported-contract.js';

/** What is known of a contract before its schema is looked at. */
export interface Known {
  /** pointer to where the document has it */
  source: string;
  /** `contract.yaml` as far as it is known; its name holds where the schema is no contract's */
  governance: SchemaObject;
  major?: number;
}

/**
 * The contract of a schema: its `$id` is a contract's, and contracts that it embeds are referred to again.
 *
 * @throws WaslError `invalid-schema`; `malformed-body` if the schema is no object
 */
export function contractOfSchema(
  text: string,
  { source, governance, major = 1 }: Known,
  notes: Notes,
): ImportedContract {
  refuseBadSchema(text);
  const read: unknown = JSON.parse(text);
  if (!isObject(read)) throw malformed('a contract is a schema that is an object');
  const schema = identified(read, governance['name'], major, notes);
  unembed(schema, notes);
  const schemaText = canonicalText(JSON.stringify(schema));
  const found = {
    ...titled(schema),
    ...governance,
    name: CONTRACT_URN.exec(String(schema['$id']))![1],
  };
  notes.addMissing(found);
  return { source, governance: found, schemaText, notes: notes.all };
}

/** Refuses what a bundle may not be; references to other contracts, which aren't at hand, are left to the registry. */
function refuseBadSchema(text: string): void {
  const { violations } = inspectSchema({ text }, BUNDLE_LIMITS);
  if (violations.length === 0) return;
  const leading = violations.filter(({ rule }) => rule === '$ref');
  const schema = leading.length > 0 ? (JSON.parse(text) as unknown) : undefined;
  const refused = violations.flatMap((violation) => {
    const reference = violation.rule === '$ref' ? valueAt(schema, violation.pointer) : undefined;
    if (typeof reference !== 'string') return [violation];
    if (CONTRACT_URN.test(reference.replace(/#.*$/s, ''))) return [];
    const message = `${shown(reference)} leads to nothing in the document, and nothing is fetched: bundle it into one file first`;
    return [{ ...violation, message }];
  });
  if (refused.length > 0) throw invalidSchema(refused);
}

function identified(schema: SchemaObject, name: unknown, major: number, notes: Notes): SchemaObject {
  if (CONTRACT_URN.test(String(schema['$id']))) return schema;
  const isName = typeof name === 'string';
  const urn = contractUrn({
    name: isName ? name : `domain.${slug(schema['title']) || 'contract'}`,
    major,
  });
  if (!isName || name.startsWith('domain.'))
    notes.add('/$id', `it was no contract's: ${urn} until you name it`, 'contract');
  const { $schema, $id: _, ...rest } = schema;
  return { ...($schema === undefined ? {} : { $schema }), $id: urn, ...rest };
}

/** Takes out what {@link bundleSchema} put in, unless a pointer leads into it. */
function unembed(schema: SchemaObject, notes: Notes): void {
  const pointers: string[] = [];
  walkSchemas(schema, ({ $ref }) => {
    if (typeof $ref === 'string' && $ref.startsWith('#')) pointers.push(decodeFragment($ref.slice(1)));
  });
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = schema[keyword];
    if (!isObject(definitions)) continue;
    for (const [key, definition] of Object.entries(definitions)) {
      const urn = isObject(definition) ? String(definition['$id']) : '';
      const at = `/${keyword}${pointerToken(key)}`;
      if (!CONTRACT_URN.test(urn) || urn === schema['$id']) continue;
      if (pointers.some((pointer) => `${pointer}/`.startsWith(`${at}/`))) continue;
      delete definitions[key];
      notes.add(at, `it is the contract ${urn}, to be referred to and imported by itself: left out`);
    }
    if (Object.keys(definitions).length === 0) delete schema[keyword];
  }
}

function titled({ title, description }: SchemaObject): SchemaObject {
  return {
    ...(typeof title === 'string' ? { titles: { en: title } } : {}),
    ...(typeof description === 'string' ? { description: { en: description } } : {}),
  };
}
