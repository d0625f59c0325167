import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { MembersModule } from '../members/members.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { BootstrapService } from './bootstrap.service.js';
import { RepublishService } from './republish.service.js';

@Module({
  imports: [MembersModule, SystemsModule, KeysModule],
  providers: [BootstrapService, RepublishService],
  exports: [BootstrapService, RepublishService],
})
export class BootstrapModule {}
