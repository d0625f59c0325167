import type { ErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';

export type CheckName =
  | 'receipt-form'
  | 'evidence-signature'
  | 'evidence-issuer'
  | 'evidence-key'
  | 'manifest-signature'
  | 'manifest-issuer'
  | 'evidence-binds-manifest'
  | 'manifest-key'
  | 'manifest-times'
  | 'payload-digest'
  | 'acknowledgement-signature'
  | 'acknowledgement-issuer'
  | 'evidence-binds-acknowledgement'
  | 'acknowledgement-key'
  | 'acknowledgement-times'
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

/** Runs checks in order. One that throws WaslError is recorded as failed; what builds on its value is not run. */
export class Checks {
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

  get ok(): boolean {
    return this.results.every((result) => result.ok);
  }
}
