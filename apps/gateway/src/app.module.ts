import { Module, type DynamicModule } from '@nestjs/common';
import { ControlView } from '#control';
import { AccessModule } from '#service';
import type { Gateway } from './gateway.js';
import { Feed } from './delivery/feed.js';
import { FeedController } from './delivery/feed.controller.js';
import { Refusals } from './evidence/refusals.js';
import { SubmissionCommitter } from './intake/committer.js';
import { SubmissionStore } from './intake/submission.store.js';
import { NoticesController } from './lifecycle/notices.controller.js';
import { ReceiptController } from './receipt/receipt.controller.js';

/** The calls with access tokens; those that a signature authenticates are bare Fastify routes. */
@Module({})
export class GatewayModule {
  static of(gateway: Gateway): DynamicModule {
    const { config, view } = gateway;
    return {
      module: GatewayModule,
      imports: [AccessModule.forRoot({ view, issuer: config.tokenIssuer, audience: config.bus })],
      controllers: [FeedController, ReceiptController, NoticesController],
      providers: [
        { provide: ControlView, useValue: view },
        { provide: Feed, useValue: gateway.feed },
        { provide: Refusals, useValue: gateway.refusals },
        { provide: SubmissionStore, useValue: gateway.submissions },
        { provide: SubmissionCommitter, useValue: gateway.committer },
      ],
    };
  }
}
