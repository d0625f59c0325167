import { Injectable } from '@nestjs/common';
import { ControlView } from '#control';
import { memberOf, uuidUrn, WaslError } from '#protocol';
import type { Caller } from '#service';
import type { EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { Changes } from '../changes/changes.service.js';
import { checkIfMatch } from '../requests/etag.js';
import { Clock } from '../runtime/clock.js';
import { SystemEntity } from '../systems/system.entity.js';
import { AgreementEntity } from './agreement.entity.js';
import { decideAgreement, type AgreementAct, type Side } from './agreement-states.js';
import { agreementRecord, agreementView, applyState, stateOf, type AgreementView } from './agreement-view.js';
import { termsOf, sameTerms, type NewAgreement } from './agreement-terms.js';

const EVENTS = {
  approve: 'AgreementApproved',
  suspend: 'AgreementSuspended',
  resume: 'AgreementResumed',
  revoke: 'AgreementRevoked',
} as const;

@Injectable()
export class AgreementsService {
  constructor(
    private readonly changes: Changes,
    private readonly view: ControlView,
    private readonly clock: Clock,
  ) {}

  /**
   * A consumer asks for access to a topic, for itself; a steward may ask in its name. The same terms again,
   * while they are open, give the same agreement.
   * Throws `not-allowed`, `unknown-topic`, `invalid-request`.
   */
  async request(body: NewAgreement, caller: Caller): Promise<{ agreement: AgreementView; created: boolean }> {
    const steward = caller.roles.includes('steward');
    const consumer = body.consumer ?? caller.system;
    if (!steward && (consumer !== caller.system || !caller.roles.includes('consumer'))) {
      throw new WaslError('not-allowed', 'a consumer asks for itself; only a steward asks for others');
    }
    if (!(await this.view.awaited((state) => state.contract(body.topic))))
      throw new WaslError('unknown-topic', 'no data contract is published for this topic');
    const terms = termsOf(body, consumer, this.clock.now());
    return this.changes.run(async (change) => {
      const { manager, at } = change;
      await manager.query(`select pg_advisory_xact_lock(hashtext('directory.agreement'), hashtext($1))`, [
        `${consumer} ${body.topic}`,
      ]);
      await requireConsumer(manager, consumer);
      const open = await manager.findBy(AgreementEntity, [
        { consumer, topic: body.topic, status: 'requested' },
        { consumer, topic: body.topic, status: 'approved' },
        { consumer, topic: body.topic, status: 'suspended' },
      ]);
      const same = open.find((agreement) => agreement.notAfter > at && sameTerms(agreement, body));
      if (same) return { agreement: agreementView(same), created: false };
      const row = await manager.save(
        manager.create(AgreementEntity, {
          id: v7({ msecs: at.getTime() }),
          ...terms,
          status: 'requested',
          requestedBy: caller.system,
          requestedAt: at,
          publisherApprovedBy: null,
          publisherApprovedAt: null,
          stewardApprovedBy: null,
          stewardApprovedAt: null,
          suspendedBySide: null,
          changedAt: at,
        }),
      );
      const details = { consumer, topic: row.topic, purpose: row.purpose, basis: row.legalBasis };
      change.tell(agreementRecord(row), {
        event: 'AgreementRequested',
        subject: uuidUrn(row.id),
        by: caller.system,
        details,
      });
      return { agreement: agreementView(row), created: true };
    });
  }

  /**
   * Approves, suspends, resumes or revokes. Approvals of both sides at the same moment both count.
   * Throws `not-found`, `not-allowed` (wrong party), `conflict` (wrong transition), `precondition-failed`.
   */
  async act(
    id: string,
    act: Exclude<AgreementAct, 'expire'>,
    caller: Caller,
    ifMatch: string | undefined,
  ): Promise<AgreementView> {
    return this.changes.run(async (change) => {
      const { manager, at } = change;
      const row = await manager.findOne(AgreementEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      const sides = row ? this.sidesOf(row, caller) : [];
      if (!row || !mayRead(sides, caller)) throw unknown();
      const next = decideAgreement(stateOf(row), act, { system: caller.system, sides }, at);
      if (!next) return agreementView(row);
      checkIfMatch(ifMatch, row.version);
      const saved = await manager.save(applyState(row, next, at));
      const details = { consumer: row.consumer, topic: row.topic, sides, status: saved.status };
      change.tell(agreementRecord(saved), {
        event: EVENTS[act],
        subject: uuidUrn(id),
        by: caller.system,
        details,
      });
      return agreementView(saved);
    });
  }

  async get(id: string, caller: Caller): Promise<AgreementView> {
    const row = await this.changes.read((manager) => manager.findOneBy(AgreementEntity, { id }));
    if (!row || !mayRead(this.sidesOf(row, caller), caller)) throw unknown();
    return agreementView(row);
  }

  /** What `caller` may speak for. */
  private sidesOf(row: AgreementEntity, caller: Caller): Side[] {
    const owner = this.view.contract(row.topic)?.owner;
    const sides: Side[] = [];
    if (caller.member === memberOf(row.consumer)) sides.push('consumer');
    if (
      caller.roles.includes('publisher') &&
      owner !== undefined &&
      this.view.isMemberWithin(caller.member, owner)
    ) {
      sides.push('publisher');
    }
    if (caller.roles.includes('steward')) sides.push('steward');
    return sides;
  }
}

async function requireConsumer(manager: EntityManager, consumer: string): Promise<void> {
  const system = await manager.findOneBy(SystemEntity, { id: consumer });
  const rule = !system ? 'known-system' : system.status !== 'active' ? 'active-system' : 'consumer-role';
  if (system?.status === 'active' && system.roles.includes('consumer')) return;
  throw new WaslError('invalid-request', 'the consumer must be an active system with the role consumer', {
    violations: [{ pointer: '/consumer', rule }],
  });
}

/** Others don't even learn that an agreement exists. */
function mayRead(sides: readonly Side[], caller: Caller): boolean {
  return sides.length > 0 || caller.roles.includes('auditor');
}

function unknown(): WaslError {
  return new WaslError('not-found', 'there is no agreement of this id among those of the caller');
}
