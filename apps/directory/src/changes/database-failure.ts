import { WaslError } from '#protocol';

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const UNIQUE_VIOLATION = '23505';
const SERIALIZATION = new Set(['40001', '40P01']);

/** The domain error that a PostgreSQL error stands for; other errors come back as they are. */
export function databaseFailure(error: unknown): unknown {
  if (error instanceof WaslError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === UNIQUE_VIOLATION || SERIALIZATION.has(code)) {
    return new WaslError('conflict', 'somebody did this at the same moment: read it again', { cause: error });
  }
  // Class 08: connection, 53: resources, 57: operator intervention (PostgreSQL appendix A).
  const lost =
    UNREACHABLE.has(code) ||
    /^(08|53|57)/.test(code) ||
    /connection (terminated|timeout)|timeout exceeded/i.test(error.message);
  return lost
    ? new WaslError('unavailable', 'the database is not available', { retryAfterSeconds: 5, cause: error })
    : error;
}
