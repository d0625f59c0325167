import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Public } from '#service';
import { RegistryAccess } from '../access/registry-access.js';

/** Clients and their probes ask `/` whether a registry is there. */
@Public()
@Controller()
export class RootController {
  constructor(private readonly access: RegistryAccess) {}

  @Get()
  get(): object {
    return this.access.banner;
  }

  @Post()
  @HttpCode(200)
  post(): object {
    return this.access.banner;
  }
}
