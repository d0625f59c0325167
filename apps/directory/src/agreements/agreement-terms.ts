import { WaslError } from '#protocol';
import { same } from '../requests/same.js';
import type { AgreementEntity } from './agreement.entity.js';

export interface NewAgreement {
  /** The caller's own system if absent. */
  consumer?: string;
  topic: string;
  purpose: string;
  legalBasis: string;
  fields?: string[] | null;
  quotaPerDay?: number | null;
  /** RFC 3339; now if absent. */
  notBefore?: string;
  /** RFC 3339; a year after notBefore if absent. */
  notAfter?: string;
}

export type Terms = Pick<
  AgreementEntity,
  'consumer' | 'topic' | 'purpose' | 'legalBasis' | 'fields' | 'quotaPerDay' | 'notBefore' | 'notAfter'
>;

/** The full terms that a request stands for. Throws WaslError `invalid-request` for a period that is over or empty. */
export function termsOf(body: NewAgreement, consumer: string, now: Date): Terms {
  const notBefore = body.notBefore === undefined ? now : new Date(body.notBefore);
  const notAfter = body.notAfter === undefined ? yearAfter(notBefore) : new Date(body.notAfter);
  if (notAfter <= notBefore || notAfter <= now) {
    throw new WaslError('invalid-request', 'the period must end after it begins, and in the future', {
      violations: [{ pointer: '/notAfter', rule: notAfter <= notBefore ? 'after-notBefore' : 'future' }],
    });
  }
  return {
    consumer,
    topic: body.topic,
    purpose: body.purpose.trim(),
    legalBasis: body.legalBasis.trim(),
    fields: body.fields ? [...body.fields].sort() : null,
    quotaPerDay: body.quotaPerDay ?? null,
    notBefore,
    notAfter,
  };
}

/** Does a request repeat these terms? What it leaves open doesn't tell them apart. */
export function sameTerms(terms: Terms, body: NewAgreement): boolean {
  return (
    terms.purpose === body.purpose.trim() &&
    terms.legalBasis === body.legalBasis.trim() &&
    same(terms.fields, body.fields ? [...body.fields].sort() : null) &&
    terms.quotaPerDay === (body.quotaPerDay ?? null) &&
    sameInstant(terms.notBefore, body.notBefore) &&
    sameInstant(terms.notAfter, body.notAfter)
  );
}

function sameInstant(instant: Date, given: string | undefined): boolean {
  return given === undefined || instant.getTime() === Date.parse(given);
}

function yearAfter(instant: Date): Date {
  const end = new Date(instant);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end;
}
