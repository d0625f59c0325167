import type { KafkaProducer, OutgoingRecord } from '#kafka';
import { WaslError } from '#protocol';
import { evidenceRecord, MicroBatcher, type SignedEvidence } from '#service';

interface Entry {
  evidence: SignedEvidence;
  manifest: string | undefined;
  settle: (error?: unknown) => void;
}

/** Writes evidence that belongs to no data record to `wasl.evidence`; concurrent writers share one produce. */
export class EvidenceLog {
  private readonly batcher: MicroBatcher<Entry>;

  constructor(producer: Pick<KafkaProducer, 'send'>, pending: number) {
    const limits = { records: 500, bytes: 800_000, lingerMs: 3, inFlight: 1, pending };
    this.batcher = new MicroBatcher<Entry>(limits, async (batch) => {
      try {
        await producer.send(batch.map(recordOf));
        for (const { settle } of batch) settle();
      } catch (error) {
        for (const { settle } of batch) settle(error);
      }
    });
  }

  /**
   * Resolves once the evidence is durable.
   * @param manifest token that the evidence is about, at most MAX_MANIFEST_BYTES; travels as a header
   * @throws WaslError unavailable: it may or may not have been written
   */
  async append(evidence: SignedEvidence, manifest?: string): Promise<void> {
    const bytes = evidence.token.length + (manifest?.length ?? 0) + 200;
    await new Promise<void>((resolve, reject) => {
      const settle = (cause?: unknown) =>
        cause === undefined
          ? resolve()
          : reject(
              new WaslError('unavailable', 'the evidence could not be written', {
                retryAfterSeconds: 2,
                cause,
              }),
            );
      if (!this.batcher.add({ evidence, manifest, settle }, bytes)) {
        reject(
          new WaslError('too-many-requests', 'too much is waiting to be written', { retryAfterSeconds: 1 }),
        );
      }
    });
  }

  drain(): Promise<void> {
    return this.batcher.drain();
  }
}

function recordOf({ evidence, manifest }: Entry): OutgoingRecord {
  const record = evidenceRecord(evidence);
  return manifest === undefined ? record : { ...record, headers: { 'wasl-manifest': manifest } };
}
