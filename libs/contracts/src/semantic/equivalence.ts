import { isObject } from '../schema-walk.js';
import type { Effort } from './effort.js';
import { keyword, type Place, target } from './places.js';
import { valueKey } from './values.js';

const ONE = [
  ...['additionalItems', 'additionalProperties', 'contains', 'else', 'if', 'items', 'not'],
  ...['propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties'],
];
/** mean different things in different dialects */
const BY_DIALECT = new Set(['items', 'unevaluatedItems']);
const LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
const MAP = new Set(['dependencies', 'dependentSchemas', 'patternProperties', 'properties']);
const SINGLE = new Set(ONE);
/** lists of which the order says nothing */
const SETS = new Set(['enum', 'required', 'type']);

/** Which places of two documents are the same but for annotations, each reference compared by where it leads. */
export class Equivalence {
  private readonly proven = new Set<string>();
  private readonly refuted = new Set<string>();

  constructor(private readonly effort: Effort) {}

  same(a: Place, b: Place): boolean {
    if (a.key === b.key) return true;
    const key = `${a.key} ${b.key}`;
    if (this.proven.has(key)) return true;
    if (this.refuted.has(key)) return false;
    const assumed = new Set<string>();
    const found = this.compare(a, b, assumed);
    if (found) for (const pair of assumed) this.proven.add(pair);
    else this.refuted.add(key);
    return found;
  }

  /** A pair that comes up again is assumed to be the same: if no difference is found anywhere, there is none. */
  private compare(a: Place, b: Place, assumed: Set<string>): boolean {
    this.effort.spend();
    const key = `${a.key} ${b.key}`;
    if (a.key === b.key || assumed.has(key) || this.proven.has(key)) return true;
    if (this.refuted.has(key)) return false;
    assumed.add(key);
    if (typeof a.schema === 'boolean' || typeof b.schema === 'boolean') {
      return a.schema === b.schema || (isAnything(a) && isAnything(b));
    }
    const names = assertions(a);
    if (names.length !== assertions(b).length) return false;
    if (a.graph.dialect !== b.graph.dialect && names.some((name) => BY_DIALECT.has(name))) return false;
    return names.every((name) => this.sameKeyword(name, a, b, assumed));
  }

  private sameKeyword(name: string, a: Place, b: Place, assumed: Set<string>): boolean {
    const left = keyword(a, name);
    const right = keyword(b, name);
    if (right === undefined) return false;
    if (name === '$ref') {
      const [one, other] = [target(a), target(b)];
      return one !== undefined && other !== undefined && this.compare(one, other, assumed);
    }
    const isList = LIST.has(name) && Array.isArray(left);
    if (!isList && !MAP.has(name) && !SINGLE.has(name)) return sameValue(name, left, right);
    const children = isList || MAP.has(name) ? keysOf(left) : [''];
    if (children.length !== (isList || MAP.has(name) ? keysOf(right).length : 1)) return false;
    return children.every((child) => {
      const step = `/${name}${child === '' && !isList && !MAP.has(name) ? '' : token(child)}`;
      const one = a.graph.at(a.pointer + step);
      const other = b.graph.at(b.pointer + step);
      if (one && other) return this.compare(one, other, assumed);
      // `dependencies` may list names instead.
      return !one && !other && sameValue(name, member(left, child), member(right, child));
    });
  }
}

/** Says nothing of any instance. */
export function isAnything(place: Place): boolean {
  return place.schema === true || (place.schema !== false && assertions(place).length === 0);
}

/** The keywords of a place that say something of instances. */
export function assertions(place: Place): string[] {
  if (typeof place.schema === 'boolean') return [];
  return Object.keys(place.schema).filter((name) => keyword(place, name) !== undefined);
}

function sameValue(name: string, left: unknown, right: unknown): boolean {
  if (SETS.has(name)) {
    const sorted = (list: unknown): string => [list].flat().map(valueKey).sort().join();
    return sorted(left) === sorted(right);
  }
  return valueKey(left) === valueKey(right);
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function token(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
