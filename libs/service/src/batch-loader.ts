import { WaslError } from '#protocol';
import { type BatchLimits, MicroBatcher } from './micro-batcher.js';

interface Asked<K, V> {
  key: K;
  resolve: (value: V) => void;
  reject: (error: unknown) => void;
}

/** Answers what concurrent callers ask in one turn of the event loop by one load. Nothing is kept. */
export class BatchLoader<K, V> {
  private readonly batcher: MicroBatcher<Asked<K, V>>;

  /** @param loadAll gives a value for each key, in order */
  constructor(
    limits: Pick<BatchLimits, 'records' | 'inFlight' | 'pending'>,
    private readonly loadAll: (keys: K[]) => Promise<V[]>,
  ) {
    this.batcher = new MicroBatcher({ ...limits, bytes: Infinity, lingerMs: 0 }, (asked) =>
      this.answer(asked),
    );
  }

  /** @throws WaslError too-many-requests, and what loading throws */
  load(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.batcher.add({ key, resolve, reject }, 1)) return;
      reject(new WaslError('too-many-requests', 'too many requests are waiting', { retryAfterSeconds: 1 }));
    });
  }

  private async answer(asked: Asked<K, V>[]): Promise<void> {
    try {
      const values = await this.loadAll(asked.map(({ key }) => key));
      asked.forEach(({ resolve }, index) => resolve(values[index]!));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
