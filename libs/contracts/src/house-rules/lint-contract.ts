import { parseDocument } from 'yaml';
import type { WaslError } from '#protocol';
import { CompiledContract } from '../compiled-contract.js';
import { valueAt } from '../json-pointer.js';
import { CONTRACT_URN } from '../contract-references.js';
import { lintSchema } from '../lint.js';
import { LINT_LIMITS } from '../lint-limits.js';
import type { References } from '../references.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { invalidExampleProblems, validExampleProblems } from './example-rules.js';
import { governanceProblems, unclassified } from './governance-rules.js';
import { type Locate, locateInJson, locateInYaml } from './positions.js';
import { type Finding, HOUSE_RULES, type Problem } from './rules.js';
import { schemaProblems } from './schema-rules.js';

export interface NamedText {
  /** name that findings carry */
  file: string;
  text: string;
}

/** The files of one contract, as texts. */
export interface ContractTexts {
  schema: NamedText;
  contract: NamedText;
  examples: { valid: NamedText[]; invalid: NamedText[] };
  /** `<domain>.<contract>` and major version as the folder and file are named; unchecked if absent */
  expectedId?: string;
  /** of the schema, by URN; what it refers to beyond these is not judged */
  references?: References;
}

export interface LintOptions {
  /** too few examples are an error, as for contracts of a national release */
  national?: boolean;
}

export const MIN_EXAMPLES = 10;
const MAX_FINDINGS = 1_000;
const MAX_YAML_LENGTH = 64 * 1024;

/** Judges one contract by the house rules; findings in order of file, line and column, at most 1,000. */
export function lintContractFile(texts: ContractTexts, options: LintOptions = {}): Finding[] {
  const { schema, contract, examples } = texts;
  const findings: Finding[] = [];
  const locateInSchema = locateInJson(schema.text);
  const { problems, root, judge } = judgeSchema(schema.text, texts.references);
  findings.push(...placed(schema.file, locateInSchema, problems));

  const id = root?.['$id'];
  if (
    texts.expectedId !== undefined &&
    id !== texts.expectedId &&
    !problems.some(({ rule }) => rule === 'id')
  ) {
    const problem: Problem = {
      pointer: '/$id',
      rule: 'id',
      message: `by its folder this is ${texts.expectedId}`,
    };
    findings.push(...placed(schema.file, locateInSchema, [problem]));
  }
  const governance = readYaml(contract.text);
  const name = CONTRACT_URN.exec(typeof id === 'string' ? id : '')?.[1];
  const ofContract = governance.problem ? [governance.problem] : governanceProblems(governance.value, name);
  findings.push(...placed(contract.file, locateInYaml(governance.problem ? '' : contract.text), ofContract));
  if (root) findings.push(...placed(schema.file, locateInSchema, unclassified(governance.value, root)));

  for (const kind of ['valid', 'invalid'] as const) {
    const check = kind === 'valid' ? validExampleProblems : invalidExampleProblems;
    for (const { file, text } of examples[kind]) {
      findings.push(...placed(file, locateInJson(text), check(text, judge)));
    }
    const count = examples[kind].length;
    if (count >= MIN_EXAMPLES) continue;
    const message = `${count} ${kind} examples of at least ${MIN_EXAMPLES}`;
    const severity = options.national || count === 0 ? 'error' : 'warning';
    findings.push(
      ...placed(schema.file, locateInSchema, [{ pointer: '', rule: 'examples', message, severity }]),
    );
  }
  return sorted(findings);
}

/** What is told of a contract whose judgement had to be given up. */
export function unjudged(schemaFile: string, message: string): Finding[] {
  return placed(schemaFile, locateInJson(''), [{ pointer: '', rule: 'safety', message }]);
}

/** Judges a schema by those house rules that need nothing beside it. */
export function lintContractSchema(text: string, file = 'schema.json', references?: References): Finding[] {
  return sorted(placed(file, locateInJson(text), judgeSchema(text, references).problems));
}

interface Judged {
  problems: Problem[];
  /** the schema, if it is safe to walk */
  root?: SchemaObject;
  /** absent if the schema can't be compiled on its own */
  judge?: CompiledContract;
}

/** Violations of the safety linter after which the document is still small and shallow enough to walk. */
const WALKABLE = new Set(['$ref', '$async', '$data', 'pattern', 'uniqueItems']);

function judgeSchema(text: string, references?: References): Judged {
  const violations = lintSchema(text, LINT_LIMITS, references);
  const root: unknown = violations.every(({ rule }) => WALKABLE.has(rule)) ? JSON.parse(text) : undefined;
  const problems = violations
    .filter(({ pointer, rule }) => rule !== '$ref' || isLocal(valueAt(root, pointer)))
    .map(({ pointer, rule, message = 'not allowed' }): Problem => {
      if (rule === 'json') return { pointer, rule, message };
      return { pointer, rule: 'safety', message: `${rule}: ${message}` };
    });
  if (root === undefined) return { problems };
  if (!isObject(root)) {
    return { problems: [{ pointer: '', rule: 'type', message: 'the schema of a contract is an object' }] };
  }
  problems.push(...schemaProblems(root));
  if (violations.length > 0) return { problems, root };
  try {
    return { problems, root, judge: CompiledContract.compile(text, references) };
  } catch (error) {
    problems.push({ pointer: '', rule: 'safety', message: (error as WaslError).detail });
    return { problems, root };
  }
}

/** References to elsewhere are a house rule's matter: contracts may be referred to. */
function isLocal(reference: unknown): boolean {
  return typeof reference === 'string' && reference.startsWith('#');
}

function readYaml(text: string): { value?: unknown; problem?: Problem } {
  const refuse = (message: string) => ({ problem: { pointer: '', rule: 'yaml' as const, message } });
  if (text.length > MAX_YAML_LENGTH) return refuse(`larger than ${MAX_YAML_LENGTH} characters`);
  try {
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error) return refuse(error.message.split('\n')[0]!.replace(/:$/, ''));
    return { value: document.toJS({ maxAliasCount: 0 }) as unknown };
  } catch (error) {
    return refuse((error as Error).message.slice(0, 200));
  }
}

function placed(file: string, locate: Locate, problems: Problem[]): Finding[] {
  return problems.map(({ pointer, rule, message, severity }) => {
    const { severity: usual, hint } = HOUSE_RULES[rule];
    return { file, ...locate(pointer), pointer, rule, severity: severity ?? usual, message, hint };
  });
}

function sorted(findings: Finding[]): Finding[] {
  const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return findings
    .sort(
      (a, b) => inOrder(a.file, b.file) || a.line - b.line || a.column - b.column || inOrder(a.rule, b.rule),
    )
    .slice(0, MAX_FINDINGS);
}
