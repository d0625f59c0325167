import { describe, expect, it } from 'vitest';
import { sha256Base64url } from '#protocol';
import { deadLetterRecord, storable, type DeadLetter } from './dead-letter.js';

const letter = (changes: Partial<DeadLetter> = {}): DeadLetter => ({
  messageId: 'id-1',
  topic: 'a.b.v1',
  key: 'k',
  value: Buffer.from('{}'),
  stage: 'KAFKA_PRODUCE',
  code: 'body-too-large',
  detail: 'too large',
  reasons: [],
  ...changes,
});

describe('deadLetterRecord', () => {
  it('holds the record untouched', () => {
    const record = deadLetterRecord('births', letter());
    expect(record).toMatchObject({ topic: 'wasl.dlq.births', key: 'k', value: Buffer.from('{}') });
    expect(record.headers).not.toHaveProperty('wasl-value-bytes');
  });

  it('leaves out a value that no Kafka record takes, and says what it was', () => {
    const value = Buffer.alloc(1_000_001, 'x');
    const record = deadLetterRecord('births', letter({ value }));
    expect(record.value).toBeNull();
    expect(record.headers).toMatchObject({
      'wasl-message-id': 'id-1',
      'wasl-value-bytes': '1000001',
      'wasl-value-sha256': sha256Base64url(value),
    });
  });

  it('counts the headers too', () => {
    const value = Buffer.alloc(890_000, 'x');
    expect(deadLetterRecord('births', letter({ value })).value).toBe(value);
    expect(deadLetterRecord('births', letter({ value, manifest: 'm'.repeat(20_000) })).value).toBeNull();
  });
});

describe('storable', () => {
  it('gives names that PostgreSQL can store and index', () => {
    expect(storable(letter({ messageId: 'a\0b', key: 'k'.repeat(5_000) }))).toMatchObject({
      messageId: 'a\uFFFDb',
      key: 'k'.repeat(256),
    });
    expect(storable(letter({ key: null })).key).toBeNull();
  });
});
