import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isBackward } from './check.js';

/** `backward`: and not forward */
type Verdict = 'both' | 'backward' | 'forward' | 'none';

interface Vector {
  id: string;
  compatibility: Verdict;
  original: unknown;
  updated: unknown;
}

const FILE = new URL(
  '../../../../../shared/vectors/json-schema-compatibility/apicurio.json',
  import.meta.url,
);

const FORMAT = 'format is not compared';
const CONTENT = 'contentEncoding and contentMediaType are not compared';
const CONDITION = 'if, then and else are not compared';
const BOOLEAN_LIMIT = 'the boolean exclusive limits of draft-04 are not compared';
const TWO_LIMITS = 'a limit and an exclusive limit are two keywords: one goes, the other is added';

/** Where Apicurio decides otherwise than the Confluent registry, which is ours; the table of docs/compatibility.md. */
const DIFFERENT: Record<string, [verdict: Verdict, why: string]> = {
  'String: format 1#1': ['both', FORMAT],
  'String: format 2#1': ['both', FORMAT],
  'String: contentEncoding 2#1': ['both', CONTENT],
  'String: contentEncoding 3#1': ['both', CONTENT],
  'String: contentMediaType 2#1': ['both', CONTENT],
  'String: contentMediaType 3#1': ['both', CONTENT],
  'Number: exclusiveMinimum 1#1': ['both', BOOLEAN_LIMIT],
  'Number: exclusiveMinimum 2#1': ['none', TWO_LIMITS],
  'Number: exclusiveMinimum 3#1': ['none', TWO_LIMITS],
  'Number: exclusiveMinimum 5#1': ['none', TWO_LIMITS],
  'Number: exclusiveMaximum 1#1': ['both', BOOLEAN_LIMIT],
  'Number: exclusiveMaximum 2#1': ['none', TWO_LIMITS],
  'Number: exclusiveMaximum 3#1': ['none', TWO_LIMITS],
  'Number: exclusiveMaximum 5#1': ['none', TWO_LIMITS],
  'Object: required#1': ['both', 'required is compared for names under properties only'],
  'Object: required#2': ['both', 'required is compared for names under properties only'],
  'Object: propertyNames#1': ['both', 'propertyNames is not compared'],
  'Object: patternProperties 1#1': ['both', 'patternProperties only say whether a name is covered'],
  'Object: patternProperties 2#1': ['both', 'patternProperties only say whether a name is covered'],
  'Array: contains#1': ['both', 'the schema of contains is not compared'],
  'Const: Enum equivalency#1': ['none', 'const and enum are two kinds of schema'],
  'Conditional: if#1': ['both', CONDITION],
  'Conditional: then#1': ['both', CONDITION],
  'Conditional: else#1': ['both', CONDITION],
};

function verdict(original: unknown, updated: unknown): Verdict {
  const [before, after] = [{ text: JSON.stringify(original) }, { text: JSON.stringify(updated) }];
  const backward = isBackward(after, before, 'STRICT').compatible;
  const forward = isBackward(before, after, 'STRICT').compatible;
  if (backward) return forward ? 'both' : 'backward';
  return forward ? 'forward' : 'none';
}

/** Some ids occur more than once. */
function numbered(vectors: readonly Vector[]): [id: string, Vector][] {
  const seen = new Map<string, number>();
  return vectors.map((vector) => {
    const count = (seen.get(vector.id) ?? 0) + 1;
    seen.set(vector.id, count);
    return [`${vector.id}#${count}`, vector];
  });
}

if (!existsSync(FILE) && process.env['CI'] === undefined) {
  it.skip('the vectors of Apicurio: ../shared/vectors/json-schema-compatibility is not here', () =>
    undefined);
} else {
  const { tests } = JSON.parse(readFileSync(FILE, 'utf8')) as { tests: Vector[] };
  const vectors = numbered(tests);

  describe("Apicurio's vectors", () => {
    it.each(vectors)('%s', (id, { original, updated, compatibility }) => {
      const [expected] = DIFFERENT[id] ?? [compatibility];
      expect(verdict(original, updated)).toBe(expected);
      // A difference that is none any more is to be taken out of the table.
      if (id in DIFFERENT) expect(expected).not.toBe(compatibility);
    });

    it('are all here, and the table names none that is not', () => {
      expect(vectors).toHaveLength(145);
      const ids = new Set(vectors.map(([id]) => id));
      expect(Object.keys(DIFFERENT).filter((id) => !ids.has(id))).toEqual([]);
    });

    it('stand in docs/compatibility.md with ours', () => {
      const doc = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8').replace(
        / +/g,
        ' ',
      );
      const expected = new Map(vectors.map(([id, { compatibility }]) => [id, compatibility]));
      for (const [id, [ours, why]] of Object.entries(DIFFERENT)) {
        expect(doc).toContain(`| ${id} | ${expected.get(id)} | ${ours} | ${why} |`);
      }
    });
  });
}
