import { Injectable } from '@nestjs/common';
import type { ControlRecord } from '#control';
import { WaslError } from '#protocol';
import { MoreThan, type EntityManager } from 'typeorm';
import { Changes, type Change } from '../changes/changes.service.js';
import { checkIfMatch } from '../requests/etag.js';
import type { Names } from '../requests/names.js';
import { afterOf, pageOf, type Page, type PageQuery } from '../requests/page.js';
import { same } from '../requests/same.js';
import { activityChange } from './activity.js';
import { MemberEntity, type ActivityStatus } from './member.entity.js';

export interface NewMember {
  id: string;
  parent?: string | null;
  names: Names;
}

export interface MemberState {
  parent: string | null;
  names: Names;
  status: ActivityStatus;
}

export type MemberView = Pick<MemberEntity, 'id' | 'parent' | 'names' | 'status' | 'version'>;

// One tree, one lock: two moves at once could close a cycle that neither of them sees.
const TREE_LOCK = `select pg_advisory_xact_lock(hashtext('directory.member-tree'))`;
const ANCESTORS = `
  with recursive ancestor(id, parent) as (
    select id, parent from member where id = $1
    union
    select m.id, m.parent from member m join ancestor a on m.id = a.parent)
  select id from ancestor`;

@Injectable()
export class MembersService {
  constructor(private readonly changes: Changes) {}

  /** Registers a member; the same content again changes nothing. Throws `conflict`, `invalid-request`. */
  register(body: NewMember, by: string): Promise<{ member: MemberView; created: boolean }> {
    return this.changes.run((change) => this.registerIn(change, body, by));
  }

  async registerIn(
    change: Change,
    body: NewMember,
    by: string,
  ): Promise<{ member: MemberView; created: boolean }> {
    const { manager } = change;
    const wanted: MemberState = { parent: body.parent ?? null, names: body.names, status: 'active' };
    await manager.query(TREE_LOCK);
    const existing = await manager.findOneBy(MemberEntity, { id: body.id });
    if (existing) {
      if (same({ ...wanted, status: existing.status }, stateOf(existing)))
        return { member: view(existing), created: false };
      throw new WaslError('conflict', 'a member of this id exists with another content');
    }
    await this.checkParent(manager, body.id, wanted.parent);
    const member = await manager.save(
      manager.create(MemberEntity, { id: body.id, ...wanted, createdAt: change.at }),
    );
    const details = { parent: member.parent };
    change.tell(memberRecord(member), { event: 'MemberRegistered', subject: member.id, by, details });
    return { member: view(member), created: true };
  }

  /** Replaces the state of a member. Throws `not-found`, `precondition-*`, `conflict` (cycle). */
  replace(id: string, state: MemberState, ifMatch: string | undefined, by: string): Promise<MemberView> {
    return this.changes.run(async (change) => {
      const { manager } = change;
      await manager.query(TREE_LOCK);
      const member = await manager.findOne(MemberEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!member) throw unknown();
      if (same(state, stateOf(member))) return view(member);
      checkIfMatch(ifMatch, member.version, true);
      if (state.parent !== member.parent) await this.checkParent(manager, id, state.parent);
      const before = member.status;
      const saved = await manager.save(Object.assign(member, state));
      const details = { parent: saved.parent, status: saved.status, version: saved.version };
      change.tell(memberRecord(saved), {
        event: `Member${activityChange(before, saved.status)}`,
        subject: id,
        by,
        details,
      });
      return view(saved);
    });
  }

  async get(id: string): Promise<MemberView> {
    const member = await this.changes.read((manager) => manager.findOneBy(MemberEntity, { id }));
    if (!member) throw unknown();
    return view(member);
  }

  async list(query: PageQuery): Promise<Page<MemberView>> {
    const rows = await this.changes.read((manager) =>
      manager.find(MemberEntity, {
        where: { id: MoreThan(afterOf(query)) },
        order: { id: 'asc' },
        take: query.limit + 1,
      }),
    );
    return pageOf(rows, query, (row) => row.id, view);
  }

  private async checkParent(manager: EntityManager, id: string, parent: string | null): Promise<void> {
    if (parent === null) return;
    const ancestors: { id: string }[] = await manager.query(ANCESTORS, [parent]);
    if (ancestors.length === 0) {
      const violations = [{ pointer: '/parent', rule: 'known-member' }];
      throw new WaslError('invalid-request', 'the parent is not a member', { violations });
    }
    if (parent === id || ancestors.some((ancestor) => ancestor.id === id)) {
      throw new WaslError('conflict', 'members form a tree: this parent lies below the member itself');
    }
  }
}

export function memberRecord({ id, parent, names, status }: MemberEntity): ControlRecord {
  return { kind: 'member', id, parent, names, status };
}

function view({ id, parent, names, status, version }: MemberEntity): MemberView {
  return { id, parent, names, status, version };
}

function stateOf({ parent, names, status }: MemberEntity): MemberState {
  return { parent, names, status };
}

function unknown(): WaslError {
  return new WaslError('not-found', 'there is no member of this id');
}
