import { describe, expect, it } from 'vitest';
import { sameTerms, termsOf } from './agreement-terms.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const body = { topic: 'territory.unit.v1', purpose: ' why ', legalBasis: 'law' };
const consumer = 'urn:wasl:dz:education:enrolment';

describe('terms of an agreement', () => {
  it('begin now and last a year unless said otherwise', () => {
    const terms = termsOf(body, consumer, NOW);
    expect(terms).toMatchObject({ purpose: 'why', fields: null, quotaPerDay: null, notBefore: NOW });
    expect(terms.notAfter.toISOString()).toBe('2027-11-23T10:00:00.000Z');
  });

  it.each([
    [{ notAfter: '2026-11-23T10:00:00Z' }],
    [{ notBefore: '2020-01-01T00:00:00Z', notAfter: '2021-01-01T00:00:00Z' }],
    [{ notBefore: '2028-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }],
  ])('have a period that ends in the future and after its begin: not %j', (period) => {
    const rejected = expect.objectContaining({ code: 'invalid-request' });
    expect(() => termsOf({ ...body, ...period }, consumer, NOW)).toThrow(rejected);
  });

  it('are the same however fields are ordered, and differ in anything that was said', () => {
    const terms = termsOf({ ...body, fields: ['b', 'a'], notAfter: '2027-01-01T00:00:00Z' }, consumer, NOW);
    expect(sameTerms(terms, { ...body, fields: ['a', 'b'] })).toBe(true);
    expect(sameTerms(terms, { ...body, fields: ['a', 'b'], notAfter: '2027-01-01T00:00:00+00:00' })).toBe(
      true,
    );
    expect(sameTerms(terms, { ...body, fields: ['a'] })).toBe(false);
    expect(sameTerms(terms, { ...body, fields: ['a', 'b'], notAfter: '2028-01-01T00:00:00Z' })).toBe(false);
    expect(sameTerms(terms, { ...body, fields: ['a', 'b'], quotaPerDay: 5 })).toBe(false);
    expect(sameTerms(terms, { ...body, fields: ['a', 'b'], purpose: 'other' })).toBe(false);
  });
});
