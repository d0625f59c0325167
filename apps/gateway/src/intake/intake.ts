import { WaslError } from '#protocol';
import { MicroBatcher, type BatchLimits } from '#service';
import type { Refusals } from '../evidence/refusals.js';
import type { GatewayMetrics } from '../metrics.js';
import type { DataTopics } from '../data-topics.js';
import type { UseMeter } from '../lifecycle/use-meter.js';
import type { Admission, Admitted, Arrival, Trail } from './admission.js';
import type { SubmissionCommitter } from './committer.js';
import { isSameContent, submissionKey, type Accepted, type Submission } from './submission.js';

/** `version` of the contract that an accepted message was sent under. */
export type Answer = (outcome: Accepted | WaslError, version?: number) => void;

/** Bytes of manifest, evidence and headers that a message needs beside its payload, about. */
const OVERHEAD_BYTES = 1_500;
const TOPIC_NAME = /^[a-z0-9.-]{1,200}$/;

/** Takes submissions in: checks, micro-batches, receipts and recorded refusals. */
export class Intake {
  private readonly batcher: MicroBatcher<Submission>;
  /** Submissions on their way by message, with those that came meanwhile under the same id. */
  private readonly underway = new Map<string, Submission[]>();
  private followers = 0;
  private checking = 0;

  constructor(
    private readonly admission: Admission,
    committer: SubmissionCommitter,
    private readonly refusals: Refusals,
    private readonly topics: Pick<DataTopics, 'exists'>,
    private readonly metrics: GatewayMetrics,
    private readonly limits: BatchLimits,
    private readonly use: Pick<UseMeter, 'note'>,
  ) {
    this.batcher = new MicroBatcher(limits, committer.commit);
  }

  get pending(): number {
    return this.checking + this.batcher.pending + this.followers;
  }

  drain(): Promise<void> {
    return this.batcher.drain();
  }

  /** @param address remote address, whose allowance a refusal without fresh valid signature is taken from */
  take(arrival: Arrival, address: string, answer: Answer): void {
    if (this.pending >= this.limits.pending) {
      // Before any signature is checked: an overload must stay cheap to turn away.
      this.metrics.submissions.inc({ outcome: 'too-many-requests' });
      return answer(full());
    }
    const trail: Trail = TOPIC_NAME.test(arrival.topic) ? { topic: arrival.topic } : {};
    const reply: Answer = (outcome) => {
      if (outcome instanceof WaslError) return void this.refuse(outcome, trail, address).then(answer);
      this.metrics.submissions.inc({ outcome: outcome.duplicate ? 'duplicate' : 'accepted' });
      if (!outcome.duplicate) this.noteUse(trail);
      answer(outcome, trail.version);
    };
    void this.admit(arrival, trail, reply);
  }

  /** Records the refusal of a request whose body could not even be read; its manifest may still tell the sender. */
  async refuseUnread(
    error: WaslError,
    arrival: Omit<Arrival, 'payload'>,
    address: string,
  ): Promise<WaslError> {
    const trail: Trail = TOPIC_NAME.test(arrival.topic) ? { topic: arrival.topic } : {};
    try {
      await this.admission.authenticate(arrival.manifest, new Date(), trail);
    } catch {
      // What is wrong with the body is what gets answered.
    }
    return this.refuse(error, trail, address);
  }

  private noteUse({ topic, version, sender: system }: Trail): void {
    if (topic === undefined || version === undefined || system === undefined) return;
    this.use.note({ topic, version, system, way: 'publish' }, 1, new Date());
  }

  private async refuse(error: WaslError, trail: Trail, address: string): Promise<WaslError> {
    const { messageId, token, fresh, ...body } = trail;
    const sender = fresh ? body.sender : undefined;
    const answered = await this.refusals.record(
      error,
      { event: 'SubmissionRejection', id: messageId, body, allowance: address, sender, manifest: token },
      new Date(),
    );
    this.metrics.submissions.inc({ outcome: answered.code });
    return answered;
  }

  private async admit(arrival: Arrival, trail: Trail, reply: Answer): Promise<void> {
    this.checking += 1;
    try {
      const admitted = await this.admission.admit(arrival, new Date(), trail);
      if (!this.topics.exists(admitted.claims.topic)) {
        throw new WaslError('unavailable', 'the topic is still being created', { retryAfterSeconds: 1 });
      }
      this.enqueue(admitted, reply);
    } catch (error) {
      reply(error instanceof WaslError ? error : new WaslError('internal', '', { cause: error }));
    } finally {
      this.checking -= 1;
    }
  }

  private enqueue(admitted: Admitted, reply: Answer): void {
    const key = submissionKey(admitted);
    const followers = this.underway.get(key);
    if (followers) {
      this.followers += 1;
      followers.push({ ...admitted, settle: reply });
      return;
    }
    const waiting: Submission[] = [];
    const settle: Answer = (outcome) => {
      this.underway.delete(key);
      this.followers -= waiting.length;
      reply(outcome);
      for (const follower of waiting) this.follow(follower, admitted, outcome);
    };
    this.underway.set(key, waiting);
    const bytes = admitted.payload.length + admitted.manifest.length + OVERHEAD_BYTES;
    if (!this.batcher.add({ ...admitted, settle }, bytes)) settle(full());
  }

  /** Decides a submission that came while another one of the same id was on its way. */
  private follow(follower: Submission, first: Admitted, outcome: Accepted | WaslError): void {
    if (!(outcome instanceof WaslError) && isSameContent(first.manifest, follower)) {
      return follower.settle({ receipt: outcome.receipt, duplicate: true });
    }
    if (outcome instanceof WaslError && outcome.code === 'unavailable') return follower.settle(outcome);
    this.enqueue(follower, follower.settle);
  }
}

function full(): WaslError {
  return new WaslError('too-many-requests', 'the gateway is full; try again shortly', {
    retryAfterSeconds: 1,
  });
}
