import { verify } from 'node:crypto';
import type { ControlView, KeyRecord } from '#control';
import {
  memberOf,
  parseEvidence,
  verificationKeyFromJwk,
  WaslError,
  type ParsedEvidence,
  type VerificationKey,
} from '#protocol';
import {
  quarantined,
  type Candidate,
  type Quarantined,
  type QuarantineReason,
  type VerifiedEntry,
} from './candidate.js';

export interface CheckedBatch {
  entries: VerifiedEntry[];
  quarantined: Quarantined[];
}

/** Longest entry of a bundle (C2SP tlog-tiles: 16-bit length). */
const MAX_ENTRY_BYTES = 65_535;

/** Decides which records may become entries: evidence in form, by a key of a system of the bus. */
export class EvidenceCheck {
  private readonly keys = new Map<string, VerificationKey>();

  constructor(
    private readonly view: Pick<ControlView, 'key'>,
    private readonly bus: string,
    private readonly verifySignatures: boolean,
  ) {}

  /** Order is kept. Signatures are verified on the thread pool, all of a batch in flight. */
  async check(candidates: readonly Candidate[]): Promise<CheckedBatch> {
    const verdicts = await Promise.all(candidates.map((candidate) => this.checkOne(candidate)));
    const batch: CheckedBatch = { entries: [], quarantined: [] };
    for (const verdict of verdicts) {
      if ('reason' in verdict) batch.quarantined.push(verdict);
      else batch.entries.push(verdict);
    }
    return batch;
  }

  private async checkOne(candidate: Candidate): Promise<VerifiedEntry | Quarantined> {
    const refuse = (reason: QuarantineReason, detail: string) => quarantined(candidate, reason, detail);
    const { data } = candidate;
    if (data === undefined || data.length === 0)
      return refuse('no-evidence', 'the record carries no evidence');
    if (data.length > MAX_ENTRY_BYTES)
      return refuse('too-large', `${data.length} bytes exceed ${MAX_ENTRY_BYTES}`);
    let evidence: ParsedEvidence;
    try {
      evidence = parseEvidence(data.toString('latin1'));
    } catch (error) {
      return refuse('malformed', error instanceof WaslError ? error.detail : 'not evidence');
    }
    const entry: VerifiedEntry = { ...candidate, data, jti: evidence.claims.jti };
    if (!this.verifySignatures) return entry;
    const record = this.view.key(evidence.jws.header.kid);
    const problem = this.keyProblem(record, evidence, candidate.recordedAt);
    if (problem) return refuse(...problem);
    if (await this.signatureHolds(evidence, record!)) return entry;
    return refuse('wrong-signature', 'the signature does not verify under the key that it names');
  }

  private keyProblem(
    key: KeyRecord | undefined,
    { jws, claims }: ParsedEvidence,
    recordedAt: number,
  ): [QuarantineReason, string] | undefined {
    if (!key) return ['unknown-key', 'no key with this kid is registered'];
    if (memberOf(key.system) !== this.bus)
      return ['not-a-bus-key', 'the key belongs to no system of the bus'];
    if (key.system !== claims.iss)
      return ['wrong-issuer', 'the key belongs to another system than the issuer'];
    if (key.alg !== jws.header.alg) return ['wrong-signature', 'the algorithm is not that of the key'];
    if (key.status === 'pending') return ['key-not-active', 'the key was never activated'];
    // Evidence from before the compromise stays evidence; what comes after is worth nothing.
    if (key.status === 'compromised' && Math.max(claims.iat * 1000, recordedAt) >= Date.parse(key.changedAt))
      return ['key-compromised', 'the key is marked as compromised since before this evidence'];
    return undefined;
  }

  private signatureHolds({ jws }: ParsedEvidence, record: KeyRecord): Promise<boolean> {
    let key = this.keys.get(record.kid);
    if (!key) this.keys.set(record.kid, (key = verificationKeyFromJwk(record.jwk)));
    const { publicKey, alg } = key;
    return new Promise((resolve) => {
      const done = (error: Error | null, valid: boolean) => resolve(error === null && valid);
      if (alg === 'Ed25519') verify(null, jws.signingInput, publicKey, jws.signature, done);
      else
        verify(
          'sha256',
          jws.signingInput,
          { key: publicKey, dsaEncoding: 'ieee-p1363' },
          jws.signature,
          done,
        );
    });
  }
}
