import { canonicalText } from '../canonical.js';
import type { Difference, DifferenceType } from './difference.js';

/** Which schema reads and which wrote: a new schema reads old data (backward) or the other way round (forward). */
export interface Roles {
  reader: 'new' | 'old';
  writer: 'new' | 'old';
}

const MAX_OLD_SCHEMA = 10 * 1024;

/** The line a Confluent registry prints for a difference: clients show it, and tests match on it. */
export function differenceMessage({ type, path }: Difference, { reader, writer }: Roles): string {
  return `{errorType:"${type}", description:"${describe(type, path, reader, writer)}"}`;
}

/** The lines that name the version compared with; its text is cut at 10 KB. */
export function oldSchemaMessages(version: number | undefined, text: string): string[] {
  const canonical = canonicalText(text);
  const cut =
    canonical.length > MAX_OLD_SCHEMA
      ? `<truncated to ${MAX_OLD_SCHEMA} characters> '${canonical.slice(0, MAX_OLD_SCHEMA)}'`
      : `'${canonical}'`;
  return [...(version === undefined ? [] : [`{oldSchemaVersion: ${version}}`]), `{oldSchema: ${cut}}`];
}

export function settingsMessage(validateFields: boolean, level: string): string {
  return `{validateFields: '${validateFields}', compatibility: '${level}'}`;
}

/** The texts go by what kind of change a name says, with the exceptions first. */
function describe(type: DifferenceType, path: string, reader: string, writer: string): string {
  switch (type) {
    case 'REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL':
    case 'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL':
    case 'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL':
    case 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL':
      return `The ${reader} schema has an open content model and has a property or item at path '${path}' which is missing in the ${writer} schema`;
    case 'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL':
      return `The ${reader} schema has an unopen content model and has a required property at path '${path}' which is missing in the ${writer} schema`;
    case 'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL':
    case 'ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL':
      return `The ${reader} schema has a closed content model and is missing a property or item present at path '${path}' in the ${writer} schema`;
    case 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL':
    case 'ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL':
      return `A property or item is missing in the ${reader} schema but present at path '${path}' in the ${writer} schema and is not covered by its partially open content model`;
    case 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL':
    case 'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL':
      return `The ${reader} schema has a property or item at path '${path}' which is missing in the ${writer} schema and is not covered by its partially open content model`;
    case 'PATTERN_CHANGED':
    case 'MULTIPLE_OF_CHANGED':
    case 'DEPENDENCY_ARRAY_CHANGED':
      return `The value at path '${path}' is different between the ${reader} and ${writer} schema`;
    case 'DEPENDENCY_ARRAY_EXTENDED':
    case 'PRODUCT_TYPE_EXTENDED':
    case 'NOT_TYPE_EXTENDED':
      return `An array or combined type at path '${path}' has more elements in the ${reader} schema than the ${writer} schema`;
    case 'SCHEMA_ADDED':
      return '';
    case 'COMPARISON_TOO_COSTLY':
      return `The ${reader} schema and the ${writer} schema are too large or too entangled to be compared within the limits of this registry; simplify unions and recursive references, or split the schema`;
  }
  if (type === 'TYPE_NARROWED' || type.endsWith('_CHANGED')) {
    return `A type at path '${path}' is different between the ${reader} schema and the ${writer} schema`;
  }
  if (type.endsWith('_NARROWED')) {
    return `An array or combined type at path '${path}' has fewer elements in the ${reader} schema than the ${writer} schema`;
  }
  if (type.endsWith('_INCREASED') || type === 'MULTIPLE_OF_EXPANDED') {
    return `The value at path '${path}' in the ${reader} schema is more than its value in the ${writer} schema`;
  }
  if (type.endsWith('_DECREASED')) {
    return `The value at path '${path}' in the ${reader} schema is less than its value in the ${writer} schema`;
  }
  return `The keyword at path '${path}' in the ${reader} schema is not present in the ${writer} schema`;
}
