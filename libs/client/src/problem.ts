import type { Violation } from '#protocol';
import type { ChannelResponse } from './http-channel.js';

/** A problem+json answer (RFC 9457), reduced to what a program acts on. */
export interface Problem {
  status: number;
  /** Stable code of docs/errors.md; `unknown` when the answer was no problem+json. */
  code: string;
  title: string;
  detail?: string;
  texts?: Record<string, string>;
  errors?: Violation[];
  /** The rejection as signed by the bus (compact JWS), where the bus wrote one. */
  evidence?: string;
  retryAfterSeconds?: number;
}

export function problemOf(response: ChannelResponse): Problem {
  const body = objectIn(response.body);
  const problem: Problem = {
    status: response.status,
    code: textIn(body, 'code') ?? 'unknown',
    title: textIn(body, 'title') ?? `HTTP ${response.status}`,
  };
  const detail = textIn(body, 'detail');
  if (detail !== undefined) problem.detail = detail;
  const evidence = textIn(body, 'evidence');
  if (evidence !== undefined) problem.evidence = evidence;
  if (isRecord(body['texts'])) problem.texts = body['texts'] as Record<string, string>;
  if (Array.isArray(body['errors'])) problem.errors = body['errors'].filter(isViolation);
  const retryAfter = Number(response.header('retry-after'));
  if (Number.isFinite(retryAfter) && retryAfter > 0) problem.retryAfterSeconds = retryAfter;
  return problem;
}

/** 429, 5xx: the same call may succeed later. */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

function objectIn(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function textIn(body: Record<string, unknown>, member: string): string | undefined {
  const value = body[member];
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isViolation(value: unknown): value is Violation {
  return isRecord(value) && typeof value['pointer'] === 'string' && typeof value['rule'] === 'string';
}
