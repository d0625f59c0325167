import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSalt, isUuid } from '#protocol';
import { messageId, messageSalt, type RowVersion } from './message-id.js';

const version: RowVersion = {
  system: 'urn:wasl:dz:interior:civil-registry',
  connector: 'births',
  topic: 'civil-status.birth.v1',
  key: 'k',
  op: 'put',
  watermark: '2026-01-01 00:00:00+00',
  payload: Buffer.from('{}'),
};

describe('messageId', () => {
  it('is a UUIDv8, the same for the same version of a row', () => {
    expect(messageId(version)).toBe(messageId({ ...version, payload: Buffer.from('{}') }));
    expect(isUuid(messageId(version))).toBe(true);
    expect(messageId(version)[14]).toBe('8');
  });

  it.each(['system', 'connector', 'topic', 'key', 'watermark'] as const)('differs with the %s', (part) => {
    expect(messageId({ ...version, [part]: 'other' })).not.toBe(messageId(version));
  });

  it('differs with operation and content', () => {
    expect(messageId({ ...version, op: 'delete' })).not.toBe(messageId(version));
    expect(messageId({ ...version, payload: Buffer.from('{} ') })).not.toBe(messageId(version));
  });

  it('does not run neighbouring parts together', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        fc.pre(b.length > 0);
        expect(messageId({ ...version, topic: a + b, key: '' })).not.toBe(
          messageId({ ...version, topic: a, key: b }),
        );
      }),
    );
  });
});

describe('messageSalt', () => {
  it('repeats for the same secret and id only', () => {
    const secret = Buffer.alloc(32, 1);
    expect(isSalt(messageSalt(secret, 'a'))).toBe(true);
    expect(messageSalt(secret, 'a')).toBe(messageSalt(secret, 'a'));
    expect(messageSalt(secret, 'a')).not.toBe(messageSalt(secret, 'b'));
    expect(messageSalt(secret, 'a')).not.toBe(messageSalt(Buffer.alloc(32, 2), 'a'));
  });
});
