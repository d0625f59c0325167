import { Injectable } from '@nestjs/common';
import { ControlView } from '#control';
import type { Caller } from '#service';
import { Changes } from '../changes/changes.service.js';
import { afterOf, pageOf, type Page, type PageQuery } from '../requests/page.js';
import { AgreementEntity } from './agreement.entity.js';
import type { AgreementStatus } from './agreement-states.js';
import { agreementView, type AgreementView } from './agreement-view.js';

export type AgreementQuery = PageQuery & { consumer?: string; topic?: string; status?: AgreementStatus };

@Injectable()
export class AgreementListService {
  constructor(
    private readonly changes: Changes,
    private readonly view: ControlView,
  ) {}

  /** Stewards and auditors see all; others what their member consumes or publishes. */
  async list(query: AgreementQuery, caller: Caller): Promise<Page<AgreementView>> {
    const after = afterOf(query);
    const rows = await this.changes.read((manager) => {
      const select = manager
        .createQueryBuilder(AgreementEntity, 'a')
        .orderBy('a.id')
        .take(query.limit + 1);
      if (after !== '') select.andWhere('a.id > cast(:after as uuid)', { after });
      if (query.consumer !== undefined)
        select.andWhere('a.consumer = :consumer', { consumer: query.consumer });
      if (query.topic !== undefined) select.andWhere('a.topic = :topic', { topic: query.topic });
      if (query.status !== undefined) select.andWhere('a.status = :status', { status: query.status });
      if (!caller.roles.includes('steward') && !caller.roles.includes('auditor')) {
        select.andWhere(`(starts_with(a.consumer, :mine) or a.topic = any(:owned))`, {
          mine: `${caller.member}:`,
          owned: this.ownedTopics(caller),
        });
      }
      return select.getMany();
    });
    return pageOf(rows, query, (row) => row.id, agreementView);
  }

  private ownedTopics(caller: Caller): string[] {
    if (!caller.roles.includes('publisher')) return [];
    const contracts = this.view
      .contracts()
      .filter(({ owner }) => this.view.isMemberWithin(caller.member, owner));
    return contracts.map(({ topic }) => topic);
  }
}
