import type { ErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';

export type ClaimRule = (value: unknown) => boolean;

/** Seconds since 1970 (RFC 7519 NumericDate), whole. */
export const isNumericDate: ClaimRule = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isPositiveInteger: ClaimRule = (value) => Number.isSafeInteger(value) && (value as number) > 0;
/** Kafka's limit for a topic name, with the major version at the end. */
const TOPIC = /^(?=.{1,200}$)[a-z0-9]+(?:[.-][a-z0-9]+)*\.v[1-9][0-9]{0,3}$/;
export const isTopic: ClaimRule = (value) => typeof value === 'string' && TOPIC.test(value);
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}]/u;
/** Text without control characters or lone surrogates: it must survive UTF-8 and Kafka headers. */
export const isText =
  (max: number): ClaimRule =>
  (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= max && !UNPRINTABLE.test(value);

/** Refuses unknown, missing and ill-typed claims; the error names the claim, never its value. */
export function checkClaims(
  claims: Record<string, unknown>,
  required: Record<string, ClaimRule>,
  optional: Record<string, ClaimRule>,
  code: ErrorCode,
): void {
  for (const name in required) {
    if (!required[name]!(claims[name])) throw new WaslError(code, `claim "${name}" is missing or not valid`);
  }
  for (const name in claims) {
    if (Object.hasOwn(required, name)) continue;
    const rule = Object.hasOwn(optional, name) ? optional[name] : undefined;
    if (rule === undefined) throw new WaslError(code, 'there is a claim that the format does not know');
    if (!rule(claims[name])) throw new WaslError(code, `claim "${name}" is not valid`);
  }
}
