import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CompiledContract } from './compiled-contract.js';
import { dialectOf } from './dialect.js';
import { ASSERTED_FORMATS } from './formats.js';
import { DIFFERENCES, type Draft } from './json-schema-suite.spec-fixture.js';

// The JSON Schema Test Suite (json-schema-org), read where it lies, never copied in.
const folder = join(import.meta.dirname, '../../../../shared/vectors/json-schema');
const present = existsSync(folder);

interface Group {
  description: string;
  schema: boolean | Record<string, unknown>;
  tests: { description: string; data: unknown; valid: boolean }[];
}

/** Tests that run, and of these those whose schema is refused and those judged otherwise, as docs/json-schema.md says. */
const DRAFTS: Record<Draft, { $schema: string; tests: number; refused: number; otherwise: number }> = {
  draft4: { $schema: 'http://json-schema.org/draft-04/schema#', tests: 861, refused: 52, otherwise: 2 },
  draft6: { $schema: 'http://json-schema.org/draft-06/schema#', tests: 1088, refused: 52, otherwise: 1 },
  draft7: { $schema: 'http://json-schema.org/draft-07/schema#', tests: 1316, refused: 54, otherwise: 5 },
  'draft2019-09': {
    $schema: 'https://json-schema.org/draft/2019-09/schema',
    tests: 1768,
    refused: 72,
    otherwise: 1,
  },
  'draft2020-12': {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    tests: 1819,
    refused: 115,
    otherwise: 14,
  },
};

it.skipIf(present)('vectors may be missing outside CI only', ({ skip }) => {
  expect(process.env['CI']).not.toBe('true');
  skip('no ../shared/vectors/json-schema beside the repository');
});

describe.skipIf(!present)('the JSON Schema Test Suite, as the validator is configured', () => {
  const remotes = present ? globSync('**/*.json', { cwd: join(folder, 'remotes') }).sort() : [];
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

  it.each(Object.entries(DRAFTS) as [Draft, (typeof DRAFTS)[Draft]][])('%s', (draft, expected) => {
    const { $schema } = expected;
    const seen = { $schema, tests: 0, refused: 0, otherwise: 0 };
    const differences: string[] = [];
    for (const file of globSync('**/*.json', { cwd: join(folder, 'tests', draft) }).sort()) {
      const format = /^optional\/format\/(.*)\.json$/.exec(file)?.[1];
      // The other formats are annotations, so the suite's tests of their assertion say nothing.
      if (format !== undefined && format !== 'unknown' && !ASSERTED_FORMATS.some((name) => name === format))
        continue;
      for (const { description, schema, tests } of read(`tests/${draft}/${file}`) as Group[]) {
        seen.tests += tests.length;
        const name = `${file} › ${description}`;
        const contract = compile(withDialect(schema, $schema));
        if (contract === undefined) {
          seen.refused += tests.length;
          differences.push(name);
          continue;
        }
        for (const { description: what, data, valid } of tests) {
          if ((contract.validate(data).length === 0) === valid) continue;
          seen.otherwise += 1;
          differences.push(`${name} › ${what}`);
        }
      }
    }
    const table = DIFFERENCES.flatMap(({ cases }) => cases)
      .filter(([, drafts]) => drafts.includes(draft))
      .map(([name]) => name);
    expect(differences.sort()).toEqual(table.sort());
    expect(seen).toEqual(expected);
  });

  it('is as docs/json-schema.md says', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/json-schema.md'), 'utf8').replaceAll(
      / +/g,
      ' ',
    );
    for (const [draft, { tests, refused, otherwise }] of Object.entries(DRAFTS))
      expect(docs).toContain(
        `| ${draft} | ${tests} | ${tests - refused - otherwise} | ${refused} | ${otherwise} |`,
      );
    for (const { reason } of DIFFERENCES) expect(docs).toContain(reason);
  });

  /** Remotes of the suite stand for registered schemas: those of the same dialect, and any that the schema names. */
  function compile(schema: Group['schema']): CompiledContract | undefined {
    const text = JSON.stringify(schema);
    const given = /Ref":"[^#]/i.test(text) ? remotes : [];
    const references = given
      .map((file) => ({ uri: `http://localhost:1234/${file}`, schema: read(`remotes/${file}`) }))
      .filter(
        ({ uri, schema: remote }) =>
          text.includes(uri) ||
          (dialectOf(remote) === dialectOf(schema) && dialectOf(schema) !== undefined) ||
          !Object.hasOwn(remote as object, '$schema'),
      );
    try {
      return CompiledContract.compile(
        text,
        new Map(references.map(({ uri, schema: remote }) => [uri, JSON.stringify(remote)])),
      );
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid-schema', violations: [expect.anything()] });
      return undefined;
    }
  }
});

/** The oldest drafts of the suite do not say their dialect in each schema. */
function withDialect(schema: Group['schema'], $schema: string): Group['schema'] {
  const isOld = !$schema.includes('/draft/');
  return isOld && typeof schema === 'object' && !Object.hasOwn(schema, '$schema')
    ? { $schema, ...schema }
    : schema;
}
