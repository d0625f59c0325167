import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

const TOPIC = 'territory.unit.v1';
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('cursor', () => {
  it('comes back as it was given out', () => {
    const offsets = fc.dictionary(
      fc.nat({ max: 999_999 }).map(String),
      fc.bigInt({ min: 0n, max: 2n ** 59n }),
      { maxKeys: 20 },
    );
    fc.assert(
      fc.property(offsets, (given) => {
        const positions = new Map(
          Object.entries(given).map(([partition, offset]) => [Number(partition), offset]),
        );
        expect(decodeCursor(encodeCursor(TOPIC, positions), TOPIC)).toEqual(positions);
      }),
    );
  });

  it('refuses any other text without failing otherwise', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((j) => encoded(JSON.parse(j))),
        ),
        (text) => {
          expect(() => decodeCursor(text, TOPIC)).toThrow(/^invalid-cursor/);
        },
      ),
    );
  });

  it.each([
    ['of another topic', encoded({ v: 1, t: 'civil-status.birth.v1', o: { 0: '1' } })],
    ['of another version', encoded({ v: 2, t: TOPIC, o: { 0: '1' } })],
    ['with a further member', encoded({ v: 1, t: TOPIC, o: { 0: '1' }, x: 1 })],
    ['with a negative offset', encoded({ v: 1, t: TOPIC, o: { 0: '-1' } })],
    ['with a leading zero', encoded({ v: 1, t: TOPIC, o: { 0: '01' } })],
    ['with a number as offset', encoded({ v: 1, t: TOPIC, o: { 0: 1 } })],
    ['with an inherited name as partition', encoded({ v: 1, t: TOPIC, o: { constructor: '1' } })],
    ['with padding', `${encodeCursor(TOPIC, new Map([[0, 1n]]))}=`],
    ['with a line break', `${encodeCursor(TOPIC, new Map([[0, 1n]]))}\n`],
    ['null', encoded(null)],
    ['empty', ''],
    ['endless', 'A'.repeat(1_000_000)],
  ])('refuses one %s', (_, text) => {
    expect(() => decodeCursor(text, TOPIC)).toThrow(/^invalid-cursor/);
  });
});
