export interface EffortLimits {
  /** instances tried, for all versions and directions together */
  instances: number;
  /** elementary steps: a schema looked at, a value built, a hundred units of validation */
  steps: number;
  milliseconds: number;
  /** the clock behind `milliseconds` */
  now: () => number;
}

const STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 256;

/** Work left to one verdict. All of the search draws on it, so that a hostile pair of schemas ends as "undecided". */
export class Effort {
  private readonly deadline: number;
  private untilLook = STEPS_BETWEEN_LOOKS_AT_THE_CLOCK;
  private floor = 0;
  instances: number;
  steps: number;

  constructor(private readonly limits: EffortLimits) {
    this.instances = limits.instances;
    this.steps = limits.steps;
    this.deadline = limits.now() + limits.milliseconds;
  }

  /** @throws EffortSpent */
  spend(steps = 1): void {
    this.steps -= steps;
    if (this.steps < this.floor) throw new EffortSpent();
    this.untilLook -= steps;
    if (this.untilLook > 0) return;
    this.untilLook = STEPS_BETWEEN_LOOKS_AT_THE_CLOCK;
    if (this.limits.now() >= this.deadline) throw new EffortSpent();
  }

  /** @throws EffortSpent */
  spendInstance(): void {
    this.instances -= 1;
    if (this.instances < 0) throw new EffortSpent();
    this.spend();
  }

  /** Runs `work` on at most this share of the steps left; `undefined` when they, or the time, did not suffice. */
  attempt<T>(share: number, work: () => T): T | undefined {
    const outer = this.floor;
    this.floor = Math.max(outer, Math.floor(this.steps * (1 - share)));
    try {
      return work();
    } catch (error) {
      if (error instanceof EffortSpent || error instanceof RangeError) return undefined;
      throw error;
    } finally {
      this.floor = outer;
      this.steps = Math.max(this.steps, 0);
    }
  }
}

export class EffortSpent extends Error {}
