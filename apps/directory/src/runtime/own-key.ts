import { readFileSync } from 'node:fs';
import { signingKeyFromJwk, type Jwk, type SigningKey } from '#protocol';

/** The key with which the directory signs evidence. Throws an Error that names the file and no content. */
export function readOwnKey(file: string): SigningKey {
  try {
    return signingKeyFromJwk(JSON.parse(readFileSync(file, 'utf8')) as Jwk);
  } catch (cause) {
    throw new Error(`WASL_KEY_FILE ${file} holds no usable private JWK`, { cause });
  }
}
