import { WaslError } from './errors.js';
import { HASH_BYTES, nodeHash } from './merkle.js';

export interface InclusionStatement {
  index: number;
  size: number;
  leafHash: Uint8Array;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}

export interface ConsistencyStatement {
  size1: number;
  size2: number;
  root1: Uint8Array;
  root2: Uint8Array;
  proof: readonly Uint8Array[];
}

const refuse = (detail: string): never => {
  throw new WaslError('invalid-proof', detail);
};
const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

function checkSizes(...sizes: number[]): void {
  if (!sizes.every((n) => Number.isSafeInteger(n) && n >= 0)) refuse('index or size is not a whole number');
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  if (!hashes.every((hash) => hash.length === HASH_BYTES)) refuse('a hash is not 32 bytes long');
}

/** RFC 9162 §2.1.3.2. Throws invalid-proof. Take size and root from a verified checkpoint only. */
export function verifyInclusion({ index, size, leafHash, proof, root }: InclusionStatement): void {
  checkSizes(index, size);
  checkHashes([leafHash, root, ...proof]);
  if (index >= size) refuse('the index lies outside the tree');
  let fn = index;
  let sn = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (sn === 0) refuse('the proof is too long');
    if (odd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (!odd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  if (sn !== 0) refuse('the proof is too short');
  if (Buffer.compare(hash, root) !== 0) refuse('the proof does not lead to the root');
}

/**
 * RFC 9162 §2.1.4.2. Throws invalid-proof. A tree of size 0 is a prefix of every tree and takes no proof:
 * the caller handles it; here size1 = 0 is always refused.
 */
export function verifyConsistency({ size1, size2, root1, root2, proof }: ConsistencyStatement): void {
  checkSizes(size1, size2);
  if (size1 === 0) refuse('consistency from the empty tree needs no proof and is not verified here');
  if (size1 > size2) refuse('the first tree is larger than the second');
  if (size1 === size2) {
    if (proof.length > 0) refuse('trees of one size take no proof');
    if (Buffer.compare(root1, root2) !== 0) refuse('trees of one size differ');
    return;
  }
  checkHashes([root1, root2, ...proof]);
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (odd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  // When size1 is a power of two its root is itself the first node of the path.
  const path = fn === 0 ? [root1, ...proof] : proof;
  const start = path[0] ?? refuse('the proof is too short');
  let hash1 = start;
  let hash2 = start;
  for (const sibling of path.slice(1)) {
    if (sn === 0) refuse('the proof is too long');
    if (odd(fn) || fn === sn) {
      hash1 = nodeHash(sibling, hash1);
      hash2 = nodeHash(sibling, hash2);
      while (!odd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash2 = nodeHash(hash2, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  if (sn !== 0) refuse('the proof is too short');
  if (Buffer.compare(hash1, root1) !== 0) refuse('the proof does not lead to the first root');
  if (Buffer.compare(hash2, root2) !== 0) refuse('the proof does not lead to the second root');
}
