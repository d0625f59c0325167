import { governanceViolations } from '../governance.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { labelProblems } from './labels.js';
import { personalFields } from './personal.js';
import type { Problem } from './rules.js';

const MAX_DESCRIPTION = 2_000;

/**
 * What is missing or malformed in `contract.yaml`, read as plain values.
 * @param name `<domain>.<contract>`, from the schema
 */
export function governanceProblems(contract: unknown, name: string | undefined): Problem[] {
  if (!isObject(contract)) return [governance('', 'contract.yaml is no mapping')];
  const problems = governanceViolations(contract).map(({ pointer, rule, message = 'not as expected' }) =>
    governance(pointer, `${rule}: ${message}`),
  );
  if (problems.length > 0) return problems;
  if (name !== undefined && contract['name'] !== name) {
    problems.push(governance('/name', `the name is ${name}, as in the schema's $id`));
  }
  for (const member of ['titles', 'description']) {
    for (const { at, message } of labelProblems(contract[member], MAX_DESCRIPTION)) {
      problems.push({ pointer: `/${member}${at}`, rule: 'labels', message });
    }
  }
  const languages = contract['languages'] as string[];
  if (!['fr', 'ar'].every((language) => languages.includes(language))) {
    problems.push(governance('/languages', 'the languages hold fr and ar'));
  }
  if (contract['kind'] !== 'type' && !Object.hasOwn(contract, 'retention')) {
    problems.push(governance('/retention', 'a contract says how long its data are kept'));
  }
  return problems;
}

/** Fields that identify persons and for which `contract.yaml` gives no class of P2 or P3; pointers into the schema. */
export function unclassified(contract: unknown, schema: SchemaObject): Problem[] {
  if (!isObject(contract) || contract['kind'] === 'type') return [];
  const fields = isObject(contract['fields']) ? Object.entries(contract['fields']) : [];
  const isPersonalContract = isPersonalClass(contract['classification']);
  return personalFields(schema)
    .filter(({ path }) => !fields.some(([field, value]) => isPersonalClass(value) && isWithin(path, field)))
    .map(({ path, pointer }) => ({
      pointer,
      rule: 'classified',
      message: `identifies a person, and contract.yaml has no class for ${path || '/'}`,
      // A contract of class P2 or P3 covers all its fields; naming them is what exports and masking build on.
      ...(isPersonalContract ? { severity: 'warning' as const } : {}),
    }));
}

function isPersonalClass(value: unknown): boolean {
  return value === 'P2' || value === 'P3';
}

function isWithin(pointer: string, ancestor: string): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}

function governance(pointer: string, message: string): Problem {
  return { pointer, rule: 'governance', message };
}
