import { areDisjoint } from './disjoint.js';
import { Knowledge } from './knowledge.js';
import { numbersFor } from './numbers.js';
import { sampleArray, sampleObject } from './sample-structures.js';
import { type Place, subschema, subschemas } from './places.js';
import type { Proof } from './proof.js';
import type { Random } from './random.js';
import { textsFor } from './texts.js';
import type { JsonType } from './values.js';

/** Where a value under test goes: at the first place with this key, beside what surrounds it. */
export interface Aim {
  /** keys of the places on the way: optional members and branches that are taken */
  way: ReadonlySet<string>;
  at: string;
  /** below that place, where nothing is known of the way any more */
  path: readonly (string | number)[];
  /** what values on the way have to fulfil besides, by the key of their place */
  given?: ReadonlyMap<string, readonly Place[]>;
  /** on the way is a branch that need not hold */
  inBranch?: true;
}

/** Stands for the value under test. */
export const HOLE: unique symbol = Symbol('hole');

const DEEPEST = 60;
const STEPS_FOR_A_TEXT = 10;
const TYPES: readonly JsonType[] = ['object', 'string', 'integer', 'boolean', 'array', 'fraction', 'null'];

/** Builds instances that are likely to be valid: the smallest, or by chance larger ones. The judge has the last word. */
export class Sampler {
  private aim: Aim | undefined;
  private isHit = false;
  random: Random | undefined;

  constructor(readonly prover: Proof) {}

  /** @param random by chance, else the smallest */
  sample(stated: readonly Place[], random?: Random): unknown {
    this.aim = undefined;
    this.random = random;
    return this.build(stated, 0);
  }

  /** An instance with a hole where the aim is, if that could be reached. */
  surroundings(stated: readonly Place[], aim: Aim, random?: Random): unknown {
    this.aim = aim;
    this.random = random;
    this.isHit = false;
    const instance = this.build(stated, 0);
    this.aim = undefined;
    return this.isHit ? instance : undefined;
  }

  isOnTheWay(places: readonly Place[]): boolean {
    return !this.isHit && places.some(({ key }) => this.aim?.way.has(key));
  }

  build(stated: readonly Place[], depth: number): unknown {
    this.prover.effort.spend(1 + stated.length);
    const more = this.isHit ? [] : stated.flatMap(({ key }) => this.aim?.given?.get(key) ?? []);
    const known = this.withChoices(new Knowledge([...stated, ...more]));
    if (this.aim && !this.isHit && known.places.some(({ key }) => key === this.aim!.at)) {
      const { path } = this.aim;
      this.isHit = true;
      if (path.length === 0) return HOLE;
      return placed(this.structure(known, depth), path, HOLE);
    }
    return this.structure(known, depth);
  }

  private structure(known: Knowledge, depth: number): unknown {
    if (known.values) return this.choose(known.values.filter((value) => this.isFine(value, known))) ?? null;
    const types = TYPES.filter((type) => known.types.has(type) && (depth < DEEPEST || type !== 'object'));
    // An open schema says most of objects when it names members.
    const isObject = types.includes('object') && known.places.some((place) => subschema(place, 'properties'));
    const type = this.random || isObject ? this.choose(types) : preferred(types);
    switch (type) {
      case 'object':
        return sampleObject(this, known, depth);
      case 'array':
        return sampleArray(this, known, depth);
      case 'string':
        this.prover.effort.spend(STEPS_FOR_A_TEXT);
        return this.choose(textsFor(known, this.random)) ?? '';
      case 'integer':
      case 'fraction':
        return this.choose(numbersFor(known)) ?? 0;
      case 'boolean':
        return this.choose([true, false]);
      default:
        return null;
    }
  }

  choose<T>(list: readonly T[]): T | undefined {
    return this.random ? this.random.pick(list) : list[0];
  }

  private isFine(value: unknown, known: Knowledge): boolean {
    return (
      known.values!.length === 1 || known.stated.every((place) => this.prover.accepts(place, value) !== false)
    );
  }

  /** Takes one branch of each choice, one that the aim asks for if there is one. */
  private withChoices(start: Knowledge): Knowledge {
    let known = start;
    const done = new Set<string>();
    for (let index = 0; index < known.places.length && done.size < 64; index += 1) {
      const place = known.places[index]!;
      if (done.has(place.key)) continue;
      done.add(place.key);
      const more = ['anyOf', 'oneOf'].flatMap((name) => this.branch(known, subschemas(place, name)) ?? []);
      more.push(...this.condition(known, place));
      if (more.length === 0) continue;
      known = known.and(...more);
      index = -1;
    }
    return known;
  }

  private branch(known: Knowledge, branches: Place[]): Place | undefined {
    const wanted = branches.find((branch) => this.isOnTheWay([branch]));
    if (wanted || branches.length === 0) return wanted;
    const possible = branches.filter((branch) => !areDisjoint(this.prover, known, new Knowledge([branch])));
    return this.choose(possible) ?? branches[0];
  }

  private condition(known: Knowledge, place: Place): Place[] {
    const test = subschema(place, 'if');
    if (!test) return [];
    const [then, otherwise] = [subschema(place, 'then'), subschema(place, 'else')];
    const goesElse = otherwise && this.isOnTheWay([otherwise]);
    const goesThen = !goesElse && !areDisjoint(this.prover, known, new Knowledge([test]));
    if (goesThen && (this.isOnTheWay([test]) || !this.random || this.random.below(2) === 0)) {
      return then ? [test, then] : [test];
    }
    return otherwise ? [otherwise] : [];
  }
}

function preferred(types: readonly JsonType[]): JsonType | undefined {
  return types.find((type) => type !== 'object' && type !== 'array') ?? types[0];
}

/** The instance with a value put at a path, and what has to be there for that. */
export function placed(instance: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const items: unknown[] = Array.isArray(instance) ? [...(instance as unknown[])] : [];
    while (items.length < step) items.push(items.at(-1) ?? null);
    items[step] = placed(items[step], rest, value);
    return items;
  }
  const isMembers = typeof instance === 'object' && instance !== null && !Array.isArray(instance);
  const members = new Map(isMembers ? Object.entries(instance) : []);
  members.set(step, placed(members.get(step), rest, value));
  return Object.fromEntries(members);
}
