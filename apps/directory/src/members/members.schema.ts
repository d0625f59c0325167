import { MEMBER_PATTERN } from '#protocol';
import { NAMES_SCHEMA } from '../requests/names.js';
import { PAGE_PROPERTIES } from '../requests/page.js';

const parent = { type: ['string', 'null'], pattern: MEMBER_PATTERN, maxLength: 200 };

export const NEW_MEMBER_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'names'],
  properties: {
    id: { type: 'string', pattern: MEMBER_PATTERN, maxLength: 200 },
    parent,
    names: NAMES_SCHEMA,
  },
};

export const MEMBER_STATE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['parent', 'names', 'status'],
  properties: { parent, names: NAMES_SCHEMA, status: { enum: ['active', 'suspended'] } },
};

export const MEMBER_PAGE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: PAGE_PROPERTIES,
};
