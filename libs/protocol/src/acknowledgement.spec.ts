import { describe, expect, it } from 'vitest';
import {
  ACKNOWLEDGEMENT_TYP,
  acknowledgementRoot,
  parseAcknowledgement,
  signAcknowledgement,
  type AcknowledgementClaims,
} from './acknowledgement.js';
import { signCompactJws } from './jws.js';
import { generateKey, signingKeyFromJwk } from './keys.js';
import { payloadDigest, newSalt } from './manifest.js';
import { leafHash, nodeHash } from './merkle.js';

const key = signingKeyFromJwk(generateKey('ES256').jwk);
const digests = Array.from({ length: 3 }, () => payloadDigest(newSalt(), Buffer.from('x')));
const claims: AcknowledgementClaims = {
  iss: 'urn:wasl:dz:social-protection:rights',
  aud: 'urn:wasl:dz:bus',
  jti: '0193a2b4-7c11-7d2a-9f00-0123456789ab',
  iat: 1_790_000_000,
  exp: 1_790_000_300,
  topic: 'civil-status.birth.v1',
  agreement: '0193a2b4-7c11-7d2a-9f00-0123456789ad',
  ranges: [
    { partition: 0, first: '10', last: '11' },
    { partition: 0, first: '13', last: '13' },
    { partition: 2, first: '9223372036854775807', last: '9223372036854775807' },
  ],
  count: 3,
  root: acknowledgementRoot(digests),
};

describe('acknowledgements', () => {
  it('are read back as signed', () => {
    expect(parseAcknowledgement(signAcknowledgement(claims, key)).claims).toEqual(claims);
  });

  it('cover the digests in order by an RFC 6962 root over their ASCII text', () => {
    const [a, b, c] = digests.map((digest) => leafHash(Buffer.from(digest, 'ascii'))) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    expect(claims.root).toBe(nodeHash(nodeHash(a, b), c).toString('base64url'));
    expect(acknowledgementRoot([...digests].reverse())).not.toBe(claims.root);
    expect(() => acknowledgementRoot([])).toThrow('acknowledgement-mismatch');
  });

  const range = { partition: 0, first: '5', last: '6' };
  it.each<object>([
    { ranges: [] },
    { ranges: range },
    { ranges: [{ ...range, last: '4' }] },
    { ranges: [{ ...range, first: 5 }] },
    { ranges: [{ ...range, first: '05' }] },
    { ranges: [{ ...range, partition: -1 }] },
    { ranges: [{ ...range, more: 1 }] },
    { ranges: [range, { ...range, first: '6', last: '7' }] },
    { ranges: [{ ...range, partition: 1 }, range] },
    { ranges: [null] },
    { ranges: Array.from({ length: 257 }, (_, partition) => ({ ...range, partition })) },
    { count: 0 },
    { root: 'x' },
    { agreement: '' },
    { iss: 'urn:wasl:dz:social-protection' },
    { more: 1 },
  ])('are refused with %j', (changed) => {
    const token = signCompactJws(ACKNOWLEDGEMENT_TYP, { ...claims, ...changed }, key);
    expect(() => parseAcknowledgement(token)).toThrow(
      expect.objectContaining({ code: 'malformed-acknowledgement' }),
    );
  });
});
