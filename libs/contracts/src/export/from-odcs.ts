import { bundleSchema } from '../bundle.js';
import { canonicalText } from '../canonical.js';
import { lintSchema } from '../lint.js';
import { isObject } from '../schema-walk.js';
import { type ImportedContract, malformed, Notes } from './imported-contract.js';
import { CUSTOM, type OdcsDocument } from './odcs-document.js';
import { importGovernance } from './odcs-governance.js';
import { odcsProperties } from './odcs-properties.js';
import { importSchema, schemaId } from './odcs-schema.js';
import { readYamlObject } from './read-yaml.js';

const CARRIED = new Set([
  'version',
  'apiVersion',
  'kind',
  'id',
  'status',
  'name',
  'tenant',
  'domain',
  'description',
  'servers',
  'schema',
  'support',
  'team',
  'roles',
  'slaProperties',
  'authoritativeDefinitions',
  'customProperties',
]);

/**
 * Reads an ODCS 3.x document. What {@link toOdcs} wrote comes back as it was; another document gives a skeleton.
 *
 * @throws WaslError `malformed-body` if the text is no ODCS 3.x document
 */
export function fromOdcs(text: string): ImportedContract {
  const document = readDocument(text);
  const notes = new Notes();
  for (const member of Object.keys(document)) {
    if (!CARRIED.has(member)) notes.add(`/${member}`, 'a contract has no place for it: left out');
  }
  const governance = importGovernance(document, notes);
  const schemaText =
    exactSchema(document, notes) ?? JSON.stringify(importSchema(document, governance, notes));
  notes.addMissing(governance);
  return { source: '', governance, schemaText, notes: notes.all };
}

function readDocument(text: string): OdcsDocument {
  const value = readYamlObject(text);
  if (value['kind'] !== 'DataContract') throw malformed('its kind is not DataContract');
  if (!/^v3\.\d+\.\d+$/.test(String(value['apiVersion']))) throw malformed('its apiVersion is not v3');
  return value as unknown as OdcsDocument;
}

/** The schema that the document carries word for word, if it is this contract's and may be compiled. */
function exactSchema(document: OdcsDocument, notes: Notes): string | undefined {
  const [first] = Array.isArray(document.schema) ? document.schema : [];
  const custom: unknown[] = Array.isArray(first?.customProperties) ? first.customProperties : [];
  const entry = custom.find((item) => isObject(item) && item['property'] === CUSTOM.jsonSchema);
  if (!isObject(entry) || typeof entry['value'] !== 'string') return undefined;
  const at = `/schema/0/customProperties/${custom.indexOf(entry)}/value`;
  const [violation] = lintSchema(entry['value']).filter(({ rule }) => rule !== '$ref');
  if (violation) {
    notes.add(at, `the schema it carries is refused (${violation.rule}): made from the properties instead`);
    return undefined;
  }
  const schema: unknown = JSON.parse(entry['value']);
  if (!isObject(schema) || schema['$id'] !== schemaId(document)) {
    notes.add(at, "the schema it carries is not this contract's: made from the properties instead");
    return undefined;
  }
  warnOfEdits(document, entry['value'], notes);
  return canonicalText(entry['value']);
}

/** Someone may have edited the properties, which others read, and not the schema, which counts. */
function warnOfEdits(document: OdcsDocument, text: string, notes: Notes): void {
  if (lintSchema(text).length > 0) return; // refers to other contracts, which aren't at hand
  const flat: unknown = JSON.parse(bundleSchema({ text }, { flatten: true }));
  const written = JSON.stringify(withoutClasses(document.schema?.[0]?.properties ?? []));
  if (written !== JSON.stringify(withoutClasses(odcsProperties(flat, () => '')))) {
    notes.add(
      '/schema/0/properties',
      'they say something else than the schema in customProperties, which was taken',
    );
  }
}

function withoutClasses(properties: unknown): unknown {
  return JSON.parse(
    JSON.stringify(properties, (key, value: unknown) => (key === 'classification' ? undefined : value)),
  );
}
