import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemUrn, keyFileName, signingKeyFromJwk, type Jwk, type SigningKey } from '#protocol';
import { TaskFailure } from './task-failure.js';

/** Private keys of the systems that connectors act for, one file each. */
export class SystemKeys {
  constructor(private readonly folder: string) {}

  /** Reads anew every time, so that a rotated key is used after a restart of the task. Throws TaskFailure. */
  keyOf(system: string): SigningKey {
    const file = keyFileName(system);
    try {
      if (!isSystemUrn(system)) throw new Error('not the URN of a system');
      return signingKeyFromJwk(JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as Jwk);
    } catch (cause) {
      throw new TaskFailure(
        `The connector service has no usable private key of ${system}: put ${file} into its folder of keys, then restart the connector.`,
        { cause },
      );
    }
  }
}
