import { v7 } from 'uuid';
import { WaslError, type ErrorCode, type Violation } from '#protocol';
import type { EventName, EvidenceSigner, SignedEvidence } from '#service';
import type { OwnKey } from '../own-key.js';
import type { EvidenceLog } from './evidence-log.js';
import type { TokenBuckets } from './token-bucket.js';

/** Conditions of the bus, not acts of the caller: they are answered, not recorded. */
const UNRECORDED = new Set<ErrorCode>(['unavailable', 'too-many-requests', 'internal']);
const POINTER_LENGTH = 200;

export interface Refusal {
  event: Extract<EventName, 'SubmissionRejection' | 'AccessRefusal' | 'ContentHandoverFailure'>;
  /** UUID of the message or acknowledgement, if the request got as far as naming one. */
  id?: string | undefined;
  /** What is known of the request; reason and violations are added. */
  body: Record<string, unknown>;
  /** Whose allowance the record is taken from unless a sender answers for it. */
  allowance: string;
  /** System with a fresh valid signature: the record is taken from its own, larger allowance. */
  sender?: string | undefined;
  /** The manifest token that was refused, its signature verified; goes beside the evidence. */
  manifest?: string | undefined;
}

/** Turns refusals into durable evidence before they are answered. */
export class Refusals {
  constructor(
    private readonly ownKey: OwnKey,
    private readonly signer: EvidenceSigner,
    private readonly log: EvidenceLog,
    private readonly allowances: TokenBuckets,
    private readonly sendersAllowances: TokenBuckets,
  ) {}

  /**
   * The error to answer with: the given one with its evidence, or `unavailable` / `too-many-requests` if the
   * evidence could not be written. Never rejects.
   */
  async record(error: WaslError, refusal: Refusal, now: Date): Promise<WaslError> {
    if (UNRECORDED.has(error.code)) return error;
    const wait =
      refusal.sender === undefined
        ? this.allowances.take(refusal.allowance, now.getTime())
        : this.sendersAllowances.take(refusal.sender, now.getTime());
    if (wait > 0) {
      return new WaslError('too-many-requests', 'too many refused requests from here', {
        retryAfterSeconds: wait,
      });
    }
    const body = { ...refusal.body, reason: error.code, ...violationsOf(error) };
    let evidence: SignedEvidence;
    try {
      this.ownKey.requireInForce(now);
      evidence = this.signer.sign(refusal.event, `urn:uuid:${refusal.id ?? v7()}`, body, now);
      await this.log.append(evidence, refusal.manifest);
    } catch (failure) {
      return failure instanceof WaslError ? failure : new WaslError('internal', '', { cause: failure });
    }
    return new WaslError(error.code, error.detail, {
      violations: error.violations,
      retryAfterSeconds: error.retryAfterSeconds,
      cause: error.cause,
      evidence: evidence.token,
    });
  }
}

/** Pointers and rules only: messages are for the answer. */
function violationsOf({ violations }: WaslError): { errors?: Violation[] } {
  if (!violations?.length) return {};
  return {
    errors: violations
      .slice(0, 20)
      .map(({ pointer, rule }) => ({ pointer: pointer.slice(0, POINTER_LENGTH), rule })),
  };
}
