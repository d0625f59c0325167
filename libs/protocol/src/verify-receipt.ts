import { parseAcknowledgement, type AcknowledgementClaims } from './acknowledgement.js';
import { openCheckpoint } from './checkpoint.js';
import type { ErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';
import { parseEvidence, type ParsedEvidence } from './evidence.js';
import { verifyJws, type ParsedJws } from './jws.js';
import {
  checkManifestTimes,
  manifestDigest,
  MAX_MANIFEST_LIFETIME,
  parseManifest,
  payloadDigest,
  type ManifestClaims,
} from './manifest.js';
import { leafHash } from './merkle.js';
import { verifyInclusion } from './proof-verification.js';
import { isAcknowledgementReceipt, parseReceipt } from './receipt.js';
import { parseTlogProof } from './tlog-proof.js';
import { checkKeyValidAt, parseTrust, trustedKey, type Trust } from './trust.js';
import { memberOf, uuidUrn } from './urn.js';

export type CheckName =
  | 'receipt-form'
  | 'evidence-signature'
  | 'evidence-issuer'
  | 'evidence-key'
  | 'manifest-signature'
  | 'manifest-issuer'
  | 'manifest-key'
  | 'manifest-times'
  | 'acknowledgement-signature'
  | 'acknowledgement-issuer'
  | 'acknowledgement-key'
  | 'evidence-binds-manifest'
  | 'evidence-binds-acknowledgement'
  | 'payload-digest'
  | 'checkpoint'
  | 'inclusion';

export interface CheckResult {
  check: CheckName;
  ok: boolean;
  reason?: ErrorCode;
  detail?: string;
}

export interface VerificationReport {
  /** Every check made has passed. */
  ok: boolean;
  /** What the evidence says happened; absent if it could not be read. */
  outcome?: 'accepted' | 'rejected' | 'handed-over';
  /** The evidence was proved to stand in a trusted log. */
  transparent: boolean;
  checks: CheckResult[];
}

export interface VerifyOptions {
  /** The payload bytes, to check them against the manifest. A delete has none and needs none. */
  payload?: Uint8Array | undefined;
  /** Refuse a receipt without proof. */
  requireProof?: boolean | undefined;
}

/** Runs checks in order; one that throws WaslError is recorded, and what builds on it is not run. */
class Checks {
  readonly results: CheckResult[] = [];

  run<T>(check: CheckName, body: () => T): T | undefined {
    try {
      const value = body();
      this.results.push({ check, ok: true });
      return value;
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      this.results.push({ check, ok: false, reason: error.code, detail: error.detail });
      return undefined;
    }
  }
}

/**
 * Verifies a receipt offline, from nothing but the trust file (docs/formats/receipt.md gives the algorithm).
 * Never throws for what the receipt holds; throws malformed-trust or malformed-key for a bad trust file.
 */
export function verifyReceipt(
  value: unknown,
  trustFile: unknown,
  options: VerifyOptions = {},
): VerificationReport {
  const trust = parseTrust(trustFile);
  const checks = new Checks();
  const receipt = checks.run('receipt-form', () => parseReceipt(value));
  if (receipt === undefined) return { ok: false, transparent: false, checks: checks.results };

  const evidence = verifyEvidence(receipt.evidence, trust, checks);
  if (isAcknowledgementReceipt(receipt)) {
    verifyAcknowledgement(receipt.acknowledgement, evidence, trust, checks);
  } else {
    verifyManifest(receipt.manifest, evidence, trust, checks, options.payload);
  }
  const transparent = verifyProof(
    receipt.proof,
    receipt.evidence,
    trust,
    checks,
    options.requireProof === true,
  );
  const outcome = evidence === undefined ? undefined : OUTCOMES[evidence.event.name as keyof typeof OUTCOMES];
  const ok = checks.results.every((result) => result.ok);
  return { ok, ...(outcome === undefined ? {} : { outcome }), transparent, checks: checks.results };
}

const OUTCOMES = {
  SubmissionAcceptance: 'accepted',
  SubmissionRejection: 'rejected',
  ContentHandover: 'handed-over',
} as const;

function verifyEvidence(token: string, trust: Trust, checks: Checks): ParsedEvidence | undefined {
  const evidence = checks.run('evidence-signature', () => {
    const parsed = parseEvidence(token);
    verifyWithTrust(parsed.jws, trust);
    return parsed;
  });
  if (evidence === undefined) return undefined;
  const { iss, toe } = evidence.claims;
  checks.run('evidence-issuer', () => {
    requireIssuer(trust, evidence.jws, iss);
    if (memberOf(iss) !== trust.bus)
      throw new WaslError('wrong-issuer', 'the issuer is not a system of the bus');
  });
  checks.run('evidence-key', () => {
    const { entry } = trustedKey(trust, evidence.jws.header.kid);
    // A stolen key of the bus can date its evidence at will, so no date saves it.
    if (entry.status === 'compromised') {
      throw new WaslError('key-compromised', 'the key of the bus was reported compromised');
    }
    checkKeyValidAt(entry, toe);
  });
  return evidence;
}

function verifyManifest(
  token: string,
  evidence: ParsedEvidence | undefined,
  trust: Trust,
  checks: Checks,
  payload: Uint8Array | undefined,
): void {
  const claims = checks.run('manifest-signature', () => {
    const parsed = parseManifest(token);
    verifyWithTrust(parsed.jws, trust);
    return parsed.claims;
  });
  if (claims === undefined) return;
  const { jws } = parseManifest(token);
  checks.run('manifest-issuer', () => {
    requireIssuer(trust, jws, claims.iss);
    if (claims.aud !== trust.bus)
      throw new WaslError('wrong-audience', 'the manifest is not addressed to the bus');
  });
  if (evidence !== undefined) {
    checks.run('evidence-binds-manifest', () => bindManifest(token, claims, evidence));
    if (evidence.event.name === 'SubmissionAcceptance') {
      checks.run('manifest-key', () =>
        checkKeyValidAt(trustedKey(trust, jws.header.kid).entry, evidence.claims.toe),
      );
      checks.run('manifest-times', () => checkTimesAtAcceptance(claims, evidence.claims.toe));
    }
  }
  const bytes = payload ?? (claims.op === 'delete' ? new Uint8Array() : undefined);
  if (bytes === undefined) return;
  checks.run('payload-digest', () => {
    if (payloadDigest(claims.salt, bytes) !== claims.digest) {
      throw new WaslError('payload-altered', 'the payload is not the one the sender signed');
    }
  });
}

/** The bus judges times on arrival and dates its evidence a little later. */
function checkTimesAtAcceptance(claims: ManifestClaims, toe: number): void {
  const grace = MAX_MANIFEST_LIFETIME;
  checkManifestTimes(claims, Math.max(claims.iat, Math.min(toe, claims.exp - 1)));
  if (toe + 10 < claims.iat)
    throw new WaslError('manifest-in-future', 'accepted before the manifest was made');
  if (toe >= claims.exp + grace)
    throw new WaslError('manifest-expired', 'accepted after the manifest expired');
}

function bindManifest(
  token: string,
  claims: ManifestClaims,
  { event, claims: evidence }: ParsedEvidence,
): void {
  const { body } = event;
  if (event.name === 'SubmissionAcceptance') {
    requireEqual('op', body['op'], claims.op);
    requireEqual('digest', body['digest'], claims.digest);
    requireEqual('sender', body['sender'], claims.iss);
    requireEqual('topic', body['topic'], claims.topic);
    requireEqual('version', body['version'], claims.version);
  } else if (event.name !== 'SubmissionRejection') {
    throw new WaslError('evidence-mismatch', 'the evidence is neither of an acceptance nor of a rejection');
  }
  requireEqual('manifest', body['manifest'], manifestDigest(token));
  requireEqual('sub', evidence.sub, uuidUrn(claims.jti));
}

function verifyAcknowledgement(
  token: string,
  evidence: ParsedEvidence | undefined,
  trust: Trust,
  checks: Checks,
): void {
  const parsed = checks.run('acknowledgement-signature', () => {
    const acknowledgement = parseAcknowledgement(token);
    verifyWithTrust(acknowledgement.jws, trust);
    return acknowledgement;
  });
  if (parsed === undefined) return;
  const { claims, jws } = parsed;
  checks.run('acknowledgement-issuer', () => {
    requireIssuer(trust, jws, claims.iss);
    if (claims.aud !== trust.bus) throw new WaslError('wrong-audience', 'not addressed to the bus');
  });
  if (evidence === undefined) return;
  checks.run('evidence-binds-acknowledgement', () => bindAcknowledgement(token, claims, evidence));
  checks.run('acknowledgement-key', () =>
    checkKeyValidAt(trustedKey(trust, jws.header.kid).entry, evidence.claims.toe),
  );
}

function bindAcknowledgement(
  token: string,
  claims: AcknowledgementClaims,
  { event, claims: evidence }: ParsedEvidence,
): void {
  if (event.name !== 'ContentHandover')
    throw new WaslError('evidence-mismatch', 'the evidence is not of a handover');
  const { body } = event;
  requireEqual('acknowledgement', body['acknowledgement'], token);
  requireEqual('recipient', body['recipient'], claims.iss);
  requireEqual('agreement', body['agreement'], claims.agreement);
  requireEqual('topic', body['topic'], claims.topic);
  requireEqual('count', body['count'], claims.count);
  requireEqual('root', body['root'], claims.root);
  requireEqual('ranges', JSON.stringify(body['ranges']), JSON.stringify(claims.ranges));
  requireEqual('sub', evidence.sub, uuidUrn(claims.jti));
}

function verifyProof(
  proofText: string | undefined,
  evidence: string,
  trust: Trust,
  checks: Checks,
  required: boolean,
): boolean {
  if (proofText === undefined) {
    if (required) {
      checks.run('inclusion', () => {
        throw new WaslError('proof-missing', 'the receipt carries no proof yet; fetch it again later');
      });
    }
    return false;
  }
  const opened = checks.run('checkpoint', () => {
    const proof = parseTlogProof(proofText);
    return { proof, checkpoint: openCheckpoint(proof.checkpoint, trust.log) };
  });
  if (opened === undefined) return false;
  const { proof, checkpoint } = opened;
  const included = checks.run('inclusion', () => {
    const { size, root } = checkpoint;
    verifyInclusion({ index: proof.index, size, root, leafHash: leafHash(evidence), proof: proof.hashes });
    return true;
  });
  return included === true;
}

function verifyWithTrust(jws: ParsedJws, trust: Trust): void {
  verifyJws(jws, trustedKey(trust, jws.header.kid).key);
}

function requireIssuer(trust: Trust, jws: ParsedJws, issuer: string): void {
  if (trustedKey(trust, jws.header.kid).entry.system !== issuer) {
    throw new WaslError('wrong-issuer', 'the key belongs to another system than the issuer');
  }
}

function requireEqual(name: string, stated: unknown, signed: unknown): void {
  if (stated !== signed) throw new WaslError('evidence-mismatch', `the evidence states another "${name}"`);
}
