import { WaslError } from '#protocol';

/** Runs costly work, few at once; those who would wait too long are refused at once. */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly atMostWaiting: number,
  ) {}

  /** @throws WaslError too-many-requests */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.atMostWaiting) {
      throw new WaslError('too-many-requests', 'too many passwords are being checked', {
        retryAfterSeconds: 1,
      });
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
