import {
  formatCheckpoint,
  formatTlogProof,
  parseTlogProof,
  signNote,
  type CheckName,
  type ErrorCode,
  type TlogProof,
} from '../src/index.js';
import { impostorSigner, logSigner, otherLogSigner } from './parties.js';
import { ExampleLedger } from './ledger.js';
import { ledger, main, neighbour, receiptOf, type Case } from './scene.js';

const failing = (check: CheckName, reason: ErrorCode): Case['expected'] => ({
  ok: false,
  outcome: 'accepted',
  transparent: false,
  failed: [{ check, reason }],
});

export async function badProofCases(): Promise<Case[]> {
  const proofText = await ledger.proof(main.evidence);
  const proof = parseTlogProof(proofText);
  const withProof = (text: string): Case['receipt'] => ({ ...receiptOf(main), proof: text });
  const changed = (part: Partial<TlogProof>): Case['receipt'] =>
    withProof(formatTlogProof({ ...proof, ...part }));
  const body = formatCheckpoint(ledger.checkpoint);
  const shorter = ExampleLedger.of(ledger.entries.slice(0, 60));
  const flipped = proof.hashes.map((hash, i) =>
    i === 2 ? Buffer.from(hash.map((byte, at) => (at ? byte : byte ^ 1))) : hash,
  );

  return [
    {
      name: 'proof-missing',
      why: 'the verifier was told to insist on a proof',
      receipt: receiptOf(main),
      requireProof: true,
      expected: failing('inclusion', 'proof-missing'),
    },
    {
      name: 'proof-other-version',
      why: 'the first line names a version that does not exist',
      receipt: withProof(proofText.replace('@v1', '@v2')),
      expected: failing('checkpoint', 'malformed-proof'),
    },
    {
      name: 'proof-short-hash',
      why: 'one hash has 31 bytes',
      receipt: changed({ hashes: proof.hashes.map((hash, i) => (i === 0 ? hash.subarray(1) : hash)) }),
      expected: failing('checkpoint', 'malformed-proof'),
    },
    {
      name: 'proof-other-index',
      why: 'the entry does not stand where the proof says',
      receipt: changed({ index: proof.index + 1 }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-index-outside',
      why: 'the tree has 70 entries, 0 to 69',
      receipt: changed({ index: 70 }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-bit-flipped',
      why: 'one bit of the third hash differs',
      receipt: changed({ hashes: flipped }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-too-short',
      why: 'the last hash is missing',
      receipt: changed({ hashes: proof.hashes.slice(0, -1) }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-too-long',
      why: 'a hash too many',
      receipt: changed({ hashes: [...proof.hashes, ledger.checkpoint.root] }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-of-another-entry',
      why: 'a genuine proof of the next entry',
      receipt: withProof(await ledger.proof(neighbour.evidence)),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'proof-with-other-checkpoint',
      why: 'the checkpoint is genuine, but the proof was made for a larger tree',
      receipt: changed({ checkpoint: shorter.signedCheckpoint }),
      expected: failing('inclusion', 'invalid-proof'),
    },
    {
      name: 'checkpoint-altered',
      why: 'the size was changed after signing',
      receipt: changed({ checkpoint: proof.checkpoint.replace('\n70\n', '\n71\n') }),
      expected: failing('checkpoint', 'wrong-signature'),
    },
    {
      name: 'checkpoint-unsigned',
      why: 'three lines without any signature prove nothing',
      receipt: changed({ checkpoint: body }),
      expected: failing('checkpoint', 'malformed-checkpoint'),
    },
    {
      name: 'checkpoint-of-unknown-log',
      why: 'a log that the trust file does not name',
      receipt: changed({ checkpoint: signNote(body, [otherLogSigner]) }),
      expected: failing('checkpoint', 'unknown-log'),
    },
    {
      name: 'checkpoint-by-namesake',
      why: 'the name of the log with the key of another: an unknown key',
      receipt: changed({ checkpoint: signNote(body, [impostorSigner]) }),
      expected: failing('checkpoint', 'unknown-log'),
    },
    {
      name: 'checkpoint-of-other-origin',
      why: 'the log signed a checkpoint that names another log',
      receipt: changed({ checkpoint: signNote(body.replace('/2026', '/2025'), [logSigner]) }),
      expected: failing('checkpoint', 'unknown-log'),
    },
    {
      name: 'checkpoint-with-extension',
      why: 'a fourth line, well signed: nobody could check what it says',
      receipt: changed({ checkpoint: signNote(`${body}extension\n`, [logSigner]) }),
      expected: failing('checkpoint', 'malformed-checkpoint'),
    },
  ];
}
