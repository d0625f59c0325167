import { describe, expect, it } from 'vitest';
import { WaslError } from '#protocol';
import { formatCursor, parseExchangePage } from './exchange-filter.js';
import { exchangeSql } from './exchange-sql.js';

function refusal(query: Record<string, unknown>): WaslError {
  try {
    parseExchangePage(query);
  } catch (error) {
    return error as WaslError;
  }
  throw new Error('was accepted');
}

describe('the parameters of a search', () => {
  it('are read with defaults', () => {
    expect(parseExchangePage({})).toEqual({ filter: {}, limit: 100 });
    const query = {
      message: '0190a6c0-0000-7000-8000-000000000000',
      sender: 'urn:wasl:dz:interior',
      recipient: 'urn:wasl:dz:education:enrolment',
      from: '2026-11-23T00:00:00Z',
      outcome: 'handed-over',
      event: 'all',
      limit: '500',
      cursor: formatCursor(12),
    };
    expect(parseExchangePage(query)).toMatchObject({
      limit: 500,
      before: 12,
      filter: { outcome: 'handed-over', event: 'all' },
    });
  });

  it.each([
    ['message', 'x'],
    ['message', '0190A6C0-0000-7000-8000-000000000000'],
    ['sender', 'urn:wasl:dz:interior%'],
    ['recipient', ['urn:wasl:dz:a', 'urn:wasl:dz:b']],
    ['topic', `t'; drop table entry`],
    ['from', '2026-11-23'],
    ['to', '2026-13-45T00:00:00Z'],
    ['outcome', 'lost'],
    ['event', 'toString'],
    ['limit', '0'],
    ['limit', '501'],
    ['limit', '1e2'],
    ['unknown', '1'],
  ])('are refused: %s=%s', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('malformed-request');
    expect(error.violations).toMatchObject([{ pointer: `/${name}` }]);
    expect(JSON.stringify(error.violations)).not.toContain('drop table');
  });

  it('report all that is wrong at once', () => {
    expect(refusal({ limit: '0', from: 'x', to: 'y' }).violations).toHaveLength(3);
  });

  it.each(['', 'i12', Buffer.from('i-1').toString('base64url'), `${formatCursor(12)}=`, 12])(
    'refuse a cursor that was never given out: %s',
    (cursor) => {
      expect(refusal({ cursor }).code).toBe('invalid-cursor');
    },
  );
});

describe('the statement of a search', () => {
  it('holds values as parameters only', () => {
    const { text, values } = exchangeSql(
      parseExchangePage({ sender: 'urn:wasl:dz:interior', topic: 'territory.unit.v1', limit: '7' }),
      { member: 'urn:wasl:dz:education' },
    );
    expect(text).not.toContain('territory');
    expect(text).not.toContain('urn:wasl');
    expect(values).toContain('territory.unit.v1');
    expect(values.at(-1)).toBe(8);
  });

  it('confines everyone but auditors to their member', () => {
    const page = parseExchangePage({ event: 'all' });
    expect(exchangeSql(page, { all: true }).text).not.toContain('where');
    expect(exchangeSql(page, { member: 'urn:wasl:dz:education' }).values).toContain('urn:wasl:dz:education');
  });
});
