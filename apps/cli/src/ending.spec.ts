import { expect, it } from 'vitest';
import { endingLine } from './ending.js';

const notice = {
  ...{ topic: 'a.b.v1', version: 2, since: '2026-11-20T00:00:00Z', sunset: '2027-06-30T00:00:00Z' },
  successor: { topic: 'a.b.v2' },
};

it.each([
  ['fr', 'a.b.v1 (version 2) est déprécié depuis le 2026-11-20 ; prend fin le 2027-06-30 ; passez à a.b.v2'],
  ['ar', 'a.b.v1 (version 2) مهجور منذ 2026-11-20؛ ينتهي في 2027-06-30؛ انتقل إلى a.b.v2'],
  ['en', 'a.b.v1 (version 2) is deprecated since 2026-11-20; it ends on 2027-06-30; move to a.b.v2'],
] as const)('says in %s which version ends when, and what to do', (spoken, line) => {
  expect(endingLine(notice, spoken)).toBe(line);
});

it('says where to look when there is no successor', () => {
  expect(endingLine({ topic: 'a.b.v1', sunset: '2027-06-30T00:00:00Z' }, 'en')).toBe(
    'a.b.v1 is deprecated; it ends on 2027-06-30; see wasl contract status a.b.v1',
  );
});
