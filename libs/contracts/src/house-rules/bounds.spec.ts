import { describe, expect, it } from 'vitest';
import { hasBoundedLength, isBounded, type Kind } from './bounds.js';

describe('hasBoundedLength', () => {
  it.each([
    '^[A-Z]{2}-[0-9A-Z.]{2,12}$',
    '^(?:18|19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?$',
    '^[\\p{Script=Latin}\\p{M} .*+’-]{1,100}$',
    '^a\\+\\*\\|\\$$',
    '^[|\\]+*]{3}$',
    '^\\u{1F600}?$',
  ])('%s is bounded', (pattern) => expect(hasBoundedLength(pattern)).toBe(true));

  it.each([
    '[0-9]{3}',
    '^[0-9]{3}',
    '[0-9]{3}$',
    '^a+$',
    '^a*?$',
    '^a{2,}$',
    '^(?:a|b*)$',
    '^a|b$',
    '(?:^a$)',
    '^a\\$',
  ])('%s is not', (pattern) => expect(hasBoundedLength(pattern)).toBe(false));
});

describe('isBounded', () => {
  const cases: [Kind, unknown, boolean][] = [
    ['string', { type: 'string' }, false],
    ['string', { type: 'string', maxLength: 3 }, true],
    ['string', { type: 'string', format: 'date' }, true],
    ['string', { type: 'string', format: 'uri' }, false],
    ['string', { type: ['integer', 'null'] }, true],
    ['string', { anyOf: [{ enum: ['a'] }, { type: 'string' }] }, false],
    ['string', { anyOf: [{ enum: ['a'] }, { type: 'string', maxLength: 1 }] }, true],
    ['string', { type: 'string', allOf: [{ minLength: 1 }, { maxLength: 9 }] }, true],
    ['string', { $ref: '#/$defs/Text' }, true],
    ['string', true, false],
    ['string', false, true],
    ['array', { type: 'array', items: { $ref: '#' } }, false],
    ['array', { prefixItems: [true], items: false }, true],
    ['object', { type: 'object', additionalProperties: false, patternProperties: { '^a': true } }, false],
    ['object', { type: 'object', unevaluatedProperties: false }, true],
    ['object', { type: 'object', maxProperties: 5 }, true],
    ['number', { type: 'integer', minimum: 0 }, false],
    ['number', { type: 'integer', minimum: 0, exclusiveMaximum: 10 }, true],
    ['number', { type: 'integer', format: 'int64' }, true],
    ['number', { type: 'number', multipleOf: 1 }, false],
  ];
  it.each(cases)('%s %j: %s', (kind, schema, expected) => expect(isBounded(schema, kind)).toBe(expected));
});
