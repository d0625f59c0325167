import { CONTRACT_URN } from '../contract-references.js';
import { ASSERTED_FORMATS } from '../formats.js';
import { type SchemaObject, walkSchemas } from '../schema-walk.js';
import { allowsKind, isBounded, type Kind } from './bounds.js';
import { type Declared, declaredSchemas } from './declared.js';
import { labelProblems } from './labels.js';
import { RequiredEffort, unknownRequired } from './required-names.js';
import type { HouseRule, Problem } from './rules.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The house rules that a schema can be judged by alone. The schema has passed `lintSchema`. */
export function schemaProblems(root: SchemaObject): Problem[] {
  const problems: Problem[] = [];
  const add = (pointer: string, rule: HouseRule, message: string) =>
    problems.push({ pointer, rule, message });

  if (root['$schema'] !== DIALECT) {
    add(Object.hasOwn(root, '$schema') ? '/$schema' : '', 'dialect', 'not JSON Schema 2020-12');
  }
  const id = root['$id'];
  if (typeof id !== 'string' || !CONTRACT_URN.test(id)) {
    add(id === undefined ? '' : '/$id', 'id', 'not the URN of a contract and its major version');
  }
  if (!isText(root['description'])) add('', 'description', 'the schema has no description');

  const effort = new RequiredEffort();
  for (const declared of declaredSchemas(root)) {
    if (declared.kind !== 'item') named(declared, add);
    contents(declared, add);
    problems.push(...unknownRequired(root, declared, effort));
  }
  problems.push(...references(root));
  return problems;
}

type Add = (pointer: string, rule: HouseRule, message: string) => void;

function named({ kind, name, schema, pointer }: Declared, add: Add): void {
  if (!isText(schema['title'])) add(pointer, 'title', 'has no title');
  for (const { at, message } of labelProblems(schema['x-titles'])) {
    add(schema['x-titles'] === undefined ? pointer : `${pointer}/x-titles${at}`, 'labels', message);
  }
  if (kind === 'property' && !/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    add(pointer, 'camel-case', 'the name is not in camelCase');
  }
}

const TYPING = ['type', 'enum', 'const', '$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'properties', 'if'];
const UNBOUNDED: [Kind, HouseRule, string][] = [
  ['string', 'bounded-string', 'a text without a bound'],
  ['array', 'bounded-array', 'an array without a bound'],
  ['object', 'closed-object', 'an object that takes members the contract does not name'],
  ['number', 'bounded-number', 'a number without bounds'],
];
const MONEY =
  /(?:^|[a-z])(?:amount|price|fee|cost|salary|income|wage|balance|total|tax|duty|montant|prix|salaire|solde)s?$/i;
const DATE = /(?:^date|Date|[a-z](?:On|At|From|Until))$/;

function contents({ name, schema, pointer }: Declared, add: Add): void {
  const { format } = schema;
  if (!TYPING.some((keyword) => Object.hasOwn(schema, keyword))) {
    return add(pointer, 'type', 'says nothing of the type: anything may stand here');
  }
  for (const [kind, rule, message] of UNBOUNDED) {
    if (!isBounded(schema, kind)) add(pointer, rule, message);
  }
  if (typeof format === 'string' && !isKnownFormat(format)) {
    add(`${pointer}/format`, 'known-format', `the format ${format.slice(0, 40)} is not asserted`);
  }
  if (!Object.hasOwn(schema, 'type')) return;
  if (MONEY.test(name) && [schema['type']].flat().includes('number')) {
    add(`${pointer}/type`, 'money', 'money as a floating-point number');
  }
  const isSized = Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const');
  if (DATE.test(name) && allowsKind(schema, 'string') && format === undefined && !isSized) {
    add(pointer, 'date-format', 'looks like a date, but has no format');
  }
}

function isKnownFormat(format: string): boolean {
  return format === 'int32' || format === 'int64' || (ASSERTED_FORMATS as readonly string[]).includes(format);
}

function references(root: SchemaObject): Problem[] {
  const problems: Problem[] = [];
  walkSchemas(root, (schema, pointer) => {
    const reference = schema['$ref'];
    if (typeof reference !== 'string' || isHouseReference(reference)) return;
    problems.push({ pointer: `${pointer}/$ref`, rule: 'reference', message: referenceMessage(reference) });
  });
  return problems;
}

function isHouseReference(reference: string): boolean {
  return (
    reference === '#' ||
    /^#\/\$defs\/[A-Za-z0-9_-]+$/.test(reference) ||
    CONTRACT_URN.test(reference.replace(/#.*$/s, ''))
  );
}

function referenceMessage(reference: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(reference)
    ? 'a remote reference: nothing is fetched'
    : 'a reference that is neither to $defs nor to a contract';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
