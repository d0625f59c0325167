import { canonicalText } from '../canonical.js';
import { CONTRACT_URN, contractUrn } from '../contract-references.js';
import { pointerToken } from '../json-pointer.js';
import { inspectSchema, invalidSchema } from '../lint.js';
import { BUNDLE_LIMITS } from '../lint-limits.js';
import { isObject, type SchemaObject, walkSchemas } from '../schema-walk.js';
import { type ImportedContract, malformed, Notes, slug } from './imported-contract.js';

/**
 * The contract of a schema: its `$id` is a contract's, and contracts that it embeds are referred to again. `governance`
 * is what is known already.
 *
 * @throws WaslError `invalid-schema`; `malformed-body` if the schema is no object
 */
export function contractOfSchema(text: string, governance: SchemaObject, notes: Notes): ImportedContract {
  refuseBadSchema(text);
  const source: unknown = JSON.parse(text);
  if (!isObject(source)) throw malformed('a contract is a schema that is an object');
  const schema = identified(source, governance['name'], notes);
  unembed(schema, notes);
  const schemaText = canonicalText(JSON.stringify(schema));
  const found = {
    ...titled(schema),
    ...governance,
    name: CONTRACT_URN.exec(String(schema['$id']))![1],
  };
  notes.addMissing(found);
  return { governance: found, schemaText, notes: notes.all };
}

/** Refuses what a bundle may not be; references may lead to other contracts, which aren't at hand. */
function refuseBadSchema(text: string): void {
  const violations = inspectSchema({ text }, BUNDLE_LIMITS).violations.filter(({ rule }) => rule !== '$ref');
  if (violations.length > 0) throw invalidSchema(violations);
}

function identified(schema: SchemaObject, name: unknown, notes: Notes): SchemaObject {
  if (CONTRACT_URN.test(String(schema['$id']))) return schema;
  const urn = contractUrn({
    name: typeof name === 'string' ? name : `domain.${slug(schema['title']) || 'contract'}`,
    major: 1,
  });
  notes.add('/$id', `it was no contract's: ${urn} until you name it`, 'contract');
  const { $schema, $id: _, ...rest } = schema;
  return { ...($schema === undefined ? {} : { $schema }), $id: urn, ...rest };
}

/** Takes out what {@link bundleSchema} put in, unless a pointer leads into it. */
function unembed(schema: SchemaObject, notes: Notes): void {
  const pointers: string[] = [];
  walkSchemas(schema, ({ $ref }) => {
    if (typeof $ref === 'string') pointers.push($ref);
  });
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = schema[keyword];
    if (!isObject(definitions)) continue;
    for (const [key, definition] of Object.entries(definitions)) {
      const urn = isObject(definition) ? String(definition['$id']) : '';
      const at = `/${keyword}${pointerToken(key)}`;
      if (!CONTRACT_URN.test(urn) || urn === schema['$id']) continue;
      if (pointers.some((pointer) => `${pointer}/`.startsWith(`#${at}/`))) continue;
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
