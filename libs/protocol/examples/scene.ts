import {
  parseManifest,
  type AcknowledgementReceipt,
  type CheckName,
  type ErrorCode,
  type MessageReceipt,
  type Trust,
  vkey,
} from '../src/index.js';
import { es256Manifest, es256Payload } from './es256-manifest.js';
import { ExampleLedger } from './ledger.js';
import { accepted, acknowledgement, handover, message, rejection, type Example } from './messages.js';
import { BUS, logSigner, trustedKeys } from './parties.js';

/** One receipt with what every verifier must report about it. */
export interface Case {
  name: string;
  why: string;
  receipt: unknown;
  /** base64url of the payload bytes handed to the verifier; none if absent. */
  payload?: string;
  requireProof?: true;
  expected: {
    ok: boolean;
    outcome?: 'accepted' | 'rejected' | 'handed-over';
    transparent: boolean;
    /** The checks that fail, in the order in which they are made. */
    failed: { check: CheckName; reason: ErrorCode }[];
  };
}

export const trust: Trust = { format: 'wasl-trust/1', bus: BUS, log: [vkey(logSigner)], keys: trustedKeys };

const plain = Array.from({ length: 66 }, (_, i) => message(i));
/** Index 41 of the ledger. */
export const main: Example = plain[41]!;
export const neighbour: Example = plain[42]!;
export const deletion: Example = message(66, { op: 'delete' });
export const es256: Example = {
  payload: es256Payload,
  manifest: es256Manifest,
  evidence: accepted(es256Manifest, es256Payload.length),
};
export const rejected: Example = rejection();

export const digests = plain.slice(0, 3).map(({ manifest }) => parseManifest(manifest).claims.digest);
export const ack = acknowledgement(digests);
export const handedOver = handover(ack);

/** 70 entries. */
export const ledger = ExampleLedger.of([
  ...[...plain, deletion, es256, rejected].map(({ evidence }) => evidence),
  handedOver,
]);

export const receiptOf = ({
  manifest,
  evidence,
}: Pick<Example, 'manifest' | 'evidence'>): MessageReceipt => ({
  format: 'wasl-receipt/1',
  manifest,
  evidence,
});

export const provenReceipt = async (example: Example): Promise<MessageReceipt> => ({
  ...receiptOf(example),
  proof: await ledger.proof(example.evidence),
});

export const acknowledgementReceipt = (token: string, evidence: string): AcknowledgementReceipt => ({
  format: 'wasl-receipt/1',
  acknowledgement: token,
  evidence,
});

export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
