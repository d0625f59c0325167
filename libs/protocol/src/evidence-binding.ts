import type { OffsetRange, ParsedAcknowledgement } from './acknowledgement.js';
import { WaslError } from './errors.js';
import type { ParsedEvidence } from './evidence.js';
import { manifestDigest, type ParsedManifest } from './manifest.js';
import { uuidUrn } from './urn.js';

/** The evidence is about this very manifest and repeats its claims. Throws evidence-mismatch. */
export function checkBindsManifest(
  { event, claims: evidence }: ParsedEvidence,
  manifest: ParsedManifest,
): void {
  const { token, claims } = manifest;
  const { body } = event;
  if (event.name !== 'SubmissionAcceptance' && event.name !== 'SubmissionRejection') {
    throw new WaslError('evidence-mismatch', 'the evidence is neither of an acceptance nor of a rejection');
  }
  requireEqual('sub', evidence.sub, uuidUrn(claims.jti));
  requireEqual('manifest', body['manifest'], manifestDigest(token));
  if (event.name === 'SubmissionRejection') return;
  requireEqual('sender', body['sender'], claims.iss);
  requireEqual('topic', body['topic'], claims.topic);
  requireEqual('version', body['version'], claims.version);
  requireEqual('op', body['op'], claims.op);
  requireEqual('digest', body['digest'], claims.digest);
}

/** The evidence embeds this very acknowledgement and repeats its claims. Throws evidence-mismatch. */
export function checkBindsAcknowledgement(
  { event, claims: evidence }: ParsedEvidence,
  { token, claims }: ParsedAcknowledgement,
): void {
  if (event.name !== 'ContentHandover')
    throw new WaslError('evidence-mismatch', 'the evidence is not of a handover');
  const { body } = event;
  requireEqual('sub', evidence.sub, uuidUrn(claims.jti));
  requireEqual('acknowledgement', body['acknowledgement'], token);
  requireEqual('recipient', body['recipient'], claims.iss);
  requireEqual('agreement', body['agreement'], claims.agreement);
  requireEqual('topic', body['topic'], claims.topic);
  requireEqual('count', body['count'], claims.count);
  requireEqual('root', body['root'], claims.root);
  requireEqual('ranges', rangesText(body['ranges']), rangesText(claims.ranges));
}

/** `partition:first-last` of each range; member order and spacing of the JSON do not matter. */
function rangesText(ranges: unknown): string {
  if (!Array.isArray(ranges)) return '';
  return (ranges as Partial<OffsetRange>[]).map((r) => `${r.partition}:${r.first}-${r.last}`).join(' ');
}

export function requireEqual(name: string, stated: unknown, signed: unknown): void {
  if (stated !== signed) throw new WaslError('evidence-mismatch', `the evidence states another "${name}"`);
}
