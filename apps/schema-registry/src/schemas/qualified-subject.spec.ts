import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contextName,
  isValidScope,
  isValidSubject,
  parseSubject,
  qualifiedName,
  withinContext,
} from './qualified-subject.js';

describe('parseSubject', () => {
  it.each([
    ['orders', '.', 'orders'],
    ['', '.', ''],
    [':.:orders', '.', 'orders'],
    [':.dz.interior:orders', '.dz.interior', 'orders'],
    [':.dz.interior:', '.dz.interior', ''],
    [':.dz.interior', '.dz.interior', ''],
    [':.a:b:c', '.a', 'b:c'],
    [':*:', '*', ''],
    [':*:or', '*', 'or'],
    [':orders', '.', ':orders'],
    ['a:.b:c', '.', 'a:.b:c'],
  ])('%j → context %j, subject %j', (text, context, subject) => {
    expect(parseSubject(text)).toEqual({ context, subject });
  });

  it('reads back what qualifiedName writes', () => {
    const context = fc.stringMatching(/^\.[\w.-]{0,20}$/);
    fc.assert(
      fc.property(context, fc.oneof(fc.string(), fc.stringMatching(/^:[.*:a]{0,9}$/)), (name, subject) => {
        expect(parseSubject(qualifiedName({ context: name, subject }))).toEqual({ context: name, subject });
      }),
    );
  });

  it('takes an unqualified reference into the context of whoever refers', () => {
    expect(withinContext('.a', 'x')).toEqual({ context: '.a', subject: 'x' });
    expect(withinContext('.a', ':.b:x')).toEqual({ context: '.b', subject: 'x' });
    expect(withinContext('.', 'x')).toEqual({ context: '.', subject: 'x' });
  });
});

it.each([
  ['a', '.a'],
  ['.a', '.a'],
  [':.a:', '.a'],
  [':.:', '.'],
  ['a:b', undefined],
  ['a b', undefined],
  ['.\u0000', undefined],
])('contextName %j → %j', (text, name) => expect(contextName(text)).toBe(name));

it.each([
  ['orders-value', true],
  ['a/b c', true],
  ['الولادات', true],
  ['a\nb', false],
  ['a\u0000', false],
  ['__GLOBAL', false],
  ['__EMPTY', false],
  ['x'.repeat(255), true],
  ['x'.repeat(256), false],
  [':.__GLOBAL:x', false],
  [':*:x', false],
  [':.::.__GLOBAL:', false],
  [':.::.a:x', false],
  ['', false],
  [':.a:', false],
])('isValidSubject %j → %j', (text, valid) => expect(isValidSubject(parseSubject(text))).toBe(valid));

it.each([
  ['', true],
  ['s', true],
  [':.a:', true],
  [':.a:s', true],
  [':.__GLOBAL:', true],
  [':*:', false],
  [':*:s', false],
  [':.::.__GLOBAL:', false],
  ['a\nb', false],
])('isValidScope %j → %j', (text, valid) => expect(isValidScope(parseSubject(text))).toBe(valid));
