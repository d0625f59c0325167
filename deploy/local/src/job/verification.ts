import type { WaslClient } from '#client';
import { TrustAnchors, verifyReceipt, type Receipt, type Trust } from '#protocol';
import type { Say } from '../progress.js';
import { figure } from '../progress.js';
import { LedgerCopy } from './ledger-copy.js';

export interface Verification {
  /** Receipts whose every check passed, inclusion under the checkpoint among them. */
  verified: number;
  /** Receipts that failed, with the first reason each. */
  failures: string[];
  checkpoint: string;
}

/** Verifies every receipt offline against a fresh copy of the whole ledger. */
export async function verifyReceipts(
  receipts: Receipt[],
  trust: Trust,
  auditUrl: string,
  auditor: WaslClient,
  say: Say,
): Promise<Verification> {
  const ledger = await LedgerCopy.download(auditUrl, trust.log, auditor);
  const anchors = TrustAnchors.read(trust);
  const failures: string[] = [];
  let verified = 0;
  for (const receipt of receipts) {
    const proof = await ledger.proofOf(receipt.evidence);
    const report = verifyReceipt({ ...receipt, ...(proof ? { proof } : {}) }, anchors, {
      requireProof: true,
    });
    const failed = report.checks.find(({ ok }) => !ok);
    if (report.ok && report.transparent) verified += 1;
    else failures.push(`${failed?.check ?? 'inclusion'}: ${failed?.reason ?? 'proof-missing'}`);
    if (verified % 250 === 0) {
      say(`${figure(verified)} of ${figure(receipts.length)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  say(`${figure(verified)} of ${figure(receipts.length)}`);
  return { verified, failures, checkpoint: ledger.checkpoint };
}
