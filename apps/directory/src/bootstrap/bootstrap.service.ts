import { Injectable } from '@nestjs/common';
import { EvidenceSigner } from '#service';
import { Changes } from '../changes/changes.service.js';
import { KeysService } from '../keys/keys.service.js';
import { MemberEntity } from '../members/member.entity.js';
import { MembersService } from '../members/members.service.js';
import { SystemEntity } from '../systems/system.entity.js';
import { SystemsService } from '../systems/systems.service.js';
import type { BootstrapFile } from './bootstrap-file.js';

// Two instances that start at once must not both find the same thing missing.
const LOCK = `select pg_advisory_xact_lock(hashtext('directory.bootstrap'))`;

/** Adds what the bootstrap file names and the directory doesn't know; never changes what is there. */
@Injectable()
export class BootstrapService {
  constructor(
    private readonly changes: Changes,
    private readonly members: MembersService,
    private readonly systems: SystemsService,
    private readonly keys: KeysService,
    private readonly signer: EvidenceSigner,
  ) {}

  apply(file: BootstrapFile): Promise<void> {
    const by = this.signer.issuer;
    return this.changes.run(async (change) => {
      const { manager } = change;
      await manager.query(LOCK);
      for (const member of file.members) {
        const known = await manager.existsBy(MemberEntity, { id: member.id });
        if (!known) await this.members.registerIn(change, member, by);
      }
      for (const system of file.systems) {
        const known = await manager.existsBy(SystemEntity, { id: system.id });
        if (!known) await this.systems.registerIn(change, system, by);
      }
      for (const key of file.keys) await this.keys.bootstrapIn(change, key, by);
    });
  }
}
