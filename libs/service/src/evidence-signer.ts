import { v7 } from 'uuid';
import type { OutgoingRecord } from '#kafka';
import {
  EVENTS,
  parseEvidence,
  signEvidence,
  signEvidenceAsync,
  type EvidenceClaims,
  type SigningKey,
} from '#protocol';

export const EVIDENCE_TOPIC = 'wasl.evidence';

export type EventName = keyof typeof EVENTS;

/** Evidence as it was signed: `jti` is its id, `sub` its subject, `token` the compact JWS. */
export interface SignedEvidence {
  jti: string;
  sub: string;
  token: string;
}

/** Signs evidence in the name of one system of the bus. */
export class EvidenceSigner {
  constructor(
    readonly issuer: string,
    private readonly key: SigningKey,
  ) {}

  /**
   * @param sub `urn:uuid:<message id>`, or the URN that the act is about
   * @param at when the event happened (`toe`) and is recorded (`iat`)
   */
  sign(event: EventName, sub: string, body: object, at: Date, txn?: string): SignedEvidence {
    const claims = this.claims(event, sub, body, at, txn);
    return { jti: claims.jti, sub, token: signEvidence(claims, this.key) };
  }

  /** As sign, on a thread of the libuv pool: for services that sign thousands a second. */
  async signAsync(
    event: EventName,
    sub: string,
    body: object,
    at: Date,
    txn?: string,
  ): Promise<SignedEvidence> {
    const claims = this.claims(event, sub, body, at, txn);
    return { jti: claims.jti, sub, token: await signEvidenceAsync(claims, this.key) };
  }

  private claims(event: EventName, sub: string, body: object, at: Date, txn?: string): EvidenceClaims {
    const seconds = Math.floor(at.getTime() / 1000);
    return {
      iss: this.issuer,
      iat: seconds,
      jti: v7({ msecs: at.getTime() }),
      sub,
      ...(txn === undefined ? {} : { txn }),
      toe: seconds,
      events: { [EVENTS[event]]: body },
    };
  }
}

/** The Kafka record that carries evidence which belongs to no data record. */
export function evidenceRecord(evidence: string | { sub: string; token: string }): OutgoingRecord {
  const token = typeof evidence === 'string' ? evidence : evidence.token;
  const sub = typeof evidence === 'string' ? parseEvidence(evidence).claims.sub : evidence.sub;
  return { topic: EVIDENCE_TOPIC, key: sub, value: Buffer.from(token, 'ascii') };
}
