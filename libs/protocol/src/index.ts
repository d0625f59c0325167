export { ERROR_CODES, isErrorCode, type ErrorCode, type ErrorText } from './error-codes.js';
export { WaslError, type Violation, type WaslErrorOptions } from './errors.js';
export {
  isMemberUrn,
  isSystemUrn,
  keyFileName,
  MEMBER_PATTERN,
  memberOf,
  SYSTEM_PATTERN,
  uuidUrn,
} from './urn.js';
export { decodeBase64, decodeBase64url, isDigest, isSalt, isUuid, sha256Base64url } from './encoding.js';
export { hasDuplicateMember } from './duplicate-members.js';
export {
  hashPassword,
  NO_PASSWORD,
  parsePasswordHash,
  type PasswordHash,
  verifyPassword,
} from './password.js';
export {
  generateKey,
  publicJwk,
  signingKeyFromJwk,
  thumbprint,
  verificationKeyFromJwk,
  type Jwk,
  type SignatureAlgorithm,
  type SigningKey,
  type VerificationKey,
} from './keys.js';
export {
  MAX_TOKEN_BYTES,
  parseCompactJws,
  signCompactJws,
  signCompactJwsAsync,
  verifyJws,
  verifyJwsAsync,
  type JwsHeader,
  type ParsedJws,
} from './jws.js';
export {
  checkManifestTimes,
  MANIFEST_TYP,
  manifestDigest,
  MAX_CLOCK_LEAD,
  MAX_MANIFEST_BYTES,
  MAX_MANIFEST_LIFETIME,
  newSalt,
  parseManifest,
  payloadDigest,
  signManifest,
  type Lifetime,
  type ManifestClaims,
  type ParsedManifest,
} from './manifest.js';
export {
  ACCESS_TYP,
  looksLikeAccessStatement,
  MAX_ACCESS_LIFETIME,
  parseAccessStatement,
  signAccessStatement,
  type AccessStatement,
} from './access-statement.js';
export { eventNameOf, EVENTS, type EventName } from './events.js';
export {
  EVIDENCE_TYP,
  parseEvidence,
  signEvidence,
  signEvidenceAsync,
  type ContentHandover,
  type EvidenceClaims,
  type ParsedEvidence,
  type SubmissionAcceptance,
  type SubmissionRejection,
} from './evidence.js';
export {
  ACKNOWLEDGEMENT_TYP,
  acknowledgementRoot,
  MAX_ACKNOWLEDGEMENT_BYTES,
  MAX_RANGES,
  parseAcknowledgement,
  signAcknowledgement,
  type AcknowledgementClaims,
  type OffsetRange,
  type ParsedAcknowledgement,
} from './acknowledgement.js';
export { emptyRoot, HASH_BYTES, leafHash, nodeHash, treeRoot } from './merkle.js';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyStatement,
  type InclusionStatement,
} from './proof-verification.js';
export {
  decodeEntryBundle,
  edgeTiles,
  encodeEntryBundle,
  parseTilePath,
  TILE_BYTES,
  TILE_HEIGHT,
  TILE_WIDTH,
  tilePath,
  tileWidth,
  type TileAddress,
  type TileLevel,
} from './tiles.js';
export { TileTree, type DirtyTile, type ReadTile } from './tile-tree.js';
export { consistencyProof, inclusionProof, InclusionProver } from './proofs.js';
export {
  noteSigner,
  openNote,
  parseVkey,
  signNote,
  vkey,
  type NoteKey,
  type NoteSigner,
  type OpenedNote,
} from './note.js';
export {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type Checkpoint,
} from './checkpoint.js';
export { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.js';
export {
  isAcknowledgementReceipt,
  parseReceipt,
  RECEIPT_FORMAT,
  type AcknowledgementReceipt,
  type MessageReceipt,
  type Receipt,
} from './receipt.js';
export { TrustAnchors, type KeyStatus, type Trust, type TrustedKey } from './trust.js';
export { checkKeyValidAt, type KeyValidity } from './key-validity.js';
export { PROPAGATION_GRACE, verifyReceipt, type VerifyOptions } from './verify-receipt.js';
export { type CheckName, type CheckResult, type VerificationReport } from './verification-report.js';
