import { keyword, type Place, target, subschemas } from './places.js';
import { ALL_TYPES, jsonType, namedTypes, valueKey, type JsonType } from './values.js';

/** What is known of an instance: it is valid against each of these places. */
export class Knowledge {
  /** with the targets of references and the members of `allOf`; each fact of one of them holds */
  readonly places: readonly Place[];
  readonly types: ReadonlySet<JsonType>;
  /** the only values there are, if the places list them */
  readonly values: readonly unknown[] | undefined;
  /** the places that were stated, for reference: equal statements have equal keys */
  readonly key: string;

  constructor(readonly stated: readonly Place[]) {
    this.key = [...new Set(stated.map((place) => place.key))].sort().join(' ');
    this.places = expanded(stated);
    const types = new Set(ALL_TYPES);
    let values: readonly unknown[] | undefined;
    for (const place of this.places) {
      keepOnly(types, namedTypes(keyword(place, 'type')));
      values = valuesOf(place) ?? values;
    }
    this.values = values?.filter((value) => types.has(jsonType(value)));
    if (this.values) keepOnly(types, new Set(this.values.map(jsonType)));
    this.types = types;
  }

  and(...more: readonly Place[]): Knowledge {
    return new Knowledge([...this.stated, ...more]);
  }

  /** Nothing is valid: the types, or a `false`, leave no value. */
  get isEmpty(): boolean {
    return this.types.size === 0 || this.places.some((place) => place.schema === false);
  }

  numbers(read: (place: Place) => number | undefined): number[] {
    return this.places.flatMap((place) => read(place) ?? []);
  }
}

function expanded(stated: readonly Place[]): Place[] {
  const found = new Map<string, Place>();
  const pending = [...stated].reverse();
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    if (found.has(place.key)) continue;
    found.set(place.key, place);
    const referred = target(place);
    if (referred) pending.push(referred);
    pending.push(...subschemas(place, 'allOf'));
  }
  return [...found.values()];
}

/** The values that a place lists; `const` is a list of one. */
export function valuesOf(place: Place): unknown[] | undefined {
  const single = keyword(place, 'const');
  if (single !== undefined) return [single];
  const values = keyword(place, 'enum');
  return Array.isArray(values) ? (values as unknown[]) : undefined;
}

const keysOf = new WeakMap<readonly unknown[], ReadonlySet<string>>();

export function isListed(value: unknown, values: readonly unknown[]): boolean {
  let keys = keysOf.get(values);
  if (!keys) {
    keys = new Set(values.map(valueKey));
    keysOf.set(values, keys);
  }
  return keys.has(valueKey(value));
}

function keepOnly<T>(set: Set<T>, kept: ReadonlySet<T>): void {
  for (const item of set) if (!kept.has(item)) set.delete(item);
}
