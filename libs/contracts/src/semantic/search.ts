import { pointerToken } from '../json-pointer.js';
import { isReadable } from './content.js';
import { type Difference, Differences } from './differences.js';
import { type Effort, EffortSpent } from './effort.js';
import type { Judge } from './judge.js';
import type { Place } from './places.js';
import { probesFor } from './probes.js';
import type { Prover } from './prover.js';
import { Random } from './random.js';
import { reasonFor, reasonKey, type SemanticReason } from './reasons.js';
import { HOLE, placed, Sampler } from './sampler.js';
import { shrink } from './shrink.js';
import { valueKey } from './values.js';

const SURROUNDINGS = 8;
const SAMPLES_OF_THE_WHOLE = 60;
/** where something was found already, more is looked for less */
const SAMPLES_BESIDES = 6;
const SHARE_TO_SHRINK = 0.2;

/** Looks for instances that one schema accepts and the other refuses, where the two differ. */
export class Search {
  readonly reasons = new Map<string, SemanticReason>();
  private readonly sampler: Sampler;
  private readonly random = new Random();
  private readonly root: Place;

  constructor(
    private readonly effort: Effort,
    private readonly prover: Prover,
    private readonly accepting: Judge,
    private readonly refusing: Judge,
    private readonly version: number,
    private readonly most: number,
  ) {
    this.sampler = new Sampler(prover);
    this.root = accepting.graph.root;
  }

  /** @param seeds instances that are likely to be valid, such as a contract's examples */
  run(seeds: readonly unknown[]): void {
    try {
      for (const seed of seeds) this.tryInstance(seed);
      for (const difference of new Differences(this.prover, this.root, this.refusing.graph.root)) {
        if (this.reasons.size >= this.most) return;
        this.tryDifference(difference);
      }
      const samples = this.reasons.size > 0 ? SAMPLES_BESIDES : SAMPLES_OF_THE_WHOLE;
      for (let round = 0; round < samples && this.reasons.size < this.most; round += 1) {
        this.tryInstance(this.sampler.sample([this.root], this.random));
      }
    } catch (error) {
      // What was found until then stands.
      if (!(error instanceof EffortSpent) && !(error instanceof RangeError)) throw error;
    }
  }

  /** Tries the probes in each of some surroundings, until one shows something. */
  private tryDifference(difference: Difference): void {
    const { aim } = difference;
    const isContent = difference.keyword.startsWith('content');
    const probes = distinct(probesFor(this.sampler, difference, this.random));
    const seen = new Set<string>();
    for (let round = 0; round < SURROUNDINGS; round += 1) {
      const random = round === 0 ? undefined : this.random;
      const around = this.sampler.surroundings([this.root], aim, random);
      if (around === undefined || seen.has(valueKey(around))) continue;
      seen.add(valueKey(around));
      const path = pathToHole(around) ?? [];
      for (const probe of probes) {
        const instance = placed(around, path, probe);
        if (isContent && this.tryContent(difference, instance, probe, path)) return;
        if (this.tryInstance(instance, difference)) return;
      }
    }
  }

  /** @returns whether the instance shows an incompatibility not seen before */
  private tryInstance(instance: unknown, difference?: Difference): boolean {
    this.effort.spendInstance();
    if (!this.isBetween(instance)) return false;
    let isNew = false;
    for (const [key, reason] of this.reasonsOf(instance, difference)) {
      if (this.reasons.has(key) || this.reasons.size >= this.most) continue;
      const keep = (example: unknown): boolean => {
        this.reasons.set(key, { ...reason, example });
        return true;
      };
      isNew = keep(instance);
      const shows = (smaller: unknown): boolean =>
        this.isBetween(smaller) && this.reasonsOf(smaller, difference).has(key);
      this.effort.attempt(SHARE_TO_SHRINK, () =>
        shrink(instance, (smaller) => shows(smaller) && keep(smaller)),
      );
    }
    return isNew;
  }

  private isBetween(instance: unknown): boolean {
    return this.accepting.accepts(instance) === true && this.refusing.refuses(instance);
  }

  /** By the keywords that refuse; where these cannot be told, by the difference that led to the instance. */
  private reasonsOf(instance: unknown, difference: Difference | undefined): Map<string, SemanticReason> {
    const causes = this.refusing.causes(instance);
    if (causes.length === 0) {
      const { asked, keyword } = difference ?? { asked: this.refusing.graph.root, keyword: 'schema' };
      causes.push({
        pointer: asked.pointer,
        keyword,
        at: '',
        parameters: {},
        isFalse: asked.schema === false,
      });
    }
    const reasons = causes.map((cause) =>
      reasonFor(cause, this.root, this.refusing.graph.root, this.version),
    );
    return new Map(reasons.map((reason) => [reasonKey(reason), reason]));
  }

  /** A text that both take, but that the one who refuses it could not decode: nothing validates that. */
  private tryContent(
    { asked, keyword, aim }: Difference,
    instance: unknown,
    probe: unknown,
    path: readonly (string | number)[],
  ): boolean {
    if (aim.inBranch || typeof probe !== 'string' || isReadable(probe, asked, keyword)) return false;
    if (this.accepting.accepts(instance) !== true) return false;
    const at = path.map(pointerToken).join('');
    const cause = { pointer: asked.pointer, keyword, at, parameters: {}, isFalse: false };
    const reason = reasonFor(cause, this.root, this.refusing.graph.root, this.version);
    this.reasons.set(reasonKey(reason), { ...reason, example: instance });
    return true;
  }
}

function distinct(values: Iterable<unknown>): unknown[] {
  const found = new Map<string, unknown>();
  for (const value of values) found.set(valueKey(value), value);
  return [...found.values()];
}

function pathToHole(value: unknown): (string | number)[] | undefined {
  if (value === HOLE) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const rest = pathToHole(member);
    if (rest) return [Array.isArray(value) ? Number(name) : name, ...rest];
  }
  return undefined;
}
