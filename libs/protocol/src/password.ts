import { scrypt, timingSafeEqual } from 'node:crypto';

/** Costs of scrypt (RFC 7914): the memory is 128 · 2^ln · r bytes, the work p times that. */
interface Costs {
  ln: number;
  r: number;
  p: number;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** 16 MiB, 5 rounds: as much work as 2^17 in one, and little memory for a small server. */
const COSTS: Costs = { ln: 14, r: 8, p: 5 };

const PHC = /^\$scrypt\$ln=(1[4-7]),r=(8),p=([1-9]|1[0-6])\$([\w+/-]{22,86})\$([\w+/-]{43})$/;

/** A hash as it stands in files: `$scrypt$ln=…,r=…,p=…$<salt>$<hash>`, base64 without padding. */
export interface PasswordHash {
  costs: Costs;
  salt: Buffer;
  hash: Buffer;
}

/** @param salt 16 random bytes */
export async function hashPassword(password: string, salt: Buffer): Promise<string> {
  if (salt.length !== SALT_BYTES) throw new Error(`a salt has ${SALT_BYTES} bytes`);
  const hash = await derive(Buffer.from(password, 'utf8'), salt, COSTS);
  const { ln, r, p } = COSTS;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** @returns undefined for what is no such hash, or a cheaper or dearer one than is sensible (ln 14 to 17, r 8, p 1 to 16) */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = PHC.exec(text);
  if (!match) return undefined;
  const [, ln, r, p, salt, hash] = match;
  const costs = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { costs, salt: Buffer.from(salt!, 'base64'), hash: Buffer.from(hash!, 'base64') };
}

/** A hash that no password has: checking it takes the time of a true one. */
export const NO_PASSWORD: PasswordHash = {
  costs: COSTS,
  salt: Buffer.alloc(SALT_BYTES),
  hash: Buffer.alloc(HASH_BYTES),
};

/** In constant time as to how much of the hash agrees; the work is done on a thread of the libuv pool. */
export async function verifyPassword(password: Buffer, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected.salt, expected.costs), expected.hash);
}

function derive(password: Buffer, salt: Buffer, { ln, r, p }: Costs): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
