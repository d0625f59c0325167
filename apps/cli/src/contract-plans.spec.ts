import { expect, it } from 'vitest';
import { planLines } from './contract-plans.js';

const plan = { governance: 'unchanged' as const, reasons: [], consumers: [], follows: [] };

it('says in a line a contract what changes, and below it why, whom it affects and what is offered', () => {
  expect(
    planLines(
      [
        { ...plan, topic: 'common.name.v1', change: 'first', governance: 'new' },
        { ...plan, topic: 'a.b.v1', change: 'unchanged', version: 3 },
        {
          ...plan,
          ...{ topic: 'a.c.v1', change: 'breaking', governance: 'changed' },
          reasons: [{ pointer: '/x', message: 'gone\u001b[2J', example: { x: 1 } }],
          consumers: ['urn:wasl:dz:education:enrolment'],
          offer: { topic: 'a.c.v2', sunset: '2027-05-01T00:00:00Z' },
        },
        { ...plan, topic: 'a.d.v1', change: 'unknown', follows: ['common.name.v1'] },
      ],
      'en',
    ),
  ).toEqual([
    '  common.name.v1  new',
    '  a.b.v1          unchanged',
    '  a.c.v1          breaking; governance changed',
    '                  /x: gone\ufffd[2J',
    '                    for example {"x":1}',
    '                  received by urn:wasl:dz:education:enrolment',
    '                  publish it as a.c.v2 instead; this one could end on 2027-05-01',
    '  a.d.v1          new version, judged when it is published; refers to the new common.name.v1',
    '4 contracts: 3 to publish, 1 breaking.',
  ]);
});

it('counts one contract as one', () => {
  expect(planLines([{ ...plan, topic: 'a.b.v1', change: 'unchanged' }], 'en').at(-1)).toBe(
    '1 contract: 0 to publish, 0 breaking.',
  );
});

it.each([
  ['fr', 'changez ceci', 'reçu par urn:a'],
  ['ar', 'غيّر هذا', 'يتلقاه urn:a'],
] as const)('says it in %s as well', (spoken, hint, received) => {
  const reasons = [{ pointer: '/x', message: 'change this', hint: { fr: 'changez ceci', ar: 'غيّر هذا' } }];
  const lines = planLines(
    [{ ...plan, topic: 'a.b.v1', change: 'compatible', reasons, consumers: ['urn:a'] }],
    spoken,
  );
  expect(lines).toContain(`          /x: ${hint}`);
  expect(lines).toContain(`          ${received}`);
});
