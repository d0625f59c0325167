import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config, Mode } from '../settings/settings.js';
import { type Content, identityOf } from './content.js';
import { parseMetadata, withVersion } from './metadata.js';
import { decide, type SchemaRequest, soughtGuids, type SubjectState } from './registration-decision.js';

const text = '{"type":"string"}';
const other = '{"type":"number"}';
const ask = (changes: Partial<SchemaRequest> = {}): SchemaRequest => ({
  ...{
    text,
    references: [],
    metadata: undefined,
    ruleSet: undefined,
    version: 0,
    id: undefined,
    normalize: false,
  },
  ...changes,
});
const content = (given: string, metadata?: Content['metadata']): Content => ({
  ...{ text: given, references: [] },
  ...(metadata ? { metadata } : {}),
});

function subject(
  contents: (Content & { deleted?: boolean })[],
  { mode = 'READWRITE', config = {} }: { mode?: Mode; config?: Config } = {},
): SubjectState {
  const all = contents.map(({ deleted = false, ...one }, index) => {
    const carriesNumber = one.metadata?.properties['confluent:version'] !== undefined;
    return { version: index + 1, id: 100 + index, ...identityOf(one), deleted, carriesNumber };
  });
  const newest = all.findLast(({ deleted }) => !deleted);
  const latest = newest && {
    ...contents[newest.version - 1]!,
    ...newest,
    context: '.',
    subject: 's',
  };
  return {
    ...{ subject: { context: '.', subject: 's' }, config, mode, pending: [] },
    ...{ last: contents.length, versions: all.filter(({ deleted }) => !deleted) },
    latest: latest && { ...latest, registeredAt: new Date(0) },
  };
}

/** The version that a request comes to, negative if it is new. */
const outcome = (request: SchemaRequest, state: SubjectState): number => {
  const decision = decide(request, state);
  return 'known' in decision ? decision.known.version : -decision.version;
};

it('whose content has the GUID of another, and is another, is a new one', () => {
  const state = subject([content(text)]);
  state.versions[0]!.sha256 = identityOf(content(other)).sha256;
  expect(outcome(ask(), state)).toBe(-2);
});

describe('a registration', () => {
  it.each<[string, SchemaRequest, SubjectState, number]>([
    ['is the first version of a new subject', ask(), subject([]), -1],
    ['finds what is there', ask(), subject([content(text), content(other)]), 1],
    ['adds what is not', ask({ text: '{}' }), subject([content(text)]), -2],
    ['goes on after what is softly deleted', ask(), subject([{ ...content(text), deleted: true }]), -2],
    ['with -1 finds the latest alone', ask({ version: -1 }), subject([content(text), content(other)]), -3],
    ['with -1 finds the latest', ask({ version: -1 }), subject([content(other), content(text)]), 2],
    ['with a number adds it', ask({ version: 2 }), subject([content(text)]), -2],
    ['without a text takes the latest', ask({ text: undefined }), subject([content(other)]), 1],
  ])('%s', (_name, request, state, expected) => expect(outcome(request, state)).toBe(expected));

  it.each<[string, SchemaRequest, SubjectState, string]>([
    [
      'a number that is not the next',
      ask({ version: 3 }),
      subject([content(text)]),
      'not one more than previous',
    ],
    ['no text where there is none', ask({ text: undefined }), subject([]), 'Empty schema'],
    ['an id outside import mode', ask({ id: 7 }), subject([]), 'is not in import mode'],
    [
      'anything in read-only mode',
      ask(),
      subject([content(text)], { mode: 'READONLY' }),
      'is in read-only mode',
    ],
    [
      'new content without id in import mode',
      ask(),
      subject([], { mode: 'IMPORT' }),
      'is not in read-write mode',
    ],
  ])('refuses %s', (_name, request, state, message) => expect(() => decide(request, state)).toThrow(message));

  it('in import mode gives ids and numbers as they come, and finds what is there', () => {
    const state = subject([content(text)], { mode: 'IMPORT' });
    expect(outcome(ask({ text: other, id: 7, version: 9 }), state)).toBe(-9);
    expect(outcome(ask(), state)).toBe(1);
  });
});

describe('metadata', () => {
  const tagged = parseMetadata({ properties: { owner: 'x' } })!;

  it('is taken over from the latest version, so the same text is the same version', () => {
    expect(outcome(ask(), subject([content(text, tagged)]))).toBe(1);
    expect(
      outcome(
        ask({ metadata: parseMetadata({ properties: { owner: 'y' } }) }),
        subject([content(text, tagged)]),
      ),
    ).toBe(-2);
  });

  it('gets defaults below and overrides above what is given', () => {
    const config: Config = {
      defaultMetadata: parseMetadata({ properties: { owner: 'default', unit: 'default' } })!,
      overrideMetadata: parseMetadata({ properties: { class: 'P2' } })!,
    };
    const decision = decide(ask({ metadata: tagged }), subject([], { config }));
    expect(decision).toMatchObject({
      content: { metadata: { properties: { owner: 'x', unit: 'default', class: 'P2' } } },
    });
  });

  it('carries the number of a version that was asked for, which is not what is looked for later', () => {
    const decision = decide(ask({ version: 1 }), subject([]));
    expect(decision).toMatchObject({ content: { metadata: { properties: { 'confluent:version': '1' } } } });
    const numbered = [content(text, withVersion(undefined, 1)), content(text, withVersion(undefined, 2))];
    expect(outcome(ask(), subject(numbered))).toBe(2);
    const number = (value: string) => ({
      metadata: parseMetadata({ properties: { 'confluent:version': value } }),
    });
    expect(outcome(ask(number('1')), subject(numbered))).toBe(1);
    expect(outcome(ask(number('-1')), subject(numbered))).toBe(-3);
  });

  it('normalises where it is asked for, by the request or by the settings', () => {
    const sorted = '{"a":1,"b":2}';
    const request = { text: '{"b":2,"a":1}' };
    expect(outcome(ask(request), subject([content(sorted)]))).toBe(-2);
    expect(outcome(ask({ ...request, normalize: true }), subject([content(sorted)]))).toBe(1);
    expect(outcome(ask(request), subject([content(sorted)], { config: { normalize: true } }))).toBe(1);
  });
});

describe('of the versions of a subject', () => {
  const texts = fc.constantFrom(text, other, '{"a":1,"b":2}', '{"b":2,"a":1}');
  const properties = fc.constantFrom<Record<string, string>>(
    ...[{}, { owner: 'x' }, { owner: 'y' }, { 'confluent:version': '1' }],
    { 'confluent:version': '2', owner: 'x' },
  );
  const metadata = fc.option(properties.map((some) => parseMetadata({ properties: some })!));
  const contents = fc.array(
    fc.record({ text: texts, metadata, deleted: fc.boolean() }).map(({ deleted, ...one }) => ({
      ...content(one.text, one.metadata ?? undefined),
      deleted,
    })),
    { maxLength: 6 },
  );
  const configs = fc.record({
    normalize: fc.boolean(),
    defaultMetadata: metadata.map((some) => some ?? undefined),
    overrideMetadata: metadata.map((some) => some ?? undefined),
  });
  const requests = fc.record({
    text: fc.option(texts, { nil: undefined }),
    metadata: metadata.map((some) => some ?? undefined),
    version: fc.constantFrom(0, 0, 0, -1, 1, 3),
    normalize: fc.boolean(),
  });
  const decided = (request: SchemaRequest, state: SubjectState) => {
    try {
      return decide(request, state);
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('those that are sought and those that hold a number decide as all of them do', () => {
    const modes = fc.constantFrom<Mode>('READWRITE', 'READWRITE', 'IMPORT');
    fc.assert(
      fc.property(contents, configs, requests, modes, (all, config, changes, mode) => {
        const state = subject(all, { config: config as Config, mode });
        const request = ask(changes);
        const sought = soughtGuids(request, state);
        const versions = state.versions.filter(
          ({ guid, carriesNumber }) => carriesNumber || sought.includes(guid),
        );
        expect(decided(request, { ...state, versions })).toEqual(decided(request, state));
      }),
      { numRuns: 2_000 },
    );
  });
});
