import { SYSTEM_PATTERN } from '#protocol';
import { PAGE_PROPERTIES } from '../requests/page.js';

const system = { type: 'string', pattern: SYSTEM_PATTERN, maxLength: 200 };
const instant = { type: 'string', format: 'date-time', maxLength: 40 };

// The members of `jwk` are checked in code: a private one needs another answer than a wrong one.
export const NEW_KEY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['system', 'jwk', 'proof'],
  properties: {
    system,
    jwk: { type: 'object', maxProperties: 20 },
    proof: { type: 'string', minLength: 1, maxLength: 4096 },
    notBefore: instant,
    notAfter: { type: ['string', 'null'], format: 'date-time', maxLength: 40 },
  },
};

export const COMPROMISE_SCHEMA = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { since: instant },
};

export const KEY_PAGE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...PAGE_PROPERTIES,
    system,
    status: { enum: ['pending', 'active', 'retired', 'compromised'] },
  },
};
