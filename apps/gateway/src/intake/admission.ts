import { parsePayload } from '#contracts';
import type { ControlState, SystemRecord, VersionRecord } from '#control';
import {
  checkManifestTimes,
  manifestDigest,
  parseManifest,
  payloadDigest,
  WaslError,
  type ManifestClaims,
  type ParsedManifest,
} from '#protocol';
import type { Signatories } from '../signatories.js';
import type { ContractVersions } from './contract-versions.js';

/** A publish request as it came in. */
export interface Arrival {
  /** Topic of the path. */
  topic: string;
  manifest: string | undefined;
  contentType: string | undefined;
  payload: Buffer;
}

/** A message that passed every check. */
export interface Admitted {
  claims: ManifestClaims;
  /** The manifest exactly as received. */
  manifest: string;
  manifestDigest: string;
  payload: Buffer;
  version: VersionRecord;
}

/** What is known of a request when it is refused; `sender` only once the signature is verified. */
export interface Trail {
  topic?: string;
  version?: number;
  /** Digest of the manifest token. */
  manifest?: string;
  messageId?: string;
  sender?: string;
  /** The manifest token, once its signature is verified. */
  token?: string;
  /** The manifest is inside its short lifetime and its signer may act: no replay of an old one. */
  fresh?: boolean;
}

const JSON_TYPE = /^application\/json *(?:; *charset="?utf-8"? *)?$/i;

/** All checks of a submission, in the order in which a refusal names them. No I/O. */
export class Admission {
  constructor(
    private readonly view: ControlState,
    private readonly signatories: Signatories,
    private readonly versions: ContractVersions,
    private readonly bus: string,
  ) {}

  /**
   * @param trail is filled as far as the checks get
   * @throws WaslError with the first reason for refusal
   */
  async admit(arrival: Arrival, now: Date, trail: Trail): Promise<Admitted> {
    const { manifest, system } = await this.authenticate(arrival.manifest, now, trail);
    const { claims } = manifest;
    const { payload } = arrival;
    if (claims.aud !== this.bus)
      throw new WaslError('wrong-audience', `the manifest is not meant for ${this.bus}`);
    if (claims.topic !== arrival.topic) {
      throw new WaslError(
        'malformed-request',
        'the manifest was signed for another topic than that of the path',
      );
    }
    const contract = this.view.contract(claims.topic);
    if (!contract) throw new WaslError('unknown-topic', 'no contract is published for this topic');
    if (!system.roles.includes('publisher') || !this.view.isMemberWithin(system.member, contract.owner)) {
      throw new WaslError('no-agreement', 'this system does not publish for the owner of the contract');
    }
    const version = this.versions.require(claims.topic, claims.version);
    if (claims.op === 'delete') {
      if (!contract.deletion) throw new WaslError('deletion-not-allowed', 'this contract admits no deletion');
      if (payload.length > 0) throw new WaslError('malformed-body', 'a deletion carries no body');
    } else if (claims.cty !== 'application/json' || !JSON_TYPE.test(arrival.contentType ?? '')) {
      throw new WaslError(
        'unsupported-media-type',
        'header content-type and claim cty must be application/json',
      );
    }
    if (payloadDigest(claims.salt, payload) !== claims.digest) {
      throw new WaslError('payload-altered', 'the body does not have the digest that its sender signed');
    }
    if (claims.op === 'put') this.versions.validate(version, parsePayload(payload));
    return { claims, manifest: manifest.token, manifestDigest: manifest.digest, payload, version };
  }

  /** The checks that need no body. @throws WaslError */
  async authenticate(
    token: string | undefined,
    now: Date,
    trail: Trail,
  ): Promise<{ manifest: ParsedManifest & { digest: string }; system: SystemRecord }> {
    if (!token) throw new WaslError('malformed-manifest', 'the header wasl-manifest is missing');
    const digest = manifestDigest(token);
    trail.manifest = digest;
    const manifest = parseManifest(token);
    const { claims, jws } = manifest;
    trail.messageId = claims.jti;
    trail.version = claims.version;
    const key = await this.signatories.verify(jws, claims.iss);
    trail.sender = claims.iss;
    trail.token = token;
    checkManifestTimes(claims, Math.floor(now.getTime() / 1_000));
    const system = this.signatories.requireActive(key, now);
    trail.fresh = true;
    return { manifest: { ...manifest, digest }, system };
  }
}
