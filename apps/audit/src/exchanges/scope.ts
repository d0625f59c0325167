import type { Caller } from '#service';
import type { Scope } from './exchange-sql.js';

/** Auditors see all; everyone else what its own member sent or received. */
export function scopeOf(caller: Caller): Scope {
  return caller.roles.includes('auditor') ? { all: true } : { member: caller.member };
}
