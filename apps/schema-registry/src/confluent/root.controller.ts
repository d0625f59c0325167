import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Public } from '#service';

/** Clients and their probes ask `/` whether a registry is there. */
@Public()
@Controller()
export class RootController {
  @Get()
  get(): object {
    return {};
  }

  @Post()
  @HttpCode(200)
  post(): object {
    return {};
  }
}
