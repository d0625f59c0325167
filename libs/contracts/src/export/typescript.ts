import { pointerTokens, valueAt } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { ExportedContract } from './exported-contract.js';

const MAX_INLINE_DEPTH = 24;

/**
 * TypeScript types of a contract's payload: one exported type for the record, one for each schema that is referred to.
 * Deterministic. Bounds and patterns are told in comments, conditions (`if`, `not`) are not.
 */
export function toTypeScript(contract: ExportedContract): string {
  const { flat } = contract;
  const names = new Map<string, string>([['', typeName(contract.name.split('.').at(-1) ?? '')]]);
  const written: string[] = [];
  // Naming a target adds it to the end of what is to be written.
  for (const [pointer, name] of names) {
    const schema = pointer === '' ? flat : valueAt(flat, pointer);
    const type = typeOf(schema, 0);
    written.push(`${comment(schema, '')}export type ${name} = ${type};\n`);
  }
  const { titles } = contract.governance;
  const head = [
    `${contract.topic}, version ${contract.version}${contract.guid ? ` (${contract.guid})` : ''}`,
    ...Object.values(titles as unknown as Record<string, string>),
    'Generated from the contract: changes here are lost.',
  ];
  return `${block(head, '')}\n${written.join('\n')}`;

  function typeOf(schema: unknown, depth: number): string {
    if (schema === false) return 'never';
    if (!isObject(schema) || depth > MAX_INLINE_DEPTH) return 'unknown';
    const parts: string[] = [];
    if (typeof schema['$ref'] === 'string') parts.push(reference(schema['$ref']));
    if (Array.isArray(schema['enum'])) parts.push(union(schema['enum'].map(literal)));
    else if (Object.hasOwn(schema, 'const')) parts.push(literal(schema['const']));
    else {
      const own = ownType(schema, depth);
      if (own !== undefined) parts.push(own);
    }
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = schema[keyword];
      if (Array.isArray(branches)) parts.push(union(branches.map((branch) => typeOf(branch, depth + 1))));
    }
    if (Array.isArray(schema['allOf']))
      parts.push(...schema['allOf'].map((branch) => typeOf(branch, depth + 1)));
    const known = [...new Set(parts)].filter((part) => part !== 'unknown');
    if (known.length === 0) return 'unknown';
    return known.length === 1 ? known[0]! : known.map(enclosed).join(' & ');
  }

  function ownType(schema: SchemaObject, depth: number): string | undefined {
    const types = Object.hasOwn(schema, 'type') ? [schema['type']].flat() : impliedTypes(schema);
    if (types.length === 0) return undefined;
    return union(
      types.map((type) => {
        if (type === 'object') return objectType(schema, depth);
        if (type === 'array') return arrayType(schema, depth);
        if (type === 'integer') return 'number';
        return ['string', 'number', 'boolean', 'null'].includes(type as string) ? String(type) : 'unknown';
      }),
    );
  }

  function objectType(schema: SchemaObject, depth: number): string {
    const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const rest = schema['additionalProperties'];
    if (properties.length === 0) {
      if (rest === false) return 'Record<string, never>';
      return `Record<string, ${isObject(rest) ? typeOf(rest, depth + 1) : 'unknown'}>`;
    }
    const indent = '  '.repeat(depth + 1);
    const members = properties.map(([name, property]) => {
      const mark = required.has(name) ? '' : '?';
      return `${comment(property, indent)}${indent}${memberName(name)}${mark}: ${typeOf(property, depth + 1)};\n`;
    });
    return `{\n${members.join('')}${'  '.repeat(depth)}}`;
  }

  function arrayType(schema: SchemaObject, depth: number): string {
    const tuple = schema['prefixItems'] ?? (Array.isArray(schema['items']) ? schema['items'] : undefined);
    const rest = Array.isArray(schema['items']) ? schema['additionalItems'] : schema['items'];
    const item = rest === undefined ? 'unknown' : typeOf(rest, depth + 1);
    if (!Array.isArray(tuple)) return `${enclosed(item)}[]`;
    const items = tuple.map((entry) => `${enclosed(typeOf(entry, depth + 1))}?`);
    return `[${[...items, ...(rest === false ? [] : [`...${enclosed(item)}[]`])].join(', ')}]`;
  }

  function reference(target: string): string {
    if (!target.startsWith('#')) return 'unknown';
    const pointer = decodeURIComponent(target.slice(1));
    const known = names.get(pointer);
    if (known !== undefined) return known;
    const wanted = typeName(pointerTokens(pointer).at(-1) ?? '');
    const taken = new Set(names.values());
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`;
    names.set(pointer, name);
    return name;
  }
}

function impliedTypes(schema: SchemaObject): string[] {
  if (isObject(schema['properties'])) return ['object'];
  return Object.hasOwn(schema, 'items') || Object.hasOwn(schema, 'prefixItems') ? ['array'] : [];
}

function literal(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'unknown';
  return JSON.stringify(value);
}

function union(types: string[]): string {
  const distinct = [...new Set(types)];
  if (distinct.length === 0) return 'never';
  if (distinct.includes('unknown')) return 'unknown';
  return distinct.length === 1 ? distinct[0]! : distinct.map(enclosed).join(' | ');
}

function enclosed(type: string): string {
  return / [|&] /.test(type) && !/^\{[\s\S]*\}$/.test(type) ? `(${type})` : type;
}

function typeName(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (name === '') return 'Schema';
  return /^[0-9]/.test(name) ? `T${name}` : GLOBAL_TYPES.has(name) ? `${name}Type` : name;
}

/** Names that the generated types use themselves. */
const GLOBAL_TYPES = new Set(['Record']);

function memberName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

function comment(schema: unknown, indent: string): string {
  if (!isObject(schema)) return '';
  const lines: string[] = [];
  const labels = schema['x-titles'];
  if (isObject(labels))
    lines.push(['fr', 'ar', 'en'].flatMap((language) => text(labels[language])).join(' · '));
  else lines.push(...text(schema['title']));
  lines.push(...text(schema['description']));
  for (const keyword of [
    'format',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'minItems',
    'maxItems',
  ]) {
    const value = schema[keyword];
    if (typeof value === 'string' || typeof value === 'number') lines.push(`@${keyword} ${value}`);
  }
  if (schema['deprecated'] === true) lines.push('@deprecated');
  return block(
    lines.filter((line) => line !== ''),
    indent,
  );
}

function text(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function block(lines: string[], indent: string): string {
  const safe = lines.map((line) => line.replaceAll('*/', '*\u200b/').replace(/[\r\n\u2028\u2029]+/g, ' '));
  if (safe.length === 0) return '';
  if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return `${indent}/**\n${safe.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}
