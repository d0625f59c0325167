import { Module, type DynamicModule } from '@nestjs/common';
import { ControlView, Outbox } from '#control';
import { AccessModule, EvidenceSigner, type Logger } from '#service';
import { DataSource } from 'typeorm';
import { AgreementsModule } from './agreements/agreements.module.js';
import { BootstrapModule } from './bootstrap/bootstrap.module.js';
import { Changes } from './changes/changes.service.js';
import type { DirectoryConfig } from './config.js';
import { KeysModule } from './keys/keys.module.js';
import { MembersModule } from './members/members.module.js';
import { Bus } from './runtime/bus.js';
import { Clock } from './runtime/clock.js';
import { LOGGER } from './runtime/tokens.js';
import { SystemsModule } from './systems/systems.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { TrustModule } from './trust/trust.module.js';

/** What `start` opened and all modules use. */
export interface Resources {
  config: DirectoryConfig;
  logger: Logger;
  source: DataSource;
  outbox: Outbox;
  view: ControlView;
  signer: EvidenceSigner;
}

@Module({})
class RuntimeModule {
  static with({ config, logger, source, outbox, view, signer }: Resources): DynamicModule {
    const providers = [
      { provide: DataSource, useValue: source },
      { provide: Outbox, useValue: outbox },
      { provide: ControlView, useValue: view },
      { provide: EvidenceSigner, useValue: signer },
      { provide: Bus, useValue: new Bus(config.bus) },
      { provide: LOGGER, useValue: logger },
      Clock,
      Changes,
    ];
    return { module: RuntimeModule, global: true, providers, exports: providers };
  }
}

@Module({})
export class AppModule {
  static with(resources: Resources): DynamicModule {
    const { config, view } = resources;
    return {
      module: AppModule,
      imports: [
        RuntimeModule.with(resources),
        AccessModule.forRoot({ view, issuer: config.tokenIssuer, audience: config.bus }),
        MembersModule,
        SystemsModule,
        KeysModule,
        AgreementsModule,
        TokensModule,
        TrustModule,
        BootstrapModule,
      ],
    };
  }
}
