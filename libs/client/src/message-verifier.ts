import {
  PROPAGATION_GRACE,
  WaslError,
  checkKeyValidAt,
  manifestDigest,
  memberOf,
  parseEvidence,
  parseManifest,
  payloadDigest,
  uuidUrn,
  verificationKeyFromJwk,
  verifyJws,
  verifyJwsAsync,
  type ManifestClaims,
  type ParsedEvidence,
  type ParsedJws,
  type Trust,
  type TrustedKey,
  type VerificationKey,
} from '#protocol';
import type { PulledMessage } from './feed.js';

/** What a verified message proves. */
export interface VerifiedMessage {
  claims: ManifestClaims;
  /** Leaf of the acknowledgement tree: the manifest's digest claim. */
  digest: string;
  /** Seconds since 1970 at which the bus accepted the message. */
  acceptedAt: number;
}

/** Verifies pulled messages against one trust document; parsed keys are kept. */
export class MessageVerifier {
  private readonly keys = new Map<string, { entry: TrustedKey; key: VerificationKey }>();

  constructor(private readonly trust: Trust) {
    for (const entry of trust.keys) {
      const key = keyOf(entry);
      if (key?.kid === entry.kid) this.keys.set(entry.kid, { entry, key });
    }
  }

  /** True when a signature of the message names a key that this trust document does not hold. */
  lacksKeyOf(message: PulledMessage): boolean {
    try {
      return (
        !this.keys.has(parseManifest(message.manifest).jws.header.kid) ||
        !this.keys.has(parseEvidence(message.evidence).jws.header.kid)
      );
    } catch {
      return false;
    }
  }

  /**
   * The sender signed this payload for this topic and key, and the bus signed that it accepted exactly that
   * manifest. Throws WaslError: malformed-manifest, malformed-evidence, unsupported-algorithm, unknown-key,
   * key-not-active, key-compromised, algorithm-mismatch, wrong-signature, wrong-issuer, wrong-audience,
   * payload-altered, evidence-mismatch.
   */
  verify(message: PulledMessage): VerifiedMessage {
    const { verified, signatures } = this.checked(message);
    for (const { jws, key } of signatures) verifyJws(jws, key);
    return verified;
  }

  /** As {@link verify}, signatures on the threads of the libuv pool. */
  async verifyAsync(message: PulledMessage): Promise<VerifiedMessage> {
    const { verified, signatures } = this.checked(message);
    await Promise.all(signatures.map(({ jws, key }) => verifyJwsAsync(jws, key)));
    return verified;
  }

  /** Everything but the two signatures, which remain to be verified. */
  private checked(message: PulledMessage): { verified: VerifiedMessage; signatures: Signature[] } {
    const { jws, claims } = parseManifest(message.manifest);
    const evidence = parseEvidence(message.evidence);
    const acceptedAt = evidence.claims.toe;
    if (memberOf(evidence.claims.iss) !== this.trust.bus) {
      throw new WaslError('wrong-issuer', 'the evidence does not come from a system of the bus');
    }
    const signatures = [
      { jws: evidence.jws, key: this.keyOf(evidence.jws, evidence.claims.iss, evidence.claims.iat) },
      { jws, key: this.keyOf(jws, claims.iss, acceptedAt) },
    ];
    if (claims.aud !== this.trust.bus)
      throw new WaslError('wrong-audience', 'the manifest is for another bus');
    if (payloadDigest(claims.salt, message.payload) !== claims.digest) {
      throw new WaslError('payload-altered', 'the payload does not have the digest that its sender signed');
    }
    requireBinding(message, claims, evidence);
    return { verified: { claims, digest: claims.digest, acceptedAt }, signatures };
  }

  // A key that was retired or compromised after the bus accepted the message does not undo the acceptance:
  // the instant is attested by the bus, not by the key's holder. What a gateway accepted before the change had
  // reached it stands, as it does in receipts.
  private keyOf(jws: ParsedJws, issuer: string, seconds: number): VerificationKey {
    const trusted = this.keys.get(jws.header.kid);
    if (!trusted)
      throw new WaslError('unknown-key', 'a signature names a key that the directory does not list');
    if (trusted.entry.system !== issuer) {
      throw new WaslError('wrong-issuer', 'the key belongs to another system than the issuer');
    }
    checkKeyValidAt(trusted.entry, seconds, PROPAGATION_GRACE);
    return trusted.key;
  }
}

interface Signature {
  jws: ParsedJws;
  key: VerificationKey;
}

function keyOf(entry: TrustedKey): VerificationKey | undefined {
  try {
    return verificationKeyFromJwk(entry.jwk);
  } catch {
    return undefined;
  }
}

function requireBinding(message: PulledMessage, claims: ManifestClaims, evidence: ParsedEvidence): void {
  const { name, body } = evidence.event;
  const bound =
    name === 'SubmissionAcceptance' &&
    evidence.claims.sub === uuidUrn(claims.jti) &&
    body['manifest'] === manifestDigest(message.manifest) &&
    body['digest'] === claims.digest &&
    body['topic'] === claims.topic &&
    body['sender'] === claims.iss;
  const labelled =
    claims.topic === message.topic &&
    claims.jti === message.id &&
    claims.key === message.key &&
    claims.op === message.op;
  if (!bound || !labelled) {
    throw new WaslError(
      'evidence-mismatch',
      'the evidence, the manifest and the message do not belong together',
    );
  }
}
