import { type Publication, type Submission } from '#client';
import { WaslError } from '#protocol';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import type { StoredReceipt } from '../progress/progress-store.js';
import { TaskFailure, whatToDo } from '../worker/task-failure.js';

/** What became of a chunk; with `failure`, some of its messages have neither receipt nor dead letter. */
export interface ChunkOutcome {
  receipts: StoredReceipt[];
  deadLetters: DeadLetter[];
  failure?: unknown;
}

export type Publish = (submission: Submission, signal: AbortSignal) => Promise<Publication>;

/** Refusals that are about the one record; all others are about the sender and stop the task. */
const RECORD_REFUSALS = new Set([
  'payload-invalid',
  'malformed-body',
  'body-too-large',
  'deletion-not-allowed',
]);

/**
 * Publishes with at most `limit` in flight and never two of one key at once, in the given order per key. The
 * first failure stops further starts; what is in flight is awaited, so that no receipt is lost.
 */
export async function publishChunk(
  submissions: Submission[],
  publish: Publish,
  limit: number,
  signal: AbortSignal,
): Promise<ChunkOutcome> {
  const outcome: ChunkOutcome = { receipts: [], deadLetters: [] };
  const lastOfKey = new Map<string, Promise<void>>();
  let failed = false;
  let next = 0;

  const one = async (submission: Submission): Promise<void> => {
    try {
      settle(outcome, submission, await publish(submission, signal));
    } catch (error) {
      if (!failed) outcome.failure = error;
      failed = true;
    }
  };
  const worker = async (): Promise<void> => {
    while (!failed && !signal.aborted) {
      const submission = submissions[next++];
      if (!submission) return;
      const before = lastOfKey.get(submission.key);
      const mine = before ? before.then(() => (failed ? undefined : one(submission))) : one(submission);
      lastOfKey.set(submission.key, mine);
      await mine;
      if (lastOfKey.get(submission.key) === mine) lastOfKey.delete(submission.key);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, submissions.length) }, worker));
  if (!failed && signal.aborted) outcome.failure = signal.reason;
  return outcome;
}

function settle(outcome: ChunkOutcome, submission: Submission, publication: Publication): void {
  const { id, key, topic, payload } = submission;
  if (publication.status === 'accepted') {
    outcome.receipts.push({ messageId: id, key, receipt: JSON.stringify(publication.receipt) });
    return;
  }
  const { problem } = publication;
  if (!RECORD_REFUSALS.has(problem.code)) {
    const detail = problem.detail ?? problem.title;
    throw new TaskFailure(
      `The gateway refused a message: ${problem.code}. ${detail}. ${whatToDo(problem.code)}`,
      {
        cause: new WaslError('not-allowed', detail),
      },
    );
  }
  outcome.deadLetters.push({
    messageId: id,
    topic,
    key,
    value: payload ? Buffer.from(payload) : null,
    stage: 'KAFKA_PRODUCE',
    code: problem.code,
    detail: problem.detail ?? problem.title,
    reasons: problem.errors ?? [],
    ...(problem.evidence === undefined ? {} : { evidence: problem.evidence }),
  });
}
