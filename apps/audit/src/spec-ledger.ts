import { v7 } from 'uuid';
import type { Pool } from 'pg';
import type { KeyRecord } from '#control';
import {
  generateKey,
  publicJwk,
  signEvidence,
  signingKeyFromJwk,
  EVENTS,
  uuidUrn,
  type EventName,
} from '#protocol';
import { createLogger, createMetrics, createPool, migrate } from '#service';
import { AUDIT_MIGRATIONS, AUDIT_SCHEMA } from './database.js';
import { ensureHead } from './ledger/head.js';
import { AuditMetrics } from './metrics.js';
import type { VerifiedEntry } from './sequencer/candidate.js';

export const BUS = 'urn:wasl:dz:bus';
export const GATEWAY = `${BUS}:gateway`;
export const ORIGIN = 'test.wasl/audit/2026';

export const silent = createLogger('audit-spec', 'silent');
export const specMetrics = () => new AuditMetrics(createMetrics('audit', false));

/** A migrated ledger without entries. */
export async function emptyLedger(url: string): Promise<Pool> {
  await migrate(url, AUDIT_SCHEMA, AUDIT_MIGRATIONS);
  const pool = createPool(url, AUDIT_SCHEMA);
  await ensureHead(pool, ORIGIN);
  return pool;
}

/** A key of a system of the bus, signing evidence as that system. */
export class SpecIssuer {
  readonly jwk = generateKey('Ed25519').jwk;
  private readonly key = signingKeyFromJwk(this.jwk);

  constructor(readonly system = GATEWAY) {}

  get record(): KeyRecord {
    const since = '2026-01-01T00:00:00.000Z';
    return {
      kind: 'key',
      kid: this.key.kid,
      system: this.system,
      alg: 'Ed25519',
      jwk: publicJwk(this.jwk),
      status: 'active',
      notBefore: since,
      notAfter: null,
      changedAt: since,
    };
  }

  evidence(
    event: EventName,
    sub: string,
    body: object,
    jti = v7(),
    toe = Math.floor(Date.now() / 1000),
  ): string {
    return signEvidence(
      { iss: this.system, iat: toe, jti, sub, toe, events: { [EVENTS[event]]: body } },
      this.key,
    );
  }

  acceptance(message = v7(), body: object = {}, jti = v7()): string {
    const facts = {
      sender: 'urn:wasl:dz:interior:civil-registry',
      topic: 'civil-status.birth.v1',
      version: 1,
      op: 'put',
    };
    return this.evidence('SubmissionAcceptance', uuidUrn(message), { ...facts, ...body }, jti);
  }
}

/** A view of the control plane that knows these issuers' keys. */
export function viewOf(...records: KeyRecord[]): { key(kid: string): KeyRecord | undefined } {
  return { key: (kid) => records.find((record) => record.kid === kid) };
}

let position = 0n;

/** An entry as the check lets it through; the bytes need not be evidence where nobody reads them. */
export function entryOf(data: string | Buffer, jti = v7()): VerifiedEntry {
  return {
    topic: 'wasl.evidence',
    partition: 0,
    offset: position++,
    recordedAt: Date.now(),
    jti,
    data: Buffer.from(data),
    manifest: undefined,
  };
}

/** Polls until the condition holds. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  ms = 20_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
