import { parseAcknowledgement } from './acknowledgement.js';
import { WaslError } from './errors.js';
import { checkBindsAcknowledgement, checkBindsManifest, requireEqual } from './evidence-binding.js';
import { parseEvidence, type ParsedEvidence } from './evidence.js';
import { verifyJws, type ParsedJws } from './jws.js';
import { checkKeyValidAt } from './key-validity.js';
import {
  checkManifestLifetime,
  MAX_CLOCK_LEAD,
  parseManifest,
  payloadDigest,
  type Lifetime,
  type ManifestClaims,
} from './manifest.js';
import { leafHash } from './merkle.js';
import { verifyInclusion } from './proof-verification.js';
import { isAcknowledgementReceipt, parseReceipt } from './receipt.js';
import { parseTlogProof } from './tlog-proof.js';
import { TrustAnchors, type Trust } from './trust.js';
import { memberOf } from './urn.js';
import { Checks, type VerificationReport } from './verification-report.js';

/** A change of a key reaches every gateway within this time (seconds); what they did meanwhile stands. */
export const PROPAGATION_GRACE = 2;
/** The bus judges a manifest on arrival and dates its evidence at most this much later (seconds). */
const PROCESSING_GRACE = 60;

export interface VerifyOptions {
  /** The payload bytes, to check them against the manifest. A delete has none and needs none. */
  payload?: Uint8Array | undefined;
  /** Refuse a receipt that carries no proof. */
  requireProof?: boolean | undefined;
}

const OUTCOMES = new Map<string, NonNullable<VerificationReport['outcome']>>([
  ['SubmissionAcceptance', 'accepted'],
  ['SubmissionRejection', 'rejected'],
  ['ContentHandover', 'handed-over'],
]);

/**
 * Verifies a receipt offline, from nothing but the trust file (docs/formats/receipt.md gives the algorithm).
 * Never throws for what the receipt holds; throws malformed-trust or malformed-key for a bad trust file.
 * For many receipts read the trust file once: TrustAnchors.read(trust).
 */
export function verifyReceipt(
  value: unknown,
  trust: Trust | TrustAnchors,
  options: VerifyOptions = {},
): VerificationReport {
  return new ReceiptVerification(
    trust instanceof TrustAnchors ? trust : TrustAnchors.read(trust),
    options,
  ).run(value);
}

class ReceiptVerification {
  private readonly checks = new Checks();

  constructor(
    private readonly trust: TrustAnchors,
    private readonly options: VerifyOptions,
  ) {}

  run(value: unknown): VerificationReport {
    const receipt = this.checks.run('receipt-form', () => parseReceipt(value));
    if (receipt === undefined) return { ok: false, transparent: false, checks: this.checks.results };
    const evidence = this.evidence(receipt.evidence);
    if (isAcknowledgementReceipt(receipt)) this.acknowledgement(receipt.acknowledgement, evidence);
    else this.manifest(receipt.manifest, evidence);
    const transparent = this.proof(receipt.proof, receipt.evidence);
    const outcome = OUTCOMES.get(evidence?.event.name ?? '');
    const report = { ok: this.checks.ok, transparent, checks: this.checks.results };
    return outcome === undefined ? report : { ...report, outcome };
  }

  private evidence(token: string): ParsedEvidence | undefined {
    const evidence = this.checks.run('evidence-signature', () => this.verified(parseEvidence(token)));
    if (evidence === undefined) return undefined;
    const { iss, toe } = evidence.claims;
    this.checks.run('evidence-issuer', () => {
      this.requireIssuer(evidence.jws, iss);
      if (memberOf(iss) !== this.trust.bus) {
        throw new WaslError('wrong-issuer', 'the issuer of the evidence is not a system of the bus');
      }
    });
    this.checks.run('evidence-key', () => {
      const entry = this.trust.entry(evidence.jws.header.kid);
      // Whoever stole a key of the bus can date evidence at will, so no date saves what it signed.
      if (entry.status === 'compromised') {
        throw new WaslError('key-compromised', 'the key of the bus was reported compromised');
      }
      checkKeyValidAt(entry, toe, PROPAGATION_GRACE);
    });
    return evidence;
  }

  private manifest(token: string, evidence: ParsedEvidence | undefined): void {
    const manifest = this.checks.run('manifest-signature', () => this.verified(parseManifest(token)));
    if (manifest === undefined) return;
    const { jws, claims } = manifest;
    this.checks.run('manifest-issuer', () => this.requireParties(jws, claims));
    if (evidence !== undefined) {
      this.checks.run('evidence-binds-manifest', () => checkBindsManifest(evidence, manifest));
      // A rejection may well be about the key or the times, so these are no fault of the receipt.
      if (evidence.event.name === 'SubmissionAcceptance') {
        const { toe } = evidence.claims;
        this.checks.run('manifest-key', () => this.requireValidKey(jws, toe));
        this.checks.run('manifest-times', () => checkTimesAtAcceptance(claims, toe));
      }
    }
    const payload = this.options.payload ?? (claims.op === 'delete' ? new Uint8Array() : undefined);
    if (payload !== undefined)
      this.checks.run('payload-digest', () => checkPayload(payload, claims, evidence));
  }

  private acknowledgement(token: string, evidence: ParsedEvidence | undefined): void {
    const parsed = this.checks.run('acknowledgement-signature', () =>
      this.verified(parseAcknowledgement(token)),
    );
    if (parsed === undefined) return;
    this.checks.run('acknowledgement-issuer', () => this.requireParties(parsed.jws, parsed.claims));
    if (evidence === undefined) return;
    this.checks.run('evidence-binds-acknowledgement', () => checkBindsAcknowledgement(evidence, parsed));
    if (evidence.event.name !== 'ContentHandover') return;
    const { toe } = evidence.claims;
    this.checks.run('acknowledgement-key', () => this.requireValidKey(parsed.jws, toe));
    this.checks.run('acknowledgement-times', () => checkTimesAtAcceptance(parsed.claims, toe));
  }

  /** Size and root come from the checkpoint, and only once its signature has verified. */
  private proof(text: string | undefined, evidence: string): boolean {
    if (text === undefined) {
      if (this.options.requireProof === true) {
        this.checks.run('inclusion', () => {
          throw new WaslError('proof-missing', 'the receipt carries no proof yet; fetch it again later');
        });
      }
      return false;
    }
    const opened = this.checks.run('checkpoint', () => {
      const proof = parseTlogProof(text);
      return { proof, checkpoint: this.trust.checkpoint(proof.checkpoint) };
    });
    if (opened === undefined) return false;
    const { proof, checkpoint } = opened;
    const included = this.checks.run('inclusion', () => {
      const { size, root } = checkpoint;
      verifyInclusion({ index: proof.index, size, root, leafHash: leafHash(evidence), proof: proof.hashes });
      return true;
    });
    return included === true;
  }

  private verified<T extends { jws: ParsedJws }>(parsed: T): T {
    verifyJws(parsed.jws, this.trust.key(parsed.jws.header.kid));
    return parsed;
  }

  private requireIssuer(jws: ParsedJws, issuer: string): void {
    if (this.trust.entry(jws.header.kid).system !== issuer) {
      throw new WaslError('wrong-issuer', 'the key belongs to another system than the issuer');
    }
  }

  private requireParties(jws: ParsedJws, claims: { iss: string; aud: string }): void {
    this.requireIssuer(jws, claims.iss);
    if (claims.aud !== this.trust.bus)
      throw new WaslError('wrong-audience', 'it is not addressed to the bus');
  }

  private requireValidKey(jws: ParsedJws, toe: number): void {
    checkKeyValidAt(this.trust.entry(jws.header.kid), toe, PROPAGATION_GRACE);
  }
}

function checkTimesAtAcceptance(claims: Lifetime, toe: number): void {
  checkManifestLifetime(claims);
  if (toe + MAX_CLOCK_LEAD < claims.iat) {
    throw new WaslError('manifest-in-future', 'the evidence is older than what it is about');
  }
  if (toe >= claims.exp + PROCESSING_GRACE) {
    throw new WaslError('manifest-expired', 'it had expired before the evidence of it was made');
  }
}

function checkPayload(
  payload: Uint8Array,
  claims: ManifestClaims,
  evidence: ParsedEvidence | undefined,
): void {
  if (payloadDigest(claims.salt, payload) !== claims.digest) {
    throw new WaslError('payload-altered', 'the payload is not the one that the sender signed');
  }
  if (evidence?.event.name === 'SubmissionAcceptance') {
    requireEqual('size', evidence.event.body['size'], payload.length);
  }
}
