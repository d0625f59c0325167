import type { SchemaSource } from './references.js';
export type SemanticVerdict = { verdict: string; reasons: unknown[] };
export function checkCompatibility(_: {
  candidate: SchemaSource;
  previous: (SchemaSource & { version: number })[];
  level: string;
  policy: string;
}): { compatible: boolean; messages: string[] } {
  return { compatible: true, messages: [] };
}
