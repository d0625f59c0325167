import { expect, it } from 'vitest';
import { type DeprecationNotice, DeprecationNotices } from './deprecation-notices.js';

const ENDING = {
  deprecation: '@1795132800',
  sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
  link: '</v1/topics/a.b.v1/messages?after=x>; rel="next", </v1/topics/a.b.v2/messages>; rel="successor-version"',
};
const NOTICE = {
  since: '2026-11-20T00:00:00Z',
  sunset: '2027-06-30T00:00:00Z',
  successor: { topic: 'a.b.v2' },
};
const answer = (headers: Record<string, string> = {}) => ({ header: (name: string) => headers[name] });

function listening() {
  const heard: [DeprecationNotice, boolean][] = [];
  return { heard, notices: new DeprecationNotices((notice, isEnding) => heard.push([notice, isEnding])) };
}

it('tells once of each topic and version, whatever the number of messages', () => {
  const { heard, notices } = listening();
  for (let message = 0; message < 5; message += 1) {
    notices.ofPublication('a.b.v1', 1, answer(ENDING));
    notices.ofPublication('a.b.v1', 2, answer(ENDING));
    notices.ofPage('a.b.v1', answer(ENDING));
  }
  expect(heard).toEqual([
    [{ topic: 'a.b.v1', version: 1, ...NOTICE }, true],
    [{ topic: 'a.b.v1', version: 2, ...NOTICE }, true],
    [{ topic: 'a.b.v1', ...NOTICE }, true],
  ]);
  expect(notices.current()).toEqual(heard.map(([notice]) => notice));
});

it('tells again when the end is put off, and when the version is active again', () => {
  const { heard, notices } = listening();
  notices.ofPublication('a.b.v1', 1, answer());
  notices.ofPublication('a.b.v1', 1, answer(ENDING));
  notices.ofPublication('a.b.v1', 1, answer({ ...ENDING, sunset: 'Fri, 30 Jul 2027 00:00:00 GMT' }));
  notices.ofPublication('a.b.v1', 1, answer());
  expect(heard.map(([{ sunset }, isEnding]) => [sunset, isEnding])).toEqual([
    ['2027-06-30T00:00:00Z', true],
    ['2027-07-30T00:00:00Z', true],
    ['2027-07-30T00:00:00Z', false],
  ]);
  expect(notices.current()).toEqual([]);
});

it('keeps what a page said when the next one holds none of the version that ends', () => {
  const { heard, notices } = listening();
  for (const headers of [ENDING, {}, ENDING]) notices.ofPage('a.b.v1', answer(headers));
  expect(heard).toHaveLength(1);
});

it('names a version of the same topic as successor', () => {
  const { notices } = listening();
  notices.ofPublication(
    'a.b.v1',
    1,
    answer({ ...ENDING, link: '<urn:wasl:contract:a.b.v1:3>; rel="successor-version"' }),
  );
  expect(notices.current()[0]!.successor).toEqual({ topic: 'a.b.v1', version: 3 });
});

it.each([
  ['no header', {}],
  ['a date instead of @seconds', { deprecation: 'true', sunset: 'soon' }],
])('says nothing of %s', (_what, headers) => {
  const { heard, notices } = listening();
  notices.ofPage('a.b.v1', answer(headers));
  expect(heard).toEqual([]);
});
