import type { SchemaSource } from './references.js';
export function checkCompatibility(_: {
  candidate: SchemaSource;
  previous: (SchemaSource & { version: number })[];
  level: string;
  policy: string;
}): { compatible: boolean; messages: string[] } {
  return { compatible: true, messages: [] };
}
