import { Module } from '@nestjs/common';
import { TokenKeysService } from './token-keys.service.js';

@Module({ providers: [TokenKeysService], exports: [TokenKeysService] })
export class TokensModule {}
