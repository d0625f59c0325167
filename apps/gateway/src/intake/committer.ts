import { v7 } from 'uuid';
import type { KafkaProducer, OutgoingRecord } from '#kafka';
import { parseEvidence, parseManifest, WaslError } from '#protocol';
import type { EvidenceSigner, Logger } from '#service';
import type { DataTopics } from '../data-topics.js';
import type { OwnKey } from '../own-key.js';
import type { GatewayMetrics } from '../metrics.js';
import { dataRecord } from './data-record.js';
import type { Reservation, StoredSubmission, SubmissionStore } from './submission.store.js';
import { isSameContent, receiptText, submissionKey, type Accepted, type Submission } from './submission.js';

interface Signed extends Reservation {
  submission: Submission;
}

/** Makes a batch of admitted messages durable: ids reserved in PostgreSQL, then one record each in Kafka. */
export class SubmissionCommitter {
  /** Batches that are in Kafka but not yet marked so; travels with the next reservation. */
  private unmarked: string[] = [];

  constructor(
    private readonly store: SubmissionStore,
    private readonly producer: Pick<KafkaProducer, 'send'>,
    private readonly ownKey: OwnKey,
    private readonly signer: EvidenceSigner,
    private readonly topics: Pick<DataTopics, 'recheck'>,
    private readonly metrics: GatewayMetrics,
    private readonly logger: Logger,
  ) {}

  /** Settles each submission of the batch; never rejects. */
  readonly commit = async (batch: Submission[]): Promise<void> => {
    let outcomes: Map<Submission, Accepted | WaslError>;
    try {
      outcomes = await this.attempt(batch);
    } catch (error) {
      this.logger.error(
        { err: error, messages: batch.length },
        'a batch of submissions was not made durable',
      );
      if (error instanceof WaslError && error.code === 'unknown-topic') this.topics.recheck();
      const unavailable = new WaslError(
        'unavailable',
        'the message could not be made durable; send it again',
        {
          retryAfterSeconds: 2,
          cause: error,
        },
      );
      for (const submission of batch) submission.settle(unavailable);
      return;
    }
    for (const [submission, outcome] of outcomes) submission.settle(outcome);
  };

  /** Whether the records of a batch are known to be in Kafka although its mark is still on its way. */
  isProduced(batchId: string): boolean {
    return this.unmarked.includes(batchId);
  }

  /** Writes down which batches are in Kafka; saves producing them again after a crash, nothing else. */
  async mark(): Promise<void> {
    const batches = this.unmarked;
    if (batches.length === 0) return;
    await this.store.markProduced(batches);
    this.forgetMarked(batches);
  }

  private async attempt(batch: Submission[]): Promise<Map<Submission, Accepted | WaslError>> {
    const batchId = v7();
    const at = new Date();
    this.ownKey.requireInForce(at);
    const signed = await Promise.all(batch.map((submission) => this.sign(submission, at)));
    this.metrics.batchMessages.observe(batch.length);

    const stored = await this.reserve(batchId, signed, at);
    const outcomes = new Map<Submission, Accepted | WaslError>();
    const records: OutgoingRecord[] = [];
    const replayed: StoredSubmission[] = [];
    for (const { submission, manifest, evidence } of signed) {
      const earlier = stored.get(submissionKey(submission));
      if (!earlier) {
        const { claims, payload, version } = submission;
        records.push(dataRecord({ claims, manifest, evidence, payload, guid: version.guid, acceptedAt: at }));
        outcomes.set(submission, { receipt: receiptText(manifest, evidence), duplicate: false });
      } else if (isSameContent(earlier.manifest, submission)) {
        // A crash between reservation and produce: what was reserved then is produced now.
        if (!earlier.produced && !this.isProduced(earlier.batchId)) {
          records.push(replay(earlier, submission));
          replayed.push(earlier);
        }
        outcomes.set(submission, {
          receipt: receiptText(earlier.manifest, earlier.evidence),
          duplicate: true,
        });
      } else {
        outcomes.set(
          submission,
          new WaslError('id-conflict', 'this message id was already used for other content'),
        );
      }
    }
    if (records.length > 0) {
      const end = this.metrics.stage.startTimer({ stage: 'produce' });
      await this.producer.send(records);
      end();
      if (replayed.length > 0) await this.store.moveToBatch(batchId, replayed);
      this.unmarked.push(batchId);
    }
    return outcomes;
  }

  private async sign(submission: Submission, at: Date): Promise<Signed> {
    const { claims, manifest, manifestDigest, payload, version } = submission;
    const { token } = await this.signer.signAsync(
      'SubmissionAcceptance',
      `urn:uuid:${claims.jti}`,
      {
        sender: claims.iss,
        topic: claims.topic,
        version: claims.version,
        schema: version.sha256,
        guid: version.guid,
        op: claims.op,
        manifest: manifestDigest,
        digest: claims.digest,
        size: payload.length,
      },
      at,
    );
    return { submission, sender: claims.iss, messageId: claims.jti, manifest, evidence: token };
  }

  /** @returns the submissions whose id was taken before, by submission key */
  private async reserve(batchId: string, signed: Signed[], at: Date): Promise<Map<string, StoredSubmission>> {
    const end = this.metrics.stage.startTimer({ stage: 'reserve' });
    const marking = this.unmarked;
    const reserved = await this.store.reserve(batchId, signed, at, marking);
    this.forgetMarked(marking);
    const earlier = new Map<string, StoredSubmission>();
    if (reserved < signed.length) {
      for (const row of await this.store.find(signed)) {
        if (row.batchId !== batchId) earlier.set(`${row.sender} ${row.messageId}`, row);
      }
    }
    end();
    return earlier;
  }

  private forgetMarked(batches: string[]): void {
    this.unmarked = this.unmarked.filter((id) => !batches.includes(id));
  }
}

function replay(stored: StoredSubmission, { payload }: Submission): OutgoingRecord {
  const { manifest, evidence, acceptedAt } = stored;
  const guid = String(parseEvidence(evidence).event.body['guid']);
  return dataRecord({
    claims: parseManifest(manifest).claims,
    manifest,
    evidence,
    payload,
    guid,
    acceptedAt,
  });
}
