import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { generateKey, publicJwk, type SignatureAlgorithm } from '#protocol';
import { print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  alg: string;
  out: string;
}

export function keysMake(parent: Command): void {
  parent
    .command('make')
    .description('make a key pair: the private JWK goes to a file, the public one is printed for the steward')
    .requiredOption('--out <file>', 'file for the private key (never replaced)')
    .option('--alg <algorithm>', 'Ed25519 or ES256', 'Ed25519')
    .option('--json', 'machine readable')
    .action((options: Options) => {
      if (options.alg !== 'Ed25519' && options.alg !== 'ES256') {
        throw new UsageError(`--alg is Ed25519 or ES256 (got "${options.alg}")`);
      }
      if (existsSync(options.out))
        throw new UsageError(`${options.out} exists already; a key is never replaced`);
      const alg: SignatureAlgorithm = options.alg;
      const { jwk } = generateKey(alg);
      writeFileSync(options.out, JSON.stringify(jwk, null, 2) + '\n', { mode: 0o600, flag: 'wx' });
      const shown = publicJwk(jwk);
      print(options, { file: options.out, jwk: shown }, [
        `Private key: ${options.out} (keep it secret)`,
        `Key id:      ${jwk.kid}`,
        'Public key, to be registered by the steward:',
        JSON.stringify(shown, null, 2),
      ]);
    });
}
