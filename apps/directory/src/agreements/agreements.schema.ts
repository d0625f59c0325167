import { SYSTEM_PATTERN } from '#protocol';
import { TOPIC_PATTERN } from '../requests/identifiers.js';
import { PAGE_PROPERTIES } from '../requests/page.js';

const consumer = { type: 'string', pattern: SYSTEM_PATTERN, maxLength: 200 };
const topic = { type: 'string', pattern: TOPIC_PATTERN, maxLength: 200 };
const instant = { type: 'string', format: 'date-time', maxLength: 40 };
// Something must be said, not only blanks.
const words = { type: 'string', pattern: '\\S', maxLength: 2000 };

export const NEW_AGREEMENT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['topic', 'purpose', 'legalBasis'],
  properties: {
    consumer,
    topic,
    purpose: words,
    legalBasis: words,
    fields: {
      type: ['array', 'null'],
      minItems: 1,
      maxItems: 500,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 200 },
    },
    quotaPerDay: { type: ['integer', 'null'], minimum: 1, maximum: 2_000_000_000 },
    notBefore: instant,
    notAfter: instant,
  },
};

export const AGREEMENT_PAGE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...PAGE_PROPERTIES,
    consumer,
    topic,
    status: { enum: ['requested', 'approved', 'suspended', 'revoked', 'expired'] },
  },
};
