import type { AgreementRecord } from '#control';
import {
  acknowledgementRoot,
  checkManifestTimes,
  manifestDigest,
  parseAcknowledgement,
  WaslError,
  type AcknowledgementClaims,
  type AcknowledgementReceipt,
  type ContentHandover,
} from '#protocol';
import type { EvidenceSigner, SignedEvidence } from '#service';
import type { Rights } from '../delivery/rights.js';
import type { EvidenceLog } from '../evidence/evidence-log.js';
import type { Refusals } from '../evidence/refusals.js';
import type { OwnKey } from '../own-key.js';
import type { Signatories } from '../signatories.js';
import type { AcknowledgementStore, StoredAcknowledgement } from './acknowledgement.store.js';
import type { DeliveredRange } from './delivered-range.js';

export interface Acknowledged {
  receipt: AcknowledgementReceipt;
  duplicate: boolean;
}

interface Trail {
  topic: string;
  /** Digest of the acknowledgement token. */
  acknowledgement: string;
  id?: string;
  recipient?: string;
  /** The acknowledgement is inside its short lifetime and its signer may act: no replay of an old one. */
  fresh?: boolean;
}

/** Takes the signed acknowledgements of consumers and turns them into handover evidence. */
export class Acknowledgements {
  constructor(
    private readonly bus: string,
    private readonly signatories: Signatories,
    private readonly rights: Rights,
    private readonly delivered: DeliveredRange,
    private readonly store: AcknowledgementStore,
    private readonly ownKey: OwnKey,
    private readonly signer: EvidenceSigner,
    private readonly log: EvidenceLog,
    private readonly refusals: Refusals,
  ) {}

  /** @throws WaslError with ContentHandoverFailure evidence unless the bus itself is the obstacle */
  async take(topic: string, token: string, address: string): Promise<Acknowledged> {
    const trail: Trail = { topic, acknowledgement: manifestDigest(token) };
    try {
      return await this.accept(topic, token, trail);
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      const { id, fresh, ...body } = trail;
      const sender = fresh ? body.recipient : undefined;
      throw await this.refusals.record(
        error,
        { event: 'ContentHandoverFailure', id, body, allowance: address, sender },
        new Date(),
      );
    }
  }

  private async accept(topic: string, token: string, trail: Trail): Promise<Acknowledged> {
    const now = new Date();
    this.ownKey.requireInForce(now);
    const { jws, claims } = parseAcknowledgement(token);
    trail.id = claims.jti;
    const key = await this.signatories.verify(jws, claims.iss);
    trail.recipient = claims.iss;
    checkManifestTimes(claims, Math.floor(now.getTime() / 1_000));
    this.signatories.requireActive(key, now);
    trail.fresh = true;
    if (claims.aud !== this.bus) throw new WaslError('wrong-audience', `it is not meant for ${this.bus}`);
    if (claims.topic !== topic) {
      throw new WaslError(
        'malformed-request',
        'the acknowledgement was signed for another topic than that of the path',
      );
    }
    const agreement = this.rights.require(claims.iss, topic, now);
    if (agreement.id !== claims.agreement) {
      throw new WaslError('no-agreement', 'the agreement named is not the one in force for this topic');
    }
    const earlier = await this.store.find(claims.iss, claims.jti);
    if (earlier) return this.repeat(claims, earlier);

    const digests = await this.delivered.digests(topic, claims.ranges);
    if (digests.length !== claims.count || acknowledgementRoot(digests) !== claims.root) {
      throw new WaslError(
        'acknowledgement-mismatch',
        'count or root differ from the messages in these ranges',
      );
    }
    // Reading the ranges back took its time.
    this.ownKey.requireInForce(new Date());
    const evidence = this.sign(claims, token, agreement, now);
    if (!(await this.store.reserve(claims.iss, claims.jti, token, evidence.token, now))) {
      const other = await this.store.find(claims.iss, claims.jti);
      if (other) return this.repeat(claims, other);
      throw new WaslError('unavailable', 'the acknowledgement could not be kept', { retryAfterSeconds: 1 });
    }
    await this.produce(claims, evidence);
    return { receipt: receipt(token, evidence.token), duplicate: false };
  }

  private async repeat(claims: AcknowledgementClaims, earlier: StoredAcknowledgement): Promise<Acknowledged> {
    if (contentOf(parseAcknowledgement(earlier.acknowledgement).claims) !== contentOf(claims)) {
      throw new WaslError('id-conflict', 'this acknowledgement id was already used for other content');
    }
    if (!earlier.produced)
      await this.produce(claims, { jti: '', sub: subjectOf(claims), token: earlier.evidence });
    return { receipt: receipt(earlier.acknowledgement, earlier.evidence), duplicate: true };
  }

  private async produce(claims: AcknowledgementClaims, evidence: SignedEvidence): Promise<void> {
    await this.log.append(evidence);
    await this.store.markProduced(claims.iss, claims.jti);
  }

  private sign(
    claims: AcknowledgementClaims,
    token: string,
    agreement: AgreementRecord,
    at: Date,
  ): SignedEvidence {
    const body: ContentHandover = {
      recipient: claims.iss,
      agreement: agreement.id,
      purpose: agreement.purpose,
      basis: agreement.legalBasis,
      topic: claims.topic,
      ranges: claims.ranges,
      count: claims.count,
      root: claims.root,
      acknowledgement: token,
    };
    return this.signer.sign('ContentHandover', subjectOf(claims), body, at);
  }
}

const subjectOf = ({ jti }: AcknowledgementClaims) => `urn:uuid:${jti}`;

const receipt = (acknowledgement: string, evidence: string): AcknowledgementReceipt => ({
  format: 'wasl-receipt/1',
  acknowledgement,
  evidence,
});

/** What must be equal for a repetition; its times may differ. */
function contentOf({ topic, agreement, ranges, count, root }: AcknowledgementClaims): string {
  return JSON.stringify([topic, agreement, ranges.map((r) => [r.partition, r.first, r.last]), count, root]);
}
