import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1). */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer');

// One input buffer for each kind of hash: everything here is synchronous, so none is ever in use twice.
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = 0x01;
const leafInput = Buffer.alloc(1 + 65_535);

/** SHA-256(0x00 ‖ entry), RFC 6962 §2.1. A string stands for its ASCII bytes. */
export function leafHash(entry: Uint8Array | string): Buffer {
  if (entry.length >= leafInput.length) {
    return hash('sha256', Buffer.concat([Buffer.alloc(1), Buffer.from(entry as string, 'latin1')]), 'buffer');
  }
  if (typeof entry === 'string') leafInput.write(entry, 1, 'latin1');
  else leafInput.set(entry, 1);
  return hash('sha256', leafInput.subarray(0, entry.length + 1), 'buffer');
}

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

/** nodeHash of two hashes that lie next to each other in `hashes` from byte `offset` on. */
export function pairHash(hashes: Buffer, offset: number): Buffer {
  hashes.copy(nodeInput, 1, offset, offset + 2 * HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

/** RFC 6962 root of leaf hashes. An odd node at the end of a row moves up unchanged, which equals the RFC's split. */
export function treeRoot(hashes: readonly Buffer[]): Buffer {
  return rootOfHashes(Buffer.concat(hashes), hashes.length);
}

/** As treeRoot, over `count` hashes laid end to end; the buffer is overwritten. */
export function rootOfHashes(hashes: Buffer, count: number): Buffer {
  if (count === 0) return emptyRoot;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    for (let i = 0; i + 1 < width; i += 2)
      pairHash(hashes, i * HASH_BYTES).copy(hashes, (i / 2) * HASH_BYTES);
    if (width % 2 === 1) {
      const last = (width - 1) * HASH_BYTES;
      hashes.copy(hashes, ((width - 1) / 2) * HASH_BYTES, last, last + HASH_BYTES);
    }
  }
  return Buffer.from(hashes.subarray(0, HASH_BYTES));
}
