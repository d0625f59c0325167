import { Injectable } from '@nestjs/common';
import type { ControlRecord } from '#control';
import { generateKey, publicJwk } from '#protocol';
import { EvidenceSigner } from '#service';
import { Changes } from '../changes/changes.service.js';
import { TokenKeyEntity } from './token-key.entity.js';

@Injectable()
export class TokenKeysService {
  constructor(
    private readonly changes: Changes,
    private readonly signer: EvidenceSigner,
  ) {}

  /** The keys that sign access tokens, newest first; makes the first one. All instances get the same. */
  ensure(issuer: string): Promise<TokenKeyEntity[]> {
    return this.changes.run(async (change) => {
      const { manager } = change;
      await manager.query(`select pg_advisory_xact_lock(hashtext('directory.token-key'))`);
      const keys = await manager.find(TokenKeyEntity, { order: { createdAt: 'desc' } });
      if (keys.length > 0) return keys;
      const { jwk } = generateKey('Ed25519');
      const key = manager.create(TokenKeyEntity, {
        kid: jwk.kid!,
        alg: 'Ed25519',
        jwk,
        createdAt: change.at,
      });
      await manager.insert(TokenKeyEntity, key);
      const by = this.signer.issuer;
      change.tell(tokenKeysRecord(issuer, [key]), {
        event: 'TokenKeyCreated',
        subject: by,
        by,
        details: { kid: key.kid },
      });
      return [key];
    });
  }
}

/** Public parts only. */
export function tokenKeysRecord(issuer: string, keys: TokenKeyEntity[]): ControlRecord {
  return { kind: 'token-keys', issuer, jwks: { keys: keys.map(({ jwk }) => ({ ...publicJwk(jwk) })) } };
}
