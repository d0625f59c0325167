export type Severity = 'error' | 'warning';

/** House rules of contracts and how to mend what breaks them; each has a section in docs/contract-rules.md. */
export const HOUSE_RULES = {
  json: { severity: 'error', hint: 'Write the file as JSON in UTF-8, every member name once.' },
  yaml: { severity: 'error', hint: 'Write contract.yaml as plain YAML 1.2 without anchors and aliases.' },
  safety: {
    severity: 'error',
    hint: 'Stay within what the registry compiles: see docs/contract-rules.md#safety.',
  },
  dialect: {
    severity: 'error',
    hint: 'Set "$schema" to "https://json-schema.org/draft/2020-12/schema".',
  },
  id: {
    severity: 'error',
    hint: 'Set "$id" to urn:wasl:contract:<domain>.<contract>:v<major>, as the folder and file are named.',
  },
  reference: {
    severity: 'error',
    hint: 'Refer to "#/$defs/<Name>", to "#", or to a contract by its URN (urn:wasl:contract:<name>:v<major>).',
  },
  title: { severity: 'error', hint: 'Add "title": a short name in English.' },
  labels: { severity: 'error', hint: 'Add "x-titles" with fr, ar and en, each in its own script.' },
  description: { severity: 'error', hint: 'Say in one or two sentences what one record stands for.' },
  type: { severity: 'error', hint: 'Add "type", "enum", "const" or "$ref".' },
  'bounded-string': {
    severity: 'error',
    hint: 'Add "maxLength", "enum", a known "format", or a "pattern" from ^ to $ without *, + and {n,}.',
  },
  'bounded-array': { severity: 'error', hint: 'Add "maxItems", and "items" for what the array holds.' },
  'closed-object': {
    severity: 'error',
    hint: 'Add "additionalProperties": false; for a map, give a schema there and "maxProperties".',
  },
  'bounded-number': {
    severity: 'error',
    hint: 'Add "minimum" and "maximum" (or their exclusive forms), "enum", or the format int32 or int64.',
  },
  money: {
    severity: 'error',
    hint: 'Carry money as an integer of the smallest unit beside a currency code, or as a decimal string with a pattern.',
  },
  'camel-case': {
    severity: 'error',
    hint: 'Name properties in camelCase: an ASCII small letter, then letters and digits.',
  },
  'required-exists': { severity: 'error', hint: 'Declare the property, or take its name out of "required".' },
  'known-format': {
    severity: 'warning',
    hint: 'Use a format that is asserted, or a "pattern": others are comments to validators.',
  },
  'date-format': {
    severity: 'warning',
    hint: 'Add "format": "date" or "date-time", or refer to the common type for partial dates.',
  },
  classified: {
    severity: 'error',
    hint: 'Name the field under "fields" in contract.yaml with its class (P2 or P3 for what identifies a person).',
  },
  governance: { severity: 'error', hint: 'Complete contract.yaml: see docs/contract-rules.md#governance.' },
  examples: { severity: 'warning', hint: 'Add files under examples/valid and examples/invalid.' },
  'example-verdict': {
    severity: 'error',
    hint: 'Mend the example or the schema; an invalid example is {"payload", "expected": {"pointer", "rule"}}.',
  },
} as const satisfies Record<string, { severity: Severity; hint: string }>;

export type HouseRule = keyof typeof HOUSE_RULES;

/** What a rule found, before its line is known. */
export interface Problem {
  /** JSON pointer into the file */
  pointer: string;
  rule: HouseRule;
  message: string;
  /** where it isn't the rule's own */
  severity?: Severity;
}

/** One finding in one file. */
export interface Finding {
  file: string;
  /** from 1 */
  line: number;
  /** from 1, in UTF-16 code units */
  column: number;
  pointer: string;
  rule: HouseRule;
  severity: Severity;
  message: string;
  /** how to mend it */
  hint: string;
}
