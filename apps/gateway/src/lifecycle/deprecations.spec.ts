import { beforeEach, describe, expect, it } from 'vitest';
import { ControlState, type VersionRecord } from '#control';
import { Deprecations } from './deprecations.js';
import { noticesFor, parseSince } from './notices.js';

const TOPIC = 'civil-status.birth.v1';
const OWNER = 'urn:wasl:dz:interior';
const CONSUMER = 'urn:wasl:dz:social:rights';
const names = { fr: 'n', ar: 'ن', en: 'n' };
const NOW = new Date('2026-11-23T10:00:00Z');

let view: ControlState;
let deprecations: Deprecations;
beforeEach(() => {
  view = new ControlState();
  deprecations = new Deprecations(view);
  for (const id of [OWNER, 'urn:wasl:dz:social', 'urn:wasl:dz:other'])
    view.apply({ kind: 'member', id, parent: null, names, status: 'active' });
  for (const topic of [TOPIC, 'other.topic.v1'])
    view.apply({
      ...{ kind: 'contract', topic, name: 'n', major: 1, owner: OWNER, titles: names, classification: 'P2' },
      ...{ purpose: 'p', legalBasis: 'b', deletion: false, partitions: 3 },
    });
  view.apply({
    ...{ kind: 'agreement', id: 'a', consumer: CONSUMER, topic: TOPIC, purpose: 'p', legalBasis: 'b' },
    ...{ fields: null, quotaPerDay: null, notBefore: '2020-01-01T00:00:00Z', notAfter: null },
    ...{ status: 'approved', approvals: { publisher: 'p', steward: 's' } },
  });
});

function version(number: number, changes: Partial<VersionRecord> = {}): void {
  view.apply({
    ...{ kind: 'version', topic: TOPIC, version: number, id: number, guid: `guid-${number}`, schema: '{}' },
    ...{ sha256: 's', status: 'active', since: '2026-11-01T00:00:00Z' },
    ...changes,
  });
}
const ENDING: Partial<VersionRecord> = {
  status: 'deprecated',
  since: '2026-11-20T00:00:00.500Z',
  sunset: '2027-06-30T00:00:00Z',
  successor: { topic: 'civil-status.birth.v2' },
};

describe('the headers of a version', () => {
  it('are none while it is active or unknown', () => {
    version(1);
    expect(deprecations.ofVersion(TOPIC, 1)).toBeUndefined();
    expect(deprecations.ofVersion(TOPIC, 2)).toBeUndefined();
    expect(deprecations.ofPage(TOPIC, [1])).toBeUndefined();
    expect(deprecations.ofPage('unknown.topic.v1', [])).toBeUndefined();
  });

  it('say since when it is deprecated, when it ends, and what comes after', () => {
    version(1, ENDING);
    expect(deprecations.ofVersion(TOPIC, 1)).toEqual({
      deprecation: '@1795132800',
      sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
      link: '</v1/topics/civil-status.birth.v2/messages>; rel="successor-version"',
    });
    version(1, { ...ENDING, successor: { topic: TOPIC, version: 2 } });
    expect(deprecations.ofVersion(TOPIC, 1)?.link).toBe(
      `<urn:wasl:contract:${TOPIC}:2>; rel="successor-version"`,
    );
  });

  it('are those of a page that holds its messages, the first to end if there are several', () => {
    version(1, ENDING);
    version(2, { ...ENDING, sunset: '2027-01-01T00:00:00Z' });
    version(3);
    expect(deprecations.ofPage(TOPIC, [3])).toBeUndefined();
    expect(deprecations.ofPage(TOPIC, [])).toBeUndefined();
    expect(deprecations.ofPage(TOPIC, [1, 3])?.sunset).toContain('30 Jun 2027');
    expect(deprecations.ofPage(TOPIC, [1, 2, 3])?.sunset).toContain('01 Jan 2027');
  });

  it('are those of every page when no version is active any more', () => {
    version(1, ENDING);
    expect(deprecations.ofPage(TOPIC, [])?.deprecation).toBe('@1795132800');
  });
});

describe('the version of a schema', () => {
  it('is the newest active one that has it', () => {
    version(1, { ...ENDING, guid: 'same' });
    expect(deprecations.versionOf(TOPIC, 'same')).toBe(1);
    version(2, { guid: 'same' });
    version(3, { ...ENDING, guid: 'same' });
    expect(deprecations.versionOf(TOPIC, 'same')).toBe(2);
    expect(deprecations.versionOf(TOPIC, 'other')).toBeUndefined();
  });
});

describe('notices', () => {
  const since = new Date('2026-01-01T00:00:00Z');
  const idsFor = (system: string, member: string) =>
    noticesFor(view, { system, member }, since, NOW).map((notice) => (notice as { id: string }).id);

  it('are for those with an agreement in force, and for the owner; for nobody else', () => {
    version(2);
    version(1, ENDING);
    const ids = [`${TOPIC}:2:active:2026-11-01T00:00:00Z`, `${TOPIC}:1:deprecated:2026-11-20T00:00:00.500Z`];
    expect(idsFor(CONSUMER, 'urn:wasl:dz:social')).toEqual(ids);
    expect(idsFor('urn:wasl:dz:interior:registry', OWNER)).toEqual(ids);
    expect(idsFor('urn:wasl:dz:other:system', 'urn:wasl:dz:other')).toEqual([]);
    view.withdraw('agreement:a');
    expect(idsFor(CONSUMER, 'urn:wasl:dz:social')).toEqual([]);
  });

  it('are CloudEvents without the schema, of what changed since', () => {
    version(1, ENDING);
    version(2, { since: '2025-01-01T00:00:00Z' });
    const caller = { system: CONSUMER, member: 'urn:wasl:dz:social' };
    expect(noticesFor(view, caller, since, NOW)).toEqual([
      {
        specversion: '1.0',
        id: `${TOPIC}:1:deprecated:2026-11-20T00:00:00.500Z`,
        source: 'urn:wasl:control:contracts',
        type: 'wasl.contract.version.deprecated',
        time: ENDING.since,
        subject: `urn:wasl:contract:${TOPIC}:1`,
        datacontenttype: 'application/json',
        data: {
          ...{ topic: TOPIC, version: 1, status: 'deprecated' },
          ...{ sunset: ENDING.sunset, successor: ENDING.successor },
        },
      },
    ]);
  });

  it.each([
    { since: 'yesterday' },
    { since: ['a', 'b'] },
    { since: '' },
    { after: 'x' },
    { since: '2026-13-01T00:00:00Z' },
  ])('are not given for %j', (query) =>
    expect(() => parseSince(query, NOW)).toThrow(expect.objectContaining({ code: 'malformed-request' })),
  );
});
