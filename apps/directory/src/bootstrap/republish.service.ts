import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { ControlView, type ControlRecord } from '#control';
import type { EntityManager } from 'typeorm';
import { AgreementEntity } from '../agreements/agreement.entity.js';
import { agreementRecord } from '../agreements/agreement-view.js';
import { Changes } from '../changes/changes.service.js';
import { KeyEntity } from '../keys/key.entity.js';
import { keyRecord } from '../keys/key-view.js';
import { MemberEntity } from '../members/member.entity.js';
import { memberRecord } from '../members/members.service.js';
import { SystemEntity } from '../systems/system.entity.js';
import { systemRecord } from '../systems/systems.service.js';
import { TokenKeyEntity } from '../tokens/token-key.entity.js';
import { tokenKeysRecord } from '../tokens/token-keys.service.js';

/**
 * Publishes again what the control topic doesn't say as the database does: after Kafka was replaced, or
 * the issuer was renamed. Nothing happened to the things themselves, so there is no evidence of it.
 */
@Injectable()
export class RepublishService {
  constructor(
    private readonly changes: Changes,
    private readonly view: ControlView,
  ) {}

  /** Returns how many records were missing or different. */
  run(issuer: string): Promise<number> {
    return this.changes.run(async (change) => {
      // Changes wait meanwhile, so that an old state never follows a new one.
      await change.manager.query(
        'lock table member, system, signing_key, agreement, token_key in share mode',
      );
      const stale = (await allRecords(change.manager, issuer)).filter((record) => !this.isPublished(record));
      for (const record of stale) change.publish(record);
      return stale.length;
    });
  }

  private isPublished(record: ControlRecord): boolean {
    return isDeepStrictEqual(plain(record), plain(this.published(record)));
  }

  private published(record: ControlRecord): ControlRecord | undefined {
    switch (record.kind) {
      case 'member':
        return this.view.member(record.id);
      case 'system':
        return this.view.system(record.id);
      case 'key':
        return this.view.key(record.kid);
      case 'agreement':
        return this.view.agreements(record.consumer, record.topic).find(({ id }) => id === record.id);
      case 'token-keys':
        return this.view.tokenKeys();
      default:
        return undefined;
    }
  }
}

async function allRecords(manager: EntityManager, issuer: string): Promise<ControlRecord[]> {
  const tokenKeys = await manager.find(TokenKeyEntity, { order: { createdAt: 'desc' } });
  return [
    ...(await manager.find(MemberEntity)).map(memberRecord),
    ...(await manager.find(SystemEntity)).map(systemRecord),
    ...(await manager.find(KeyEntity)).map(keyRecord),
    ...(await manager.find(AgreementEntity)).map(agreementRecord),
    ...(tokenKeys.length > 0 ? [tokenKeysRecord(issuer, tokenKeys)] : []),
  ];
}

function plain(record: ControlRecord | undefined): unknown {
  return record === undefined ? undefined : JSON.parse(JSON.stringify(record));
}
