import { itemsAt } from './array-rules.js';
import { assertions, isAnything } from './equivalence.js';
import { Knowledge } from './knowledge.js';
import { memberAt } from './object-rules.js';
import {
  itemSchemas,
  keyword,
  namedSubschemas,
  type Place,
  dependentSchemas,
  subschema,
  subschemas,
  target,
} from './places.js';
import type { Proof } from './proof.js';
import { textMatching } from './regex-strings.js';
import { declaredNames } from './sample-structures.js';
import type { Aim } from './sampler.js';
import { valueKey } from './values.js';

/** A keyword of the schema that may refuse, which is not stated alike by the schema whose instances it gets. */
export interface Difference {
  /** what is known of the value, by the schema whose instances are looked at */
  known: readonly Place[];
  asked: Place;
  keyword: string;
  aim: Aim;
}

const CONTAINERS = new Set([
  ...['$ref', 'allOf', 'properties', 'patternProperties', 'items', 'prefixItems', 'additionalItems'],
  ...['then', 'else'],
]);

/** Two schemas of the same part of the instance; what is known of it is looked up when it is their turn. */
interface Pair {
  known: () => readonly Place[];
  asked: Place;
  aim: Aim;
}

/** Walks both schemas side by side along the instance, outermost first. */
export class Differences {
  private found: Difference[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly prover: Proof,
    private readonly from: Place,
    private readonly to: Place,
  ) {}

  *[Symbol.iterator](): Generator<Difference> {
    const aim = { way: new Set<string>(), at: this.from.key, path: [] };
    const queue: Pair[] = [{ known: () => [this.from], asked: this.to, aim }];
    for (let head = 0; head < queue.length; head += 1) {
      const pair = queue[head]!;
      this.found = [];
      for (const next of this.compare(pair.known(), pair.asked, pair.aim)) queue.push(next);
      yield* this.found;
    }
  }

  /** Notes the differences here; returns the pairs below. */
  private compare(stated: readonly Place[], asked: Place, aim: Aim): Pair[] {
    this.prover.effort.spend(1 + stated.length);
    const known = new Knowledge(stated);
    const key = `${known.key} ${asked.key}`;
    if (this.seen.has(key) || isAnything(asked)) return [];
    this.seen.add(key);
    if ([...stated, ...known.places].some((place) => this.prover.equivalence.same(place, asked))) return [];
    const here: Aim = { ...aim, way: new Set([...aim.way, ...known.places.map((place) => place.key)]) };
    if (asked.schema === false) this.note(known, asked, 'false schema', here);
    for (const name of assertions(asked)) {
      const isSame = known.places.some((place) => this.isStatedAlike(place, asked, name));
      if (!CONTAINERS.has(name) && !isSame) this.note(known, asked, name, here);
    }
    return [
      ...this.sameInstance(known, asked, here),
      ...this.members(known, asked, here),
      ...this.items(known, asked, here),
    ];
  }

  private isStatedAlike(place: Place, asked: Place, name: string): boolean {
    if (valueKey(keyword(place, name)) !== valueKey(keyword(asked, name))) return false;
    // The same words may lead to different schemas.
    const [own, others] = [place, asked].map((side) => [
      ...[subschema(side, name) ?? []].flat(),
      ...subschemas(side, name),
      ...namedSubschemas(side, name).values(),
    ]);
    return own!.every((child, index) => this.prover.equivalence.same(child, others![index]!));
  }

  private note(known: Knowledge, asked: Place, name: string, aim: Aim): void {
    this.found.push({ known: known.stated, asked, keyword: name, aim });
  }

  private sameInstance(known: Knowledge, asked: Place, aim: Aim): Pair[] {
    const pairs: Pair[] = [];
    const { stated } = known;
    const inBranch: Aim = { ...aim, inBranch: true };
    for (const place of [target(asked) ?? [], subschemas(asked, 'allOf')].flat())
      pairs.push({ known: () => stated, asked: place, aim });
    const test = subschema(asked, 'if');
    for (const name of test ? ['then', 'else'] : []) {
      const branch = subschema(asked, name);
      if (!branch) continue;
      const own = known.places.flatMap((place) => this.branchOn(place, test!, name));
      const way = new Set([...aim.way, ...own.map((place) => place.key)]);
      const more = name === 'then' ? [test!, ...own] : own;
      pairs.push({
        known: () => [...stated, ...more],
        asked: branch,
        aim: given({ ...inBranch, way }, stated, more),
      });
    }
    for (const { trigger, then } of dependentSchemas(asked)) {
      const present = { ...asked, schema: { required: [trigger] }, key: `required ${trigger}` };
      pairs.push({ known: () => [...stated, present], asked: then, aim: given(inBranch, stated, [present]) });
    }
    for (const name of ['anyOf', 'oneOf']) {
      subschemas(asked, name).forEach((branch, index) => {
        const own = known.places.flatMap((place) => subschemas(place, name)[index] ?? []);
        const way = new Set([...aim.way, ...own.map((place) => place.key)]);
        if (own.length === 0) return;
        pairs.push({ known: () => [...stated, ...own], asked: branch, aim: { ...inBranch, way } });
      });
    }
    return pairs;
  }

  private branchOn(place: Place, test: Place, name: string): Place[] {
    const own = subschema(place, 'if');
    const branch = subschema(place, name);
    return own && branch && this.prover.equivalence.same(own, test) ? [branch] : [];
  }

  private members(known: Knowledge, asked: Place, aim: Aim): Pair[] {
    const pairs: Pair[] = [];
    const named = namedSubschemas(asked, 'properties');
    for (const [name, place] of named) pairs.push(this.member(known, name, place, aim));
    for (const [pattern, place] of namedSubschemas(asked, 'patternProperties')) {
      const name = textMatching(pattern, 'short') ?? textMatching(pattern, 'long');
      if (name !== undefined) pairs.push(this.member(known, name, place, aim));
      for (const other of declaredNames(known)) {
        if (!named.has(other)) pairs.push(this.member(known, other, place, aim));
      }
    }
    for (const keywordName of ['additionalProperties', 'unevaluatedProperties']) {
      const others = subschema(asked, keywordName);
      if (!others) continue;
      const names = [...declaredNames(known)].filter((name) => !named.has(name));
      for (const name of [...names, ...patternNames(known), 'extra']) {
        pairs.push(this.member(known, name, others, aim));
      }
    }
    return pairs;
  }

  private member(known: Knowledge, name: string, asked: Place, aim: Aim): Pair {
    this.prover.effort.spend(1 + known.places.length);
    const schemas = (): Place[] => memberAt(known, name);
    const own = known.places.flatMap((place) => namedSubschemas(place, 'properties').get(name) ?? []);
    if (own.length === 0 || aim.path.length > 0)
      return { known: schemas, asked, aim: { ...aim, path: [...aim.path, name] } };
    const way = new Set([...aim.way, ...own.map((place) => place.key)]);
    return { known: schemas, asked, aim: { ...aim, way, at: own[0]!.key, path: [] } };
  }

  private items(known: Knowledge, asked: Place, aim: Aim): Pair[] {
    const { prefix, rest } = itemSchemas(asked);
    const last = Math.max(prefix.length, ...known.places.map((place) => itemSchemas(place).prefix.length));
    const pairs: Pair[] = [];
    for (let index = 0; index <= last; index += 1) {
      const place = prefix[index] ?? rest;
      if (!place) continue;
      const own = itemsAt(known, index);
      const aimed =
        index === 0 && own.length > 0 && aim.path.length === 0
          ? { ...aim, way: new Set([...aim.way, ...own.map(({ key }) => key)]), at: own[0]!.key, path: [] }
          : { ...aim, path: [...aim.path, index] };
      pairs.push({ known: () => own, asked: place, aim: aimed });
    }
    return pairs;
  }
}

/** The aim, where the value that `stated` describes is to fulfil more than that. */
function given(aim: Aim, stated: readonly Place[], more: readonly Place[]): Aim {
  const key = stated[0]?.key;
  if (key === undefined) return aim;
  return { ...aim, given: new Map([...(aim.given ?? []), [key, [...(aim.given?.get(key) ?? []), ...more]]]) };
}

function patternNames(known: Knowledge): string[] {
  return known.places.flatMap((place) =>
    [...namedSubschemas(place, 'patternProperties').keys()].flatMap(
      (pattern) => textMatching(pattern, 'short') ?? [],
    ),
  );
}
