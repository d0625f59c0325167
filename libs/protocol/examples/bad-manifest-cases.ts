import { signManifest, type CheckName, type ErrorCode, type ManifestClaims } from '../src/index.js';
import { accepted, manifestClaims, NOON, payloadOf } from './messages.js';
import { compromised, consumer, retired, sender, type Party } from './parties.js';
import { base64url, main, receiptOf, rejected, type Case } from './scene.js';
import { alter, alterAndSign, respell } from './tampering.js';

const withManifest = (manifest: string): Case['receipt'] => receiptOf({ ...main, manifest });
const failing = (check: CheckName, reason: ErrorCode): Case['expected'] => ({
  ok: false,
  outcome: 'accepted',
  transparent: false,
  failed: [{ check, reason }],
});
/** A manifest that the bus would have refused, with evidence of an acceptance that fits it. */
function acceptedAnyway(i: number, changed: Partial<ManifestClaims>, by: Party): Case['receipt'] {
  const manifest = signManifest(manifestClaims(i, changed), by.key);
  return receiptOf({ manifest, evidence: accepted(manifest, payloadOf(i).length) });
}

export function badManifestCases(): Case[] {
  return [
    {
      name: 'manifest-altered',
      why: 'the partition key was changed after signing',
      receipt: withManifest(alter(main.manifest, 1, '"key":"16/', '"key":"17/')),
      expected: failing('manifest-signature', 'wrong-signature'),
    },
    {
      name: 'manifest-respelled',
      why: 'same bytes, other spelling: a token has one spelling only',
      receipt: withManifest(respell(main.manifest)),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-padded',
      why: 'base64url here has no padding',
      receipt: withManifest(`${main.manifest}==`),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-other-algorithm',
      why: 'the header says ES256, the key is Ed25519',
      receipt: withManifest(alter(main.manifest, 0, '"Ed25519"', '"ES256"')),
      expected: failing('manifest-signature', 'algorithm-mismatch'),
    },
    {
      name: 'manifest-embedded-key',
      why: 'no header member but alg, kid and typ is admitted',
      receipt: withManifest(alterAndSign(main.manifest, 0, '{', '{"jwk":{},', sender)),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-repeated-claim',
      why: 'readers differ on which of two equal names counts, so there must be one',
      receipt: withManifest(alterAndSign(main.manifest, 1, '{', '{"op":"delete",', sender)),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-unknown-claim',
      why: 'a claim that the format does not know',
      receipt: withManifest(alterAndSign(main.manifest, 1, '{', '{"nbf":1,', sender)),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-not-yet-time-as-text',
      why: 'times are JSON numbers',
      receipt: withManifest(alterAndSign(main.manifest, 1, `"iat":${NOON}`, `"iat":"${NOON}"`, sender)),
      expected: failing('manifest-signature', 'malformed-manifest'),
    },
    {
      name: 'manifest-of-another-system',
      why: 'the consumer signed in the name of the civil registry',
      receipt: acceptedAnyway(3001, {}, consumer),
      expected: failing('manifest-issuer', 'wrong-issuer'),
    },
    {
      name: 'manifest-wrong-audience',
      why: 'addressed to the bus of another country',
      receipt: acceptedAnyway(3002, { aud: 'urn:wasl:ma:bus' }, sender),
      expected: failing('manifest-issuer', 'wrong-audience'),
    },
    {
      name: 'manifest-key-retired',
      why: 'the key was retired half an hour before the acceptance',
      receipt: ((): Case['receipt'] => {
        const manifest = signManifest(
          manifestClaims(3003, { iat: NOON + 1800, exp: NOON + 2100 }),
          retired.key,
        );
        const time = { iat: NOON + 1801, toe: NOON + 1801 };
        return receiptOf({ manifest, evidence: accepted(manifest, payloadOf(3003).length, {}, time) });
      })(),
      expected: failing('manifest-key', 'key-not-active'),
    },
    {
      name: 'manifest-key-compromised',
      why: 'the key was reported compromised ten minutes before the acceptance',
      receipt: ((): Case['receipt'] => {
        const manifest = signManifest(
          manifestClaims(3004, { iat: NOON + 600, exp: NOON + 900 }),
          compromised.key,
        );
        const time = { iat: NOON + 601, toe: NOON + 601 };
        return receiptOf({ manifest, evidence: accepted(manifest, payloadOf(3004).length, {}, time) });
      })(),
      expected: failing('manifest-key', 'key-compromised'),
    },
    {
      name: 'manifest-expired',
      why: 'accepted ten minutes after it had expired',
      receipt: acceptedAnyway(3005, { iat: NOON - 900, exp: NOON - 600 }, sender),
      expected: failing('manifest-times', 'manifest-expired'),
    },
    {
      name: 'manifest-in-future',
      why: 'accepted a minute before it was made',
      receipt: acceptedAnyway(3006, { iat: NOON + 61, exp: NOON + 300 }, sender),
      expected: failing('manifest-times', 'manifest-in-future'),
    },
    {
      name: 'manifest-lives-too-long',
      why: 'valid for an hour; 300 seconds are allowed',
      receipt: acceptedAnyway(3007, { exp: NOON + 3600 }, sender),
      expected: failing('manifest-times', 'malformed-manifest'),
    },
    {
      name: 'payload-altered',
      why: 'one byte of the payload differs',
      receipt: receiptOf(main),
      payload: base64url(Buffer.from(main.payload.toString().replace('1601', '1602'))),
      expected: failing('payload-digest', 'payload-altered'),
    },
    {
      name: 'payload-reformatted',
      why: 'the same JSON with other spacing is another payload',
      receipt: receiptOf(main),
      payload: base64url(Buffer.from(JSON.stringify(JSON.parse(main.payload.toString()), null, 1))),
      expected: failing('payload-digest', 'payload-altered'),
    },
    {
      name: 'payload-size-misstated',
      why: 'the evidence states another number of bytes',
      receipt: receiptOf({ ...main, evidence: accepted(main.manifest, main.payload.length + 1) }),
      payload: base64url(main.payload),
      expected: failing('payload-digest', 'evidence-mismatch'),
    },
    {
      name: 'payload-of-rejection-altered',
      why: 'a rejection, too, is about the exact bytes that were sent',
      receipt: receiptOf(rejected),
      payload: base64url(main.payload),
      expected: { ...failing('payload-digest', 'payload-altered'), outcome: 'rejected' },
    },
  ];
}
