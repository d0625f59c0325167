import { pointerToken, valueAt } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { Declared } from './declared.js';
import type { Problem } from './rules.js';

const BRANCHES = ['allOf', 'anyOf', 'oneOf'] as const;
const CONDITIONS = ['if', 'then', 'else', 'not'] as const;

/** Schemas looked at for one document, each time it is reached: references may lead from everywhere to everywhere. */
export class RequiredEffort {
  left = 200_000;
}

/**
 * Names that a schema, or a branch of it, requires and nothing of it declares: a misspelling no payload can satisfy.
 * Once the effort is spent nothing more is told.
 */
export function unknownRequired(
  root: SchemaObject,
  { schema, pointer }: Declared,
  effort: RequiredEffort,
): Problem[] {
  const names = declaredNames(root, schema, effort);
  if (names === undefined) return [];
  const problems: Problem[] = [];
  visit(schema, pointer);
  return problems;

  function visit(part: unknown, at: string): void {
    if (!isObject(part)) return;
    if (Array.isArray(part['required'])) {
      part['required'].forEach((name: unknown, index) => {
        if (typeof name !== 'string' || names!.has(name)) return;
        problems.push({
          pointer: `${at}/required/${index}`,
          rule: 'required-exists',
          message: `requires "${name.slice(0, 60)}", which no property declares`,
        });
      });
    }
    for (const keyword of BRANCHES) {
      const branches = part[keyword];
      if (Array.isArray(branches)) {
        branches.forEach((branch, index) => visit(branch, `${at}/${keyword}${pointerToken(index)}`));
      }
    }
    for (const keyword of CONDITIONS) visit(part[keyword], `${at}/${keyword}`);
  }
}

/** @returns `undefined` where other names may come from elsewhere, such as another contract */
function declaredNames(
  root: SchemaObject,
  schema: SchemaObject,
  effort: RequiredEffort,
): Set<string> | undefined {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  return collect(schema) ? names : undefined;

  function collect(part: unknown): boolean {
    if (!isObject(part) || seen.has(part)) return true;
    seen.add(part);
    effort.left -= 1;
    if (effort.left < 0) return false;
    if (Object.hasOwn(part, 'patternProperties')) return false;
    const properties = part['properties'];
    if (isObject(properties)) for (const name of Object.keys(properties)) names.add(name);
    const reference = part['$ref'];
    if (typeof reference === 'string') {
      if (!reference.startsWith('#/')) return false;
      if (!collect(valueAt(root, reference.slice(1)))) return false;
    }
    const branches = BRANCHES.flatMap((keyword) => (part[keyword] as unknown[] | undefined) ?? []);
    return [...branches, ...CONDITIONS.map((keyword) => part[keyword])].every(collect);
  }
}
