import { WaslError } from './errors.js';

export const RECEIPT_FORMAT = 'wasl-receipt/1';

/** What the holder keeps of an exchange; transparent once it carries `proof` (docs/formats/receipt.md). */
export interface MessageReceipt {
  format: 'wasl-receipt/1';
  /** The sender's compact JWS. */
  manifest: string;
  /** SubmissionAcceptance or SubmissionRejection evidence. */
  evidence: string;
  /** C2SP tlog-proof text for the evidence. */
  proof?: string;
}

export interface AcknowledgementReceipt {
  format: 'wasl-receipt/1';
  /** The consumer's compact JWS. */
  acknowledgement: string;
  /** ContentHandover evidence. */
  evidence: string;
  proof?: string;
}

export type Receipt = MessageReceipt | AcknowledgementReceipt;

export const isAcknowledgementReceipt = (receipt: Receipt): receipt is AcknowledgementReceipt =>
  'acknowledgement' in receipt;

/** Exactly the members format, manifest or acknowledgement, evidence and perhaps proof. Throws malformed-receipt. */
export function parseReceipt(value: unknown): Receipt {
  const refuse = (detail: string): never => {
    throw new WaslError('malformed-receipt', detail);
  };
  if (typeof value !== 'object' || value === null) return refuse('a receipt is a JSON object');
  const receipt = value as Record<string, unknown>;
  if (receipt['format'] !== RECEIPT_FORMAT) refuse(`format is not ${RECEIPT_FORMAT}`);
  const subjects = ['manifest', 'acknowledgement'].filter((name) => name in receipt);
  if (subjects.length !== 1) refuse('a receipt holds either a manifest or an acknowledgement');
  const allowed = new Set(['format', 'evidence', 'proof', ...subjects]);
  for (const [name, member] of Object.entries(receipt)) {
    if (!allowed.has(name)) refuse('there is a member that the format does not know');
    if (typeof member !== 'string') refuse(`"${name}" is not a string`);
  }
  if (!('evidence' in receipt)) refuse('a receipt holds evidence');
  return receipt as unknown as Receipt;
}
