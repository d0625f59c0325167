import { type BatchLimits, MicroBatcher } from '#service';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';

interface Waiting<T> {
  item: T;
  bytes: number;
  subject: string;
}

/**
 * Collects items of concurrent callers into batches, as a `MicroBatcher`, but has no subject in two batches under way:
 * they would wait for each other's lock with a few items each, where one batch after another takes all that wait.
 * `commit` settles its items itself and never rejects.
 */
export class SubjectBatcher<T extends { subject: QualifiedSubject }> {
  private readonly batcher: MicroBatcher<Waiting<T>>;
  /** Subjects under way, each with what waits behind it. */
  private readonly underWay = new Map<string, Waiting<T>[]>();
  private pending = 0;

  constructor(
    private readonly limits: BatchLimits,
    private readonly commit: (batch: T[]) => Promise<void>,
  ) {
    this.batcher = new MicroBatcher({ ...limits, pending: Infinity }, (batch) => this.run(batch));
  }

  /** False when full: the item was not taken. */
  add(item: T, bytes: number): boolean {
    if (this.pending >= this.limits.pending) return false;
    this.pending += 1;
    this.batcher.add({ item, bytes, subject: qualifiedName(item.subject) }, bytes);
    return true;
  }

  private async run(batch: Waiting<T>[]): Promise<void> {
    const ready = this.claimed(batch);
    if (ready.length === 0) return;
    await this.commit(ready.map(({ item }) => item));
    this.pending -= ready.length;
    for (const subject of new Set(ready.map(({ subject }) => subject))) {
      const behind = this.underWay.get(subject)!;
      this.underWay.delete(subject);
      for (const waiting of behind) this.batcher.add(waiting, waiting.bytes);
    }
  }

  /** What may go now; the rest waits behind its subject. */
  private claimed(batch: Waiting<T>[]): Waiting<T>[] {
    const own = new Set<string>();
    return batch.filter((waiting) => {
      const { subject } = waiting;
      if (own.has(subject)) return true;
      const behind = this.underWay.get(subject);
      if (behind) {
        behind.push(waiting);
        return false;
      }
      own.add(subject);
      this.underWay.set(subject, []);
      return true;
    });
  }
}
