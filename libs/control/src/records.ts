import type { JsonWebKey } from 'node:crypto';
import type { Jwk, SignatureAlgorithm } from '#protocol';

export const ROLES = ['publisher', 'consumer', 'auditor', 'steward'] as const;
export type Role = (typeof ROLES)[number];

export interface LocalizedText {
  fr: string;
  ar: string;
  en: string;
}

/** A public key of any type that access tokens may be signed with. */
export type TokenKey = JsonWebKey & { kid?: string; alg?: string };

/** An administration; members form a tree through `parent`. */
export interface MemberRecord {
  kind: 'member';
  id: string;
  parent: string | null;
  names: LocalizedText;
  status: 'active' | 'suspended';
}

/** An application of a member. */
export interface SystemRecord {
  kind: 'system';
  id: string;
  member: string;
  names: LocalizedText;
  roles: Role[];
  status: 'active' | 'suspended';
}

/** A public signing key of a system; times are RFC 3339 UTC. */
export interface KeyRecord {
  kind: 'key';
  kid: string;
  system: string;
  alg: SignatureAlgorithm;
  jwk: Jwk;
  status: 'pending' | 'active' | 'retired' | 'compromised';
  notBefore: string;
  notAfter: string | null;
  changedAt: string;
}

/** What lets a system consume a topic; in force only when approved by both sides and inside its period. */
export interface AgreementRecord {
  kind: 'agreement';
  id: string;
  consumer: string;
  topic: string;
  purpose: string;
  legalBasis: string;
  fields: string[] | null;
  quotaPerDay: number | null;
  notBefore: string;
  notAfter: string | null;
  status: 'requested' | 'approved' | 'suspended' | 'revoked' | 'expired';
  approvals: { publisher: string | null; steward: string | null };
}

/** The public keys with which the directory signs access tokens. */
export interface TokenKeysRecord {
  kind: 'token-keys';
  issuer: string;
  jwks: { keys: TokenKey[] };
}

/** Governance of a topic. */
export interface ContractRecord {
  kind: 'contract';
  topic: string;
  name: string;
  major: number;
  owner: string;
  titles: LocalizedText;
  classification: 'P0' | 'P1' | 'P2' | 'P3';
  purpose: string;
  legalBasis: string;
  deletion: boolean;
  partitions: number;
}

/** One version of a contract's schema. `schema` is canonical text, `sha256` its base64url digest. */
export interface VersionRecord {
  kind: 'version';
  topic: string;
  version: number;
  id: number;
  guid: string;
  schema: string;
  sha256: string;
  status: 'active' | 'deprecated' | 'retired';
  /** when it got this status, RFC 3339 UTC */
  since?: string;
  /** of a deprecated version: it may be retired from then on, RFC 3339 UTC */
  sunset?: string;
  /** of a deprecated or retired version: what to use instead */
  successor?: VersionSuccessor;
}

/** A later version of the same topic, or the topic of a later major. */
export interface VersionSuccessor {
  topic: string;
  version?: number;
}

export type ControlRecord =
  | MemberRecord
  | SystemRecord
  | KeyRecord
  | AgreementRecord
  | TokenKeysRecord
  | ContractRecord
  | VersionRecord;

export type ControlKind = ControlRecord['kind'];
