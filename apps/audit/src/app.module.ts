import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AccessModule, type Config } from '#service';
import type { ControlView } from '#control';
import type { AUDIT_SETTINGS } from './config.js';
import { EvidenceController } from './exchanges/evidence.controller.js';
import { ExchangesController } from './exchanges/exchanges.controller.js';
import { ReceiptsController } from './exchanges/receipts.controller.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LogController } from './ledger/log.controller.js';

/** The HTTP side of the service; what it works with is built before it in app.ts. */
@Module({})
export class AppModule {
  static with(
    view: ControlView,
    config: Config<typeof AUDIT_SETTINGS>,
    providers: Provider[],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [AccessModule.forRoot({ view, issuer: config.tokenIssuer, audience: config.bus })],
      controllers: [
        LedgerController,
        LogController,
        ExchangesController,
        EvidenceController,
        ReceiptsController,
      ],
      providers,
    };
  }
}
