import { parseManifest, payloadDigest, type WaslError } from '#protocol';
import type { Admitted } from './admission.js';

/** The receipt as it goes over the wire: the same bytes each time it is asked for. */
export interface Accepted {
  receipt: string;
  duplicate: boolean;
}

/** An admitted message on its way to durability. */
export interface Submission extends Admitted {
  settle: (outcome: Accepted | WaslError) => void;
}

/** Receipt (docs/formats/receipt.md); compact JWS need no escaping. */
export function receiptText(manifest: string, evidence: string): string {
  return `{"format":"wasl-receipt/1","manifest":"${manifest}","evidence":"${evidence}"}`;
}

/** Sender and message id: what makes two submissions the same message. */
export function submissionKey({ claims }: Admitted): string {
  return `${claims.iss} ${claims.jti}`;
}

/**
 * Whether a submission repeats the content of the one whose manifest was stored. The stored manifest is itself a
 * salted fingerprint, so a retry that was signed anew, with another salt, is recognised and no further one is kept.
 */
export function isSameContent(storedManifest: string, { claims, payload }: Admitted): boolean {
  const stored = parseManifest(storedManifest).claims;
  return (
    stored.topic === claims.topic &&
    stored.op === claims.op &&
    stored.key === claims.key &&
    payloadDigest(stored.salt, payload) === stored.digest
  );
}
