import { Injectable } from '@nestjs/common';
import type { ControlRecord, Role } from '#control';
import { memberOf, WaslError } from '#protocol';
import { MoreThan } from 'typeorm';
import { Changes, type Change } from '../changes/changes.service.js';
import { activityChange } from '../members/activity.js';
import { MemberEntity, type ActivityStatus } from '../members/member.entity.js';
import { checkIfMatch } from '../requests/etag.js';
import type { Names } from '../requests/names.js';
import { afterOf, pageOf, type Page, type PageQuery } from '../requests/page.js';
import { same } from '../requests/same.js';
import { Bus } from '../runtime/bus.js';
import { SystemEntity } from './system.entity.js';

export interface NewSystem {
  id: string;
  /** If given, the member that the id names. */
  member?: string;
  names: Names;
  roles: Role[];
}

export interface SystemState {
  names: Names;
  roles: Role[];
  status: ActivityStatus;
}

export type SystemView = Pick<SystemEntity, 'id' | 'member' | 'names' | 'roles' | 'status' | 'version'>;

@Injectable()
export class SystemsService {
  constructor(
    private readonly changes: Changes,
    private readonly bus: Bus,
  ) {}

  /** Registers a system; the same content again changes nothing. Throws `conflict`, `invalid-request`, `not-allowed`. */
  async register(body: NewSystem, by: string): Promise<{ system: SystemView; created: boolean }> {
    this.bus.refuse(body.id);
    return this.changes.run((change) => this.registerIn(change, body, by));
  }

  async registerIn(
    change: Change,
    body: NewSystem,
    by: string,
  ): Promise<{ system: SystemView; created: boolean }> {
    const { manager } = change;
    const member = memberOf(body.id);
    if (body.member !== undefined && body.member !== member) {
      throw invalid('/member', 'member-of-id', 'the id of a system begins with the id of its member');
    }
    const wanted: SystemState = { names: body.names, roles: sorted(body.roles), status: 'active' };
    const existing = await manager.findOneBy(SystemEntity, { id: body.id });
    if (existing) {
      if (same({ ...wanted, status: existing.status }, stateOf(existing)))
        return { system: view(existing), created: false };
      throw new WaslError('conflict', 'a system of this id exists with another content');
    }
    if (!(await manager.existsBy(MemberEntity, { id: member }))) {
      throw invalid('/id', 'known-member', 'the member of this system is not registered');
    }
    const system = await manager.save(
      manager.create(SystemEntity, { id: body.id, member, ...wanted, createdAt: change.at }),
    );
    change.tell(systemRecord(system), {
      event: 'SystemRegistered',
      subject: system.id,
      by,
      details: { roles: system.roles },
    });
    return { system: view(system), created: true };
  }

  /** Replaces the state of a system. Throws `not-found`, `precondition-required`, `precondition-failed`. */
  async replace(id: string, body: SystemState, ifMatch: string | undefined, by: string): Promise<SystemView> {
    this.bus.refuse(id);
    const state: SystemState = { ...body, roles: sorted(body.roles) };
    return this.changes.run(async (change) => {
      const { manager } = change;
      const system = await manager.findOne(SystemEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!system) throw unknown();
      if (same(state, stateOf(system))) return view(system);
      checkIfMatch(ifMatch, system.version, true);
      const before = system.status;
      const saved = await manager.save(Object.assign(system, state));
      const details = { roles: saved.roles, status: saved.status, version: saved.version };
      change.tell(systemRecord(saved), {
        event: `System${activityChange(before, saved.status)}`,
        subject: id,
        by,
        details,
      });
      return view(saved);
    });
  }

  async get(id: string): Promise<SystemView> {
    const system = await this.changes.read((manager) => manager.findOneBy(SystemEntity, { id }));
    if (!system) throw unknown();
    return view(system);
  }

  async list(query: PageQuery & { member?: string }): Promise<Page<SystemView>> {
    const where = {
      id: MoreThan(afterOf(query)),
      ...(query.member === undefined ? {} : { member: query.member }),
    };
    const rows = await this.changes.read((manager) =>
      manager.find(SystemEntity, { where, order: { id: 'asc' }, take: query.limit + 1 }),
    );
    return pageOf(rows, query, (row) => row.id, view);
  }
}

export function systemRecord({ id, member, names, roles, status }: SystemEntity): ControlRecord {
  return { kind: 'system', id, member, names, roles, status };
}

function view({ id, member, names, roles, status, version }: SystemEntity): SystemView {
  return { id, member, names, roles, status, version };
}

function stateOf({ names, roles, status }: SystemEntity): SystemState {
  return { names, roles, status };
}

/** A set: the order in which roles are named must not make a difference. */
function sorted(roles: Role[]): Role[] {
  return [...roles].sort();
}

function invalid(pointer: string, rule: string, detail: string): WaslError {
  return new WaslError('invalid-request', detail, { violations: [{ pointer, rule }] });
}

function unknown(): WaslError {
  return new WaslError('not-found', 'there is no system of this id');
}
