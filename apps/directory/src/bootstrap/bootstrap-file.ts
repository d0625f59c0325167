import { readFileSync } from 'node:fs';
import { SchemaPipe } from '../requests/schema.pipe.js';
import { NEW_MEMBER_SCHEMA } from '../members/members.schema.js';
import type { NewMember } from '../members/members.service.js';
import { NEW_SYSTEM_SCHEMA } from '../systems/systems.schema.js';
import type { NewSystem } from '../systems/systems.service.js';

/** What the directory must know before anyone can ask it anything: the bus and the steward agency. */
export interface BootstrapFile {
  bus?: string;
  members: NewMember[];
  systems: NewSystem[];
  /** Active from the start; public parts only. */
  keys: { system: string; jwk: Record<string, unknown>; notBefore?: string; notAfter?: string | null }[];
}

const SCHEMA = {
  type: 'object',
  required: ['members', 'systems', 'keys'],
  properties: {
    bus: { type: 'string' },
    members: { type: 'array', items: NEW_MEMBER_SCHEMA },
    systems: { type: 'array', items: NEW_SYSTEM_SCHEMA },
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: ['system', 'jwk'],
        properties: {
          system: { type: 'string' },
          jwk: { type: 'object' },
          notBefore: { type: 'string', format: 'date-time' },
          notAfter: { type: ['string', 'null'], format: 'date-time' },
        },
      },
    },
  },
};

/** Throws an Error that names the file and each violation, without values. */
export function readBootstrapFile(path: string): BootstrapFile {
  try {
    return SchemaPipe.body<BootstrapFile>(SCHEMA).transform(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const violations = (error as { violations?: { pointer: string; rule: string }[] }).violations ?? [];
    const places = violations.map(({ pointer, rule }) => `${pointer || '/'} (${rule})`).join(', ');
    throw new Error(`the bootstrap file ${path} can't be used: ${places || (error as Error).message}`, {
      cause: error,
    });
  }
}
