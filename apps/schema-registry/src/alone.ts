import { ControlState, type MemberRecord, Outbox } from '#control';
import type { Pool } from 'pg';

/** Stands in for the directory where there is none: who owns a contract is what an administrator says. */
export class NoDirectory extends ControlState {
  override member(id: string): MemberRecord {
    return { kind: 'member', id, parent: null, names: { fr: id, ar: id, en: id }, status: 'active' };
  }
}

/** An outbox that nobody empties: its rows wait for the day when the registry serves a bus. */
export function waitingOutbox(pool: Pool, schema: string): Outbox {
  const producer = { send: () => Promise.reject(new Error('a registry that runs alone sends nothing')) };
  return new Outbox({ pool, schema, producer });
}
