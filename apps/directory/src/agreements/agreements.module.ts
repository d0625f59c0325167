import { Module } from '@nestjs/common';
import { AgreementListService } from './agreement-list.service.js';
import { AgreementsController } from './agreements.controller.js';
import { AgreementsService } from './agreements.service.js';
import { ExpirySweeper } from './expiry-sweeper.js';

@Module({
  controllers: [AgreementsController],
  providers: [AgreementsService, AgreementListService, ExpirySweeper],
  exports: [ExpirySweeper],
})
export class AgreementsModule {}
