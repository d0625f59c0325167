import { decodeBase64 } from './encoding.js';
import { WaslError } from './errors.js';
import { HASH_BYTES } from './merkle.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** An inclusion proof with its checkpoint, verifiable offline (C2SP tlog-proof). */
export interface TlogProof {
  index: number;
  /** Lowest sibling first. */
  hashes: Buffer[];
  /** The signed note, verbatim. */
  checkpoint: string;
  /** Unauthenticated; nothing may depend on it. */
  extra?: Buffer;
}

const refuse = (detail: string): never => {
  throw new WaslError('malformed-proof', detail);
};

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const extraLine = extra === undefined ? '' : `extra ${extra.toString('base64')}\n`;
  const hashLines = hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `${HEADER}\n${extraLine}index ${index}\n${hashLines}\n${checkpoint}`;
}

/** Form only: the checkpoint inside is not opened. Throws malformed-proof. */
export function parseTlogProof(text: string): TlogProof {
  const blank = text.indexOf('\n\n');
  if (blank < 0) return refuse('there is no blank line before the checkpoint');
  const lines = text.slice(0, blank).split('\n');
  if (lines.shift() !== HEADER) return refuse(`the first line is not ${HEADER}`);
  let extra: Buffer | undefined;
  if (lines[0]?.startsWith('extra ') === true) {
    extra = decodeBase64(lines.shift()!.slice(6)) ?? refuse('extra is not canonical base64');
  }
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) return refuse('there is no index line');
  if (lines.length > 63) return refuse('there are more than 63 hashes');
  const hashes = lines.map((line) => {
    const hash = decodeBase64(line);
    return hash?.length === HASH_BYTES ? hash : refuse('a hash is not 32 bytes of base64');
  });
  const proof = { index: Number(index), hashes, checkpoint: text.slice(blank + 2) };
  return extra === undefined ? proof : { ...proof, extra };
}
