import { ROLES } from '#control';
import { MEMBER_PATTERN, SYSTEM_PATTERN } from '#protocol';
import { NAMES_SCHEMA } from '../requests/names.js';
import { PAGE_PROPERTIES } from '../requests/page.js';

const member = { type: 'string', pattern: MEMBER_PATTERN, maxLength: 200 };
const roles = { type: 'array', uniqueItems: true, maxItems: ROLES.length, items: { enum: ROLES } };

export const NEW_SYSTEM_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'names', 'roles'],
  properties: {
    id: { type: 'string', pattern: SYSTEM_PATTERN, maxLength: 200 },
    member,
    names: NAMES_SCHEMA,
    roles,
  },
};

export const SYSTEM_STATE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['names', 'roles', 'status'],
  properties: { names: NAMES_SCHEMA, roles, status: { enum: ['active', 'suspended'] } },
};

export const SYSTEM_PAGE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { ...PAGE_PROPERTIES, member },
};
