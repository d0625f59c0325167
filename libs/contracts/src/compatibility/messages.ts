import { canonicalText } from '../canonical.js';
import type { Difference, DifferenceType } from './difference.js';

/** Which schema reads and which wrote: a new schema reads old data (backward) or the other way round (forward). */
export interface Roles {
  reader: 'new' | 'old';
  writer: 'new' | 'old';
}

const MAX_OLD_SCHEMA = 10 * 1024;

/** The line a Confluent registry prints for a difference: clients show it, and tests match on it. */
export function differenceMessage({ type, path }: Difference, roles: Roles): string {
  return `{errorType:"${type}", description:"${describe(type, { path, ...roles })}"}`;
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

const OTHERS = 'which is missing in the {writer} schema';
const NOT_COVERED = 'is not covered by its partially open content model';

/** What the name of a difference says decides on the text: the first that fits. */
const TEXTS: readonly (readonly [of: RegExp, text: string])[] = [
  [/^SCHEMA_ADDED$/, ''],
  [
    /^COMPARISON_TOO_COSTLY$/,
    'The {reader} schema and the {writer} schema are too large or too entangled to be compared within the limits of this registry; simplify unions and recursive references, or split the schema',
  ],
  [
    /_ADDED_TO_OPEN_CONTENT_MODEL$/,
    `The {reader} schema has an open content model and has a property or item at path '{path}' ${OTHERS}`,
  ],
  [
    /_ADDED_TO_UNOPEN_CONTENT_MODEL$/,
    `The {reader} schema has an unopen content model and has a required property at path '{path}' ${OTHERS}`,
  ],
  [
    /_REMOVED_FROM_CLOSED_CONTENT_MODEL$/,
    `The {reader} schema has a closed content model and is missing a property or item present at path '{path}' in the {writer} schema`,
  ],
  [
    /_REMOVED_NOT_COVERED/,
    `A property or item is missing in the {reader} schema but present at path '{path}' in the {writer} schema and ${NOT_COVERED}`,
  ],
  [
    /_ADDED_NOT_COVERED/,
    `The {reader} schema has a property or item at path '{path}' ${OTHERS} and ${NOT_COVERED}`,
  ],
  [
    /^(?:PATTERN|MULTIPLE_OF|DEPENDENCY_ARRAY)_CHANGED$/,
    `The value at path '{path}' is different between the {reader} and {writer} schema`,
  ],
  [
    /^TYPE_NARROWED$|_CHANGED$/,
    `A type at path '{path}' is different between the {reader} schema and the {writer} schema`,
  ],
  [
    /_INCREASED$|^MULTIPLE_OF_EXPANDED$/,
    `The value at path '{path}' in the {reader} schema is more than its value in the {writer} schema`,
  ],
  [
    /_DECREASED$/,
    `The value at path '{path}' in the {reader} schema is less than its value in the {writer} schema`,
  ],
  [
    /_EXTENDED$/,
    `An array or combined type at path '{path}' has more elements in the {reader} schema than the {writer} schema`,
  ],
  [
    /_NARROWED$/,
    `An array or combined type at path '{path}' has fewer elements in the {reader} schema than the {writer} schema`,
  ],
  [/./, `The keyword at path '{path}' in the {reader} schema is not present in the {writer} schema`],
];

function describe(type: DifferenceType, values: Record<string, string>): string {
  const [, text] = TEXTS.find(([of]) => of.test(type))!;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}
