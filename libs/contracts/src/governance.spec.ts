import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMemberUrn } from '#protocol';
import { governanceViolations } from './governance.js';

const TEXTS = { fr: 'Naissances', ar: 'الولادات', en: 'Births' };
const COMMON = {
  name: 'civil-status.birth',
  owner: 'urn:wasl:dz:interior',
  stewards: [{ name: 'Bureau', email: 'etat-civil@interior.example', role: 'data steward' }],
  titles: TEXTS,
  description: TEXTS,
  classification: 'P2',
  fields: { '/subject': 'P2', '/place/code': 'P0' },
  purpose: 'p',
  legalBasis: { type: 'T', reference: 'Loi 36-21', authorisationNumber: 'A-1', expires: '2030-12-31' },
  languages: ['fr', 'ar', 'en'],
};
const TOPIC = { ...COMMON, deletion: true, partitions: 3, retention: 'P100Y', sla: { latency: 'PT1M' } };
const TYPE = { ...COMMON, kind: 'type' };

describe('the governance of a contract', () => {
  it.each([
    ['a topic', TOPIC],
    ['a topic that says so', { ...TOPIC, kind: 'topic' }],
    ['a common type', TYPE],
  ])('may be that of %s', (_, governance) => expect(governanceViolations(governance)).toEqual([]));

  it.each<[string, object, string, string]>([
    ['nobody to ask', { stewards: [] }, '/stewards', 'minItems'],
    ['a steward without a name', { stewards: [{ email: 'a@b.example' }] }, '/stewards/0/name', 'required'],
    ['a basis as text', { legalBasis: 'law' }, '/legalBasis', 'type'],
    ['a basis of another type', { legalBasis: { type: 'X', reference: 'r' } }, '/legalBasis/type', 'enum'],
    [
      'an impossible date',
      { legalBasis: { type: 'T', reference: 'r', expires: '2030-02-30' } },
      '/legalBasis/expires',
      'format',
    ],
    ['a class that does not exist', { fields: { '/subject': 'P4' } }, '/fields/*', 'enum'],
    ['no language', { languages: [] }, '/languages', 'minItems'],
    ['a language twice', { languages: ['fr', 'fr'] }, '/languages', 'uniqueItems'],
    ['an unknown member', { admin: true }, '', 'additionalProperties'],
    ['a name with capitals', { name: 'Civil.Birth' }, '/name', 'pattern'],
  ])('is refused with %s', (_, change, pointer, rule) => {
    const violations = governanceViolations({ ...TOPIC, ...change });
    expect(violations.map((violation) => [violation.pointer, violation.rule])).toContainEqual([
      pointer,
      rule,
    ]);
  });

  it('has the owner that the protocol takes for a member, and says so of any other', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,66}$/);
    const owners = fc.oneof(
      part.map((member) => `urn:wasl:dz:${member}`),
      fc.constantFrom(
        'urn:wasl:dz:a-',
        'urn:wasl:dz:-a',
        `urn:wasl:dz:${'a'.repeat(64)}`,
        'urn:wasl:dz:a:b',
        '',
      ),
    );
    fc.assert(
      fc.property(owners, (owner) => {
        const violations = governanceViolations({ ...TOPIC, owner });
        const message = expect.stringContaining('urn:wasl:<country>:<member>');
        expect(violations).toEqual(
          isMemberUrn(owner) ? [] : [{ pointer: '/owner', rule: 'pattern', message }],
        );
      }),
    );
  });

  it('names fields by JSON pointers', () => {
    for (const name of ['subject', '/a~2', ''])
      expect(governanceViolations({ ...TOPIC, fields: { [name]: 'P2' } })).not.toEqual([]);
  });

  it.each(['deletion', 'partitions', 'sla', 'retention'])('of a common type has no %s', (member) => {
    const value = TOPIC[member as keyof typeof TOPIC];
    expect(governanceViolations({ ...TYPE, [member]: value })).not.toEqual([]);
  });

  it('is judged, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => governanceViolations(value).length > 0));
    expect(governanceViolations(JSON.parse('{"__proto__":{"kind":"type"}}'))).not.toEqual([]);
  });
});
