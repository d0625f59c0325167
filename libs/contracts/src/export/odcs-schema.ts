import { contractUrn } from '../contract-references.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { Notes } from './imported-contract.js';
import type { OdcsDocument } from './odcs-document.js';
import { contractName, list } from './odcs-governance.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const MAX_DEPTH = 24;
const FORMATS: Record<string, string> = { date: 'date', timestamp: 'date-time', time: 'time' };
const INTEGER_FORMATS: Partial<Record<string, string>> = { i32: 'int32', i64: 'int64' };
const OPTIONS = [
  'minLength',
  'maxLength',
  'pattern',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minProperties',
  'maxProperties',
  'minItems',
  'maxItems',
  'uniqueItems',
];
const CARRIED = new Set([
  'name',
  'logicalType',
  'logicalTypeOptions',
  'required',
  'classification',
  'examples',
  'description',
  'businessName',
  'customProperties',
  'properties',
  'items',
  'quality',
]);

/** `$id` of the contract that a document is of: the major version is the first number of its version. */
export function schemaId(document: OdcsDocument): string {
  const major = /^v?([1-9]\d{0,3})(?:\.|$)/.exec(String(document.version))?.[1] ?? '1';
  return contractUrn({ name: contractName(document), major: Number(major) });
}

/** A schema made of the properties of the first object; classes of fields go to the governance. */
export function importSchema(document: OdcsDocument, governance: SchemaObject, notes: Notes): SchemaObject {
  const objects = list(document.schema);
  const [first = {}] = objects;
  if (objects.length > 1)
    notes.add('/schema/1', 'a contract has one record: only the first object is imported');
  const fields: Record<string, unknown> = {};
  const described = objectOf(first, '/schema/0', '', 0);
  if (!Object.hasOwn(governance, 'fields') && Object.keys(fields).length > 0) governance['fields'] = fields;
  return { $schema: DIALECT, $id: schemaId(document), ...texts(first), ...described };

  function objectOf(source: SchemaObject, at: string, path: string, depth: number): SchemaObject {
    const members = list(source['properties']).filter(
      ({ name }) => typeof name === 'string' && name !== '__proto__',
    );
    const required = members.filter((member) => member['required'] === true).map(({ name }) => name);
    return {
      type: 'object',
      additionalProperties: false,
      ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
      properties: Object.fromEntries(
        members.map((member, index) => {
          const name = member['name'] as string;
          const below = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          return [name, property(member, `${at}/properties/${index}`, below, depth + 1)];
        }),
      ),
    };
  }

  function property(source: SchemaObject, at: string, path: string, depth: number): SchemaObject {
    for (const member of Object.keys(source)) {
      if (!CARRIED.has(member)) notes.add(`${at}/${member}`, 'JSON Schema has no place for it: left out');
    }
    if (/^P[0-3]$/.test(String(source['classification']))) fields[path] = source['classification'];
    else if (source['classification'] !== undefined) {
      notes.add(`${at}/classification`, 'the class is none of P0 to P3: set it in contract.yaml');
    }
    const type = String(source['logicalType']);
    const options = isObject(source['logicalTypeOptions']) ? source['logicalTypeOptions'] : {};
    const schema: SchemaObject = { ...texts(source) };
    if (depth > MAX_DEPTH) notes.add(at, `nested deeper than ${MAX_DEPTH} levels: left out`);
    else if (type === 'object') Object.assign(schema, objectOf(source, at, path, depth));
    else if (type === 'array') {
      const items = isObject(source['items'])
        ? property(source['items'], `${at}/items`, `${path}/*`, depth + 1)
        : undefined;
      Object.assign(schema, { type, ...(items ? { items } : {}) });
    } else if (Object.hasOwn(FORMATS, type)) Object.assign(schema, { type: 'string', format: FORMATS[type] });
    else if (['string', 'number', 'integer', 'boolean'].includes(type)) schema['type'] = type;
    else notes.add(at, 'it has no logical type: any value is allowed');
    for (const name of OPTIONS) {
      const isForThis = !Object.hasOwn(FORMATS, type) && Object.hasOwn(options, name);
      if (isForThis) schema[name] = options[name];
    }
    Object.assign(schema, formatOf(type, options['format']));
    list(source['quality']).forEach((check, index) => {
      const values = isObject(check['arguments']) ? check['arguments']['validValues'] : undefined;
      if (check['metric'] === 'invalidValues' && check['mustBe'] === 0 && Array.isArray(values))
        schema['enum'] = values;
      else notes.add(`${at}/quality/${index}`, 'the quality check is not part of a schema: left out');
    });
    if (Array.isArray(source['examples'])) schema['examples'] = source['examples'];
    return schema;
  }
}

function formatOf(type: string, format: unknown): { format?: string } {
  if (type === 'string' && typeof format === 'string') return { format };
  const width = type === 'integer' ? INTEGER_FORMATS[String(format)] : undefined;
  return width === undefined ? {} : { format: width };
}

function texts(source: SchemaObject): SchemaObject {
  const titles = list(source['customProperties']).find(({ property }) => property === 'titles')?.['value'];
  const { businessName, description, name } = source;
  const english = isObject(titles) ? titles['en'] : undefined;
  const title = [english, businessName, name].find((text) => typeof text === 'string');
  return {
    ...(title === undefined ? {} : { title }),
    ...(isObject(titles) ? { 'x-titles': titles } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}
