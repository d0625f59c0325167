import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** One broken rule of an input: where (JSON pointer, RFC 6901) and which keyword; never the value itself. */
export interface Violation {
  pointer: string;
  rule: string;
  message?: string;
}

export interface WaslErrorOptions {
  violations?: Violation[] | undefined;
  /** Becomes the Retry-After header. */
  retryAfterSeconds?: number | undefined;
  /** For the log only; never shown to a caller. */
  cause?: unknown;
  /** SubmissionRejection or AccessRefusal evidence (compact JWS) that records this refusal. */
  evidence?: string | undefined;
}

/** The one typed error. `detail` is public: it says what is wrong, where, and what to do, without values. */
export class WaslError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly violations: Violation[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly evidence: string | undefined;

  constructor(code: ErrorCode, detail: string, options: WaslErrorOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WaslError';
    this.code = code;
    this.status = ERROR_CODES[code].status;
    this.detail = detail;
    this.violations = options.violations;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.evidence = options.evidence;
  }
}
