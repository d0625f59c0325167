import { Injectable } from '@nestjs/common';
import { memberOf, WaslError, type Jwk } from '#protocol';
import type { Caller } from '#service';
import { MoreThan, type FindOptionsWhere } from 'typeorm';
import { Changes, type Change } from '../changes/changes.service.js';
import { afterOf, pageOf, type Page, type PageQuery } from '../requests/page.js';
import { Bus } from '../runtime/bus.js';
import { Clock } from '../runtime/clock.js';
import { SystemEntity } from '../systems/system.entity.js';
import { verifyKeyProof } from './key-proof.js';
import { decideKey, type KeyAct, type KeyStatus } from './key-states.js';
import { KeyEntity } from './key.entity.js';
import { keyRecord, keyView, type KeyView } from './key-view.js';
import { registrableKey } from './registrable-key.js';

export interface NewKey {
  system: string;
  jwk: Record<string, unknown>;
  /** Compact JWS, see `verifyKeyProof`. */
  proof: string;
  notBefore?: string;
  notAfter?: string | null;
}

export type KeyQuery = PageQuery & { system?: string; status?: KeyStatus };

const EVENTS = { activate: 'KeyActivated', retire: 'KeyRetired', compromise: 'KeyCompromised' } as const;

@Injectable()
export class KeysService {
  constructor(
    private readonly changes: Changes,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers a key as pending; the same key of the same system again changes nothing. A steward registers
   * for every system, a system for itself (its next key).
   * Throws `private-key-disclosed`, `malformed-key`, `not-allowed`, the errors of `verifyKeyProof`,
   * `invalid-request` (unknown system, window), `conflict` (another system's key).
   */
  async register(body: NewKey, caller: Caller): Promise<{ key: KeyView; created: boolean }> {
    const { jwk, key } = registrableKey(body.jwk);
    this.bus.refuse(body.system);
    if (!caller.roles.includes('steward') && caller.system !== body.system) throw notYours();
    verifyKeyProof(body.proof, { system: body.system, bus: this.bus.urn, key }, this.clock.now());
    return this.changes.run(async (change) => {
      const existing = await change.manager.findOneBy(KeyEntity, { kid: key.kid });
      if (existing?.system === body.system) return { key: keyView(existing), created: false };
      if (existing)
        throw new WaslError('conflict', 'this key belongs to another system: every system has its own keys');
      if (!(await change.manager.existsBy(SystemEntity, { id: body.system }))) {
        throw new WaslError('invalid-request', 'the system is not registered', {
          violations: [{ pointer: '/system', rule: 'known-system' }],
        });
      }
      const created = await this.insert(change, jwk, 'pending', body, caller.system);
      return { key: keyView(created), created: true };
    });
  }

  /** A key of the bootstrap file: active at once, no proof. Changes nothing if the kid is known. */
  async bootstrapIn(change: Change, body: Omit<NewKey, 'proof'>, by: string): Promise<void> {
    const { jwk, key } = registrableKey(body.jwk);
    const existing = await change.manager.findOneBy(KeyEntity, { kid: key.kid });
    if (existing && existing.system !== body.system) {
      throw new WaslError(
        'conflict',
        `the key ${key.kid} of ${body.system} belongs to ${existing.system} already`,
      );
    }
    if (!existing) await this.insert(change, jwk, 'active', body, by);
  }

  /** Throws `not-found`, `not-allowed`, `conflict` (wrong transition), `invalid-request` (since in the future). */
  act(kid: string, act: KeyAct, caller: Caller, since?: string): Promise<KeyView> {
    return this.changes.run(async (change) => {
      const { manager, at } = change;
      const key = await manager.findOne(KeyEntity, { where: { kid }, lock: { mode: 'pessimistic_write' } });
      if (!key) throw unknown();
      this.checkMayAct(act, key, caller);
      const time = since === undefined ? at : new Date(since);
      if (since !== undefined) checkSince(time, key, caller, at);
      const next = decideKey(key, act, time);
      if (!next) return keyView(key);
      const saved = await manager.save(Object.assign(key, next));
      const details = { system: key.system, notAfter: saved.notAfter?.toISOString() ?? null };
      change.tell(keyRecord(saved), {
        event: EVENTS[act],
        subject: saved.system,
        by: caller.system,
        details: { kid, ...details },
      });
      return keyView(saved);
    });
  }

  async get(kid: string, caller: Caller): Promise<KeyView> {
    const key = await this.changes.read((manager) => manager.findOneBy(KeyEntity, { kid }));
    if (!key || !mayRead(key.system, caller)) throw unknown();
    return keyView(key);
  }

  async list(query: KeyQuery, caller: Caller): Promise<Page<KeyView>> {
    const where: FindOptionsWhere<KeyEntity> = { kid: MoreThan(afterOf(query)) };
    if (query.system !== undefined) where.system = query.system;
    if (query.status !== undefined) where.status = query.status;
    if (!mayRead(query.system, caller)) where.system = caller.system;
    const rows = await this.changes.read((manager) =>
      manager.find(KeyEntity, { where, order: { kid: 'asc' }, take: query.limit + 1 }),
    );
    return pageOf(rows, query, (row) => row.kid, keyView);
  }

  private async insert(
    change: Change,
    jwk: Jwk,
    status: KeyStatus,
    body: Omit<NewKey, 'proof'>,
    by: string,
  ): Promise<KeyEntity> {
    // Whole seconds: a manifest's iat has no fraction, and must not lie before a window that began just now.
    const notBefore = body.notBefore === undefined ? wholeSeconds(change.at) : new Date(body.notBefore);
    const notAfter = body.notAfter == null ? null : new Date(body.notAfter);
    if (notAfter !== null && notAfter <= notBefore) {
      throw new WaslError('invalid-request', 'the validity window ends before it begins', {
        violations: [{ pointer: '/notAfter', rule: 'after-notBefore' }],
      });
    }
    const key = await change.manager.save(
      change.manager.create(KeyEntity, {
        kid: jwk.kid!,
        system: body.system,
        alg: jwk.alg as KeyEntity['alg'],
        jwk,
        status,
        notBefore,
        notAfter,
        changedAt: change.at,
      }),
    );
    change.tell(keyRecord(key), {
      event: 'KeyRegistered',
      subject: key.system,
      by,
      details: { kid: key.kid, alg: key.alg, status },
    });
    return key;
  }

  private checkMayAct(act: KeyAct, key: KeyEntity, caller: Caller): void {
    if (act === 'activate') this.bus.refuse(key.system);
    if (caller.roles.includes('steward')) return;
    // Whoever loses a key must be able to say so at once, from any system of the same member.
    const own = act === 'compromise' ? memberOf(key.system) === caller.member : key.system === caller.system;
    if (act === 'activate' || !own) throw notYours();
  }
}

/** How far back the owner of a key may date its compromise: beyond that it would undo its own history alone. */
const OWN_BACKDATING_MS = 7 * 24 * 3_600_000;

function checkSince(since: Date, key: KeyEntity, caller: Caller, at: Date): void {
  if (since > at) {
    throw new WaslError('invalid-request', 'a key was compromised in the past', {
      violations: [{ pointer: '/since', rule: 'past' }],
    });
  }
  const undone = at.getTime() - Math.max(since.getTime(), key.notBefore.getTime());
  if (!caller.roles.includes('steward') && undone > OWN_BACKDATING_MS) {
    throw new WaslError('not-allowed', 'only the steward dates a compromise back by more than seven days');
  }
}

function mayRead(system: string | undefined, caller: Caller): boolean {
  return caller.roles.includes('steward') || caller.roles.includes('auditor') || system === caller.system;
}

function wholeSeconds(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}

function notYours(): WaslError {
  return new WaslError('not-allowed', 'this needs the steward, or the system that the key belongs to');
}

function unknown(): WaslError {
  return new WaslError('not-found', 'there is no key of this kid');
}
