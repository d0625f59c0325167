import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { generateKey, publicJwk, signingKeyFromJwk } from '#protocol';
import { BUS, SpecIssuer, viewOf } from '../spec-ledger.js';
import type { Candidate } from './candidate.js';
import { EvidenceCheck } from './evidence-check.js';

const issuer = new SpecIssuer();
const check = new EvidenceCheck(viewOf(issuer.record), BUS, true);

function candidate(data: string | Buffer | undefined, recordedAt = Date.now()): Candidate {
  const bytes = data === undefined ? undefined : Buffer.from(data);
  return { topic: 't', partition: 0, offset: 0n, recordedAt, data: bytes, manifest: undefined };
}

async function verdict(data: string | Buffer | undefined, by = check): Promise<string> {
  const { entries, quarantined } = await by.check([candidate(data)]);
  return entries.length === 1 ? 'entry' : quarantined[0]!.reason;
}

describe('the check of evidence', () => {
  it('lets evidence of a system of the bus pass, its bytes as they are', async () => {
    const jti = v7();
    const token = issuer.acceptance(v7(), {}, jti);
    const { entries } = await check.check([candidate(token)]);
    expect(entries).toMatchObject([{ jti, data: Buffer.from(token) }]);
  });

  it('keeps order among good and bad', async () => {
    const tokens = [issuer.acceptance(), issuer.acceptance(), issuer.acceptance()];
    const { entries, quarantined } = await check.check(
      [tokens[0], 'bad', tokens[1], undefined, tokens[2]].map((t) => candidate(t)),
    );
    expect(entries.map(({ data }) => data.toString())).toEqual(tokens);
    expect(quarantined.map(({ reason }) => reason)).toEqual(['malformed', 'no-evidence']);
  });

  it.each<[string, string | Buffer | undefined, string]>([
    ['no evidence at all', undefined, 'no-evidence'],
    ['empty bytes', '', 'no-evidence'],
    ['bytes that are not a JWS', Buffer.from([0xff, 0, 1]), 'malformed'],
    ['more than an entry may hold', 'x'.repeat(65_536), 'too-large'],
    ['a flipped signature', flipped(issuer.acceptance()), 'wrong-signature'],
    ['a key nobody registered', new SpecIssuer().acceptance(), 'unknown-key'],
  ])('refuses %s', async (_, data, reason) => {
    expect(await verdict(data)).toBe(reason);
  });

  it('refuses a key of a member, even a registered and active one', async () => {
    const member = new SpecIssuer('urn:wasl:dz:interior:civil-registry');
    expect(await verdict(member.acceptance(), new EvidenceCheck(viewOf(member.record), BUS, true))).toBe(
      'not-a-bus-key',
    );
  });

  it('refuses an issuer that is not the owner of the key', async () => {
    const record = { ...issuer.record, system: `${BUS}:directory` };
    expect(await verdict(issuer.acceptance(), new EvidenceCheck(viewOf(record), BUS, true))).toBe(
      'wrong-issuer',
    );
  });

  it('refuses an algorithm that is not the one of the key', async () => {
    const jwk = generateKey('ES256').jwk;
    const record = { ...issuer.record, alg: 'ES256' as const, jwk: publicJwk(jwk) as never };
    expect(signingKeyFromJwk(jwk).alg).toBe('ES256');
    expect(await verdict(issuer.acceptance(), new EvidenceCheck(viewOf(record), BUS, true))).toBe(
      'wrong-signature',
    );
  });

  it('refuses a pending key and takes a retired one', async () => {
    const withStatus = (status: 'pending' | 'retired') =>
      new EvidenceCheck(viewOf({ ...issuer.record, status }), BUS, true);
    expect(await verdict(issuer.acceptance(), withStatus('pending'))).toBe('key-not-active');
    expect(await verdict(issuer.acceptance(), withStatus('retired'))).toBe('entry');
  });

  it('takes evidence from before a compromise and refuses what claims or carries a later time', async () => {
    const changedAt = '2026-06-01T00:00:00.000Z';
    const compromised = new EvidenceCheck(
      viewOf({ ...issuer.record, status: 'compromised', changedAt }),
      BUS,
      true,
    );
    const before = Date.parse('2026-05-31T00:00:00Z');
    const early = issuer.evidence('MemberRegistered', 'urn:wasl:dz:interior', {}, v7(), before / 1000);
    const judge = async (recordedAt: number, token = early) => {
      const { entries } = await compromised.check([candidate(token, recordedAt)]);
      return entries.length;
    };
    expect(await judge(before)).toBe(1);
    expect(await judge(Date.parse(changedAt))).toBe(0);
    expect(await judge(before, issuer.acceptance())).toBe(0);
  });

  it('leaves signatures to auditors when switched off, but never the form', async () => {
    const off = new EvidenceCheck(viewOf(), BUS, false);
    expect(await verdict(flipped(issuer.acceptance()), off)).toBe('entry');
    expect(await verdict('bad', off)).toBe('malformed');
  });
});

/** Another signature of the same length, still canonical base64url. */
function flipped(token: string): string {
  const at = token.lastIndexOf('.') + 5;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
