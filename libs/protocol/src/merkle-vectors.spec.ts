import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion } from './proof-verification.js';

// Third-party vectors of transparency-dev/merkle; read where they lie, never copied in.
const folder = join(import.meta.dirname, '../../../../shared/vectors/merkle');
const present = existsSync(folder);

interface Vector {
  desc: string;
  wantErr: boolean;
  proof: string[] | null;
}
interface InclusionVector extends Vector {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
}
interface ConsistencyVector extends Vector {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const read = <V>(kind: string): { file: string; vector: V }[] =>
  globSync(`${kind}/**/*.json`, { cwd: folder })
    .sort()
    .map((file) => ({ file, vector: JSON.parse(readFileSync(join(folder, file), 'utf8')) as V }));

function judge(wantErr: boolean, verify: () => void): void {
  if (wantErr) expect(verify).toThrow(expect.objectContaining({ code: 'invalid-proof' }));
  else expect(verify).not.toThrow();
}

it.skipIf(present)('vectors may be missing outside CI only', ({ skip }) => {
  expect(process.env['CI']).not.toBe('true');
  skip('no ../shared/vectors/merkle beside the repository');
});

describe.skipIf(!present)('RFC 6962 proofs against the vectors of transparency-dev/merkle', () => {
  const inclusion = present ? read<InclusionVector>('inclusion') : [];
  const consistency = present ? read<ConsistencyVector>('consistency') : [];

  it('finds all 98 + 98 vectors, valid and invalid ones', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
    expect(inclusion.filter(({ vector }) => !vector.wantErr)).toHaveLength(6);
    expect(consistency.filter(({ vector }) => !vector.wantErr)).toHaveLength(6);
  });

  it.each(inclusion)('$file', ({ vector }) => {
    judge(vector.wantErr, () =>
      verifyInclusion({
        index: vector.leafIdx,
        size: vector.treeSize,
        leafHash: bytes(vector.leafHash),
        proof: (vector.proof ?? []).map(bytes),
        root: bytes(vector.root),
      }),
    );
  });

  it.each(consistency)('$file', ({ vector }) => {
    judge(vector.wantErr, () =>
      verifyConsistency({
        size1: vector.size1,
        size2: vector.size2,
        root1: bytes(vector.root1),
        root2: bytes(vector.root2),
        proof: (vector.proof ?? []).map(bytes),
      }),
    );
  });
});
