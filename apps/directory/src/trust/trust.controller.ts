import { Controller, Get } from '@nestjs/common';
import type { Trust } from '#protocol';
import { Public } from '#service';
import { TrustService } from './trust.service.js';

@Controller('v1/trust')
export class TrustController {
  constructor(private readonly trust: TrustService) {}

  /** What a verifier needs to know of keys; the log's verifier key comes from the audit service. */
  @Get()
  @Public()
  read(): Promise<Trust> {
    return this.trust.read();
  }
}
