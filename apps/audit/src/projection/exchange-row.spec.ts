import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { uuidUrn } from '#protocol';
import { SpecIssuer } from '../spec-ledger.js';
import { exchangeRow } from './exchange-row.js';

const issuer = new SpecIssuer();
const rowOf = (token: string) => exchangeRow(Buffer.from(token));

describe('the row of an entry', () => {
  it('names message, sender, member, topic and version of an acceptance', () => {
    const message = v7();
    expect(rowOf(issuer.acceptance(message))).toMatchObject({
      event: 'SubmissionAcceptance',
      message,
      sender: 'urn:wasl:dz:interior:civil-registry',
      senderMember: 'urn:wasl:dz:interior',
      topic: 'civil-status.birth.v1',
      version: 1,
      recipient: null,
      handover: null,
    });
  });

  it('reads ranges of a handover and leaves out those that make no sense', () => {
    const ranges = [
      { partition: 0, first: '3', last: '9' },
      { partition: 1, first: '9', last: '3' },
      { partition: -1, first: '0', last: '1' },
      { partition: 2, first: '0', last: '99999999999999999999' },
      'nonsense',
    ];
    const recipient = 'urn:wasl:dz:education:enrolment';
    const body = { recipient, agreement: 'a', purpose: 'p', basis: 'b', topic: 'territory.unit.v1', ranges };
    const row = rowOf(issuer.evidence('ContentHandover', uuidUrn(v7()), body));
    expect(row).toMatchObject({ recipient, recipientMember: 'urn:wasl:dz:education' });
    expect(row.handover).toEqual({
      agreement: 'a',
      purpose: 'p',
      basis: 'b',
      ranges: [{ partition: 0, first: '3', last: '9' }],
    });
  });

  it('shows an audit query to the one who asked', () => {
    const system = 'urn:wasl:dz:education:enrolment';
    expect(rowOf(issuer.evidence('AuditQuery', system, { system, resource: 'exchanges' })).sender).toBe(
      system,
    );
  });

  it('survives any body, and never holds what PostgreSQL would refuse', () => {
    const body = fc.dictionary(
      fc.constantFrom('sender', 'recipient', 'topic', 'version', 'reason', 'ranges', 'agreement', 'purpose'),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.double(),
        fc.jsonValue({ maxDepth: 2 }),
        fc.constant('a\0b'),
      ),
    );
    fc.assert(
      fc.property(
        body,
        fc.constantFrom('SubmissionRejection', 'ContentHandover', 'KeyRetired'),
        (facts, event) => {
          const row = rowOf(issuer.evidence(event, 'urn:wasl:dz:interior', { ...facts }));
          expect(JSON.stringify(row)).not.toContain('\\u0000');
          expect(row.version === null || Math.abs(row.version) < 2 ** 31).toBe(true);
        },
      ),
    );
  });

  it('clamps a time that no calendar has', () => {
    const token = issuer.evidence('KeyRetired', 'urn:wasl:dz:interior', {}, v7(), Number.MAX_SAFE_INTEGER);
    expect(rowOf(token).at.toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });
});
