export interface BatchLimits {
  records: number;
  bytes: number;
  /** Longest wait for company while another batch is on its way. */
  lingerMs: number;
  inFlight: number;
  /** Items waiting or in flight. */
  pending: number;
}

/**
 * Collects items of concurrent callers into batches. With nothing in flight a batch leaves at the end of the
 * current turn of the event loop; otherwise it fills up for `lingerMs`, and waits for a free slot.
 * `commit` settles its items itself and never rejects.
 */
export class MicroBatcher<T> {
  private queue: T[] = [];
  private sizes: number[] = [];
  private bytes = 0;
  private inFlight = 0;
  private pendingItems = 0;
  private timer: NodeJS.Timeout | undefined;
  private scheduled = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly limits: BatchLimits,
    private readonly commit: (batch: T[]) => Promise<void>,
  ) {}

  get pending(): number {
    return this.pendingItems;
  }

  /** False when full: the item was not taken. */
  add(item: T, bytes: number): boolean {
    if (this.pendingItems >= this.limits.pending) return false;
    this.pendingItems += 1;
    this.queue.push(item);
    this.sizes.push(bytes);
    this.bytes += bytes;
    this.schedule();
    return true;
  }

  /** Resolves when everything taken so far has been committed. */
  async drain(): Promise<void> {
    if (this.pendingItems > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.queue.length === 0 || this.inFlight >= this.limits.inFlight) return;
    if (this.queue.length >= this.limits.records || this.bytes >= this.limits.bytes) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    if (this.inFlight === 0 || this.limits.lingerMs === 0) setImmediate(this.flush);
    else this.timer = setTimeout(this.flush, this.limits.lingerMs);
  }

  private readonly flush = (): void => {
    clearTimeout(this.timer);
    this.scheduled = false;
    if (this.queue.length === 0 || this.inFlight >= this.limits.inFlight) return;
    const batch = this.take();
    this.inFlight += 1;
    void this.commit(batch).finally(() => {
      this.inFlight -= 1;
      this.pendingItems -= batch.length;
      if (this.pendingItems === 0) for (const resolve of this.idle.splice(0)) resolve();
      // A slot became free: who waited for it has lingered enough.
      this.flush();
    });
    this.schedule();
  };

  private take(): T[] {
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && count < this.limits.records) {
      const size = this.sizes[count] ?? 0;
      if (count > 0 && bytes + size > this.limits.bytes) break;
      bytes += size;
      count += 1;
    }
    this.bytes -= bytes;
    this.sizes = this.sizes.slice(count);
    const batch = this.queue.slice(0, count);
    this.queue = this.queue.slice(count);
    return batch;
  }
}
