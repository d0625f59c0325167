import { describe, expect, it } from 'vitest';
import { javaOrder, javaUnion } from './java-order.js';

const table = (...names: string[]) => new Map(names.map((name) => [name, true]));
const all = (): boolean => true;
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => String.fromCharCode(97 + index));

describe('the order of a Java hash table', () => {
  it('is by bucket: String.hashCode spread over the capacity', () => {
    expect(javaOrder(table('foo', 'bar'), all)).toEqual(['bar', 'foo']);
    expect(javaOrder(table('age', 'name'), all)).toEqual(['name', 'age']);
    // a is 97, in bucket 1 of 16; o is 111 and in the last, p is 112 and in the first.
    expect(javaOrder(table('a', 'o', 'p'), all)).toEqual(['p', 'a', 'o']);
  });

  it('keeps names of one bucket in the order they came', () => {
    // Both have the hash code 2112.
    expect(javaOrder(table('BB', 'Aa'), all)).toEqual(['BB', 'Aa']);
    expect(javaOrder(table('Aa', 'BB'), all)).toEqual(['Aa', 'BB']);
  });

  it('changes as the table grows: at the 13th name there are 32 buckets, and p is in the 17th', () => {
    const order = (size: number): string[] =>
      javaOrder(table('p', ...numbered(size - 1)), (name) => 'ap'.includes(name));
    expect(order(12)).toEqual(['p', 'a']);
    expect(order(13)).toEqual(['a', 'p']);
  });

  it('of two tables has room for the first at once, so 12 names are enough', () => {
    const order = (size: number): string[] =>
      javaUnion(table('p', ...numbered(size - 1)), table('q'), (name) => 'apq'.includes(name));
    expect(order(10)).toEqual(
      ['p', 'a', 'q'].sort((left, right) => (left.charCodeAt(0) % 16) - (right.charCodeAt(0) % 16)),
    );
    expect(order(12)).toEqual(['a', 'p', 'q']);
  });

  it('unites two tables, each name once, and only those that matter', () => {
    expect(javaUnion(table('foo'), table('bar'), all)).toEqual(['bar', 'foo']);
    expect(javaUnion(table('a', 'b'), table('b', 'c'), all)).toEqual(['a', 'b', 'c']);
    expect(javaUnion(table('a', 'b'), table('b', 'c'), (name) => name === 'b')).toEqual(['b']);
  });
});
