import { MAX_PATTERN_LENGTH } from './pattern.js';

/** Bounds on a member's schema: what the validator generates and runs stays small. */
export interface LintLimits {
  /** bytes of UTF-8 */
  size: number;
  depth: number;
  /** arrays and objects in the document, enum members apart */
  nodes: number;
  /** in one `properties` or the like */
  properties: number;
  /** in one `allOf`, `anyOf` or `oneOf` */
  branches: number;
  enumValues: number;
  /** characters of a member's name */
  nameLength: number;
  /**
   * characters of the pointers to all arrays and objects together: places are kept by pointer, and V8 tells texts
   * beyond 16,383 characters apart by comparing them only
   */
  pointerLength: number;
  /** characters of all references together, once each is a pointer: a long name or a short anchor may be referred to often */
  referenceLength: number;
  /** `maxItems` beside `uniqueItems` on arrays and objects: each item is compared with each */
  uniqueItems: number;
  patternLength: number;
  /** referenced schemas, those of referenced schemas included */
  references: number;
  /** bytes of UTF-8 of the schema and all it refers to */
  totalSize: number;
}

export const LINT_LIMITS: Readonly<LintLimits> = {
  size: 256 * 1024,
  depth: 64,
  nodes: 5_000,
  properties: 1_000,
  branches: 100,
  enumValues: 2_000,
  nameLength: 1_000,
  pointerLength: 2 * 1024 * 1024,
  referenceLength: 1024 * 1024,
  uniqueItems: 1_000,
  patternLength: MAX_PATTERN_LENGTH,
  references: 100,
  totalSize: 1024 * 1024,
};

/** What `bundleSchema` makes of schemas within `LINT_LIMITS`: all in one text. */
export const BUNDLE_LIMITS: Readonly<LintLimits> = {
  ...LINT_LIMITS,
  size: 4 * LINT_LIMITS.totalSize,
  totalSize: 4 * LINT_LIMITS.totalSize,
  properties: LINT_LIMITS.properties + LINT_LIMITS.references,
};
