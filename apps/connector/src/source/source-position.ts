/** Where a source stands, as stored and as GET …/offsets shows it. */
export type SourcePosition =
  | {
      phase: 'snapshot';
      /** Safe bound when the snapshot began: changes are read from here on afterwards. */
      startedAt: string;
      /** Key of the last row handled; empty = none yet. */
      after: string[];
    }
  | { phase: 'changes'; watermark: string; key: string[] };

export function initialPosition(safeBound: string): SourcePosition {
  return { phase: 'snapshot', startedAt: safeBound, after: [] };
}
