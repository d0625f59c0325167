import { HttpException } from '@nestjs/common';
import { ERROR_CODES, WaslError, type ErrorCode, type Violation } from '#protocol';
import { chooseLanguage, type Language } from './language.js';

/** RFC 9457 problem details as every own route of Wasl answers them. */
export interface Problem {
  /** Relative reference to the section of the code in the error catalogue, which each service serves. */
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  texts: { fr: string; ar: string; en: string };
  errors?: readonly Violation[];
  /** Compact JWS: the SubmissionRejection or AccessRefusal that records the refusal. */
  evidence?: string;
  /** W3C trace id, to be quoted to support. */
  trace?: string;
}

export interface ProblemResponse {
  status: number;
  language: Language;
  headers: Record<string, string>;
  body: Problem;
}

/** Maps any error to the one public shape; text of unknown errors stays inside. */
export function toProblem(error: unknown, acceptLanguage?: string, trace?: string): ProblemResponse {
  const known = toWaslError(error);
  const { status, fr, ar, en } = ERROR_CODES[known.code];
  const language = chooseLanguage(acceptLanguage);
  const texts = { fr, ar, en };
  const headers: Record<string, string> = { 'content-language': language, vary: 'accept-language' };
  const retryAfter = known.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(retryAfter));
  if (status === 401) headers['www-authenticate'] = challenge(known.code);
  const body: Problem = {
    type: `/docs/errors.md#${known.code}`,
    title: texts[language],
    status,
    code: known.code,
    detail: known.detail,
    texts,
    ...(known.violations?.length ? { errors: known.violations } : {}),
    ...(known.evidence === undefined ? {} : { evidence: known.evidence }),
    ...(trace === undefined ? {} : { trace }),
  };
  return { status, language, headers, body };
}

/** The domain error that an error of Nest, Fastify or Node stands for; `internal` without text if none. */
export function toWaslError(error: unknown): WaslError {
  if (error instanceof WaslError) return error.code === 'internal' ? internal() : error;
  if (error instanceof HttpException) return ofStatus(error.getStatus());
  if (isFastifyError(error)) return FASTIFY_ERRORS[error.code]?.() ?? ofStatus(error.statusCode ?? 500);
  return internal();
}

/** RFC 9110 §15.5.2 asks for a challenge with every 401; a manifest is the credential of a submission. */
function challenge(code: ErrorCode): string {
  if (code === 'not-authenticated') return 'Bearer';
  return code.startsWith('token-') || code === 'wrong-audience'
    ? 'Bearer error="invalid_token"'
    : 'Wasl-Manifest';
}

const internal = () => new WaslError('internal', '');
const malformedBody = () => new WaslError('malformed-body', 'the body is not well-formed JSON');

const FASTIFY_ERRORS: Record<string, () => WaslError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => ofStatus(413),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => ofStatus(415),
  FST_ERR_CTP_INVALID_JSON_BODY: malformedBody,
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedBody,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: malformedBody,
};

function isFastifyError(error: unknown): error is Error & { code: string; statusCode?: number } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('FST_')
  );
}

function ofStatus(status: number): WaslError {
  switch (status) {
    case 401:
      return new WaslError('not-authenticated', 'the request carries no valid credentials');
    case 403:
      return new WaslError('not-allowed', 'the caller may not do this');
    case 404:
      return new WaslError('not-found', 'nothing exists under this method and path');
    case 405:
      return new WaslError('method-not-allowed', 'this path does not offer the method');
    case 406:
      return new WaslError('not-acceptable', 'no representation fits the Accept header');
    case 413:
      return new WaslError('body-too-large', 'the body is larger than this route accepts');
    case 415:
      return new WaslError('unsupported-media-type', 'the content type is not accepted here');
    case 429:
      return new WaslError('too-many-requests', 'too many requests at once', { retryAfterSeconds: 1 });
    case 503:
      return new WaslError('unavailable', 'the service cannot do this at the moment', {
        retryAfterSeconds: 1,
      });
    default:
      return status >= 400 && status < 500
        ? new WaslError('malformed-request', 'the request is not well-formed')
        : internal();
  }
}
