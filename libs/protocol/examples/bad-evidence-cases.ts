import { EVENTS, type ErrorCode } from '../src/index.js';
import { accepted, evidence, NOON } from './messages.js';
import { futureGateway, gateway, sender, stolenGateway, stranger, type Party } from './parties.js';
import { main, neighbour, provenReceipt, receiptOf, type Case } from './scene.js';
import { alter, alterAndSign, respell, signTexts, textOf } from './tampering.js';

const withEvidence = (token: string): Case['receipt'] => receiptOf({ ...main, evidence: token });
/** The gateway's evidence about the main message, signed by someone else. */
const signedBy = (by: Party): string =>
  signTexts(textOf(main.evidence, 0).replace(gateway.key.kid, by.key.kid), textOf(main.evidence, 1), by);
const unreadable = (reason: ErrorCode): Case['expected'] => ({
  ok: false,
  transparent: false,
  failed: [{ check: 'evidence-signature', reason }],
});
const readable = (
  check: 'evidence-issuer' | 'evidence-key' | 'evidence-binds-manifest',
  reason: ErrorCode,
) => ({
  ok: false,
  outcome: 'accepted' as const,
  transparent: false,
  failed: [{ check, reason }],
});

export async function badEvidenceCases(): Promise<Case[]> {
  const size = main.payload.length;
  const altered = alter(main.evidence, 1, '"version":1', '"version":2');
  const twoEvents = alterAndSign(
    main.evidence,
    1,
    '"events":{',
    `"events":{"${EVENTS.AuditQuery}":{},`,
    gateway,
  );
  const sub = `urn:uuid:${main.manifest.slice(0, 8)}`;
  return [
    {
      name: 'evidence-altered',
      why: 'one claim was changed after signing; so the entry is not the one in the ledger either',
      receipt: { ...(await provenReceipt(main)), evidence: altered },
      expected: {
        ...unreadable('wrong-signature'),
        failed: [
          { check: 'evidence-signature', reason: 'wrong-signature' },
          { check: 'inclusion', reason: 'invalid-proof' },
        ],
      },
    },
    {
      name: 'evidence-respelled',
      why: 'the last character of the signature was changed in bits that lax decoders drop',
      receipt: withEvidence(respell(main.evidence)),
      expected: unreadable('malformed-evidence'),
    },
    {
      name: 'evidence-alg-none',
      why: 'the header names the algorithm "none"',
      receipt: withEvidence(alter(main.evidence, 0, '"Ed25519"', '"none"')),
      expected: unreadable('unsupported-algorithm'),
    },
    {
      name: 'evidence-wrong-typ',
      why: 'a token of another kind, though well signed',
      receipt: withEvidence(alterAndSign(main.evidence, 0, 'evidence+jwt', 'JWT', gateway)),
      expected: unreadable('malformed-evidence'),
    },
    {
      name: 'evidence-two-events',
      why: 'evidence states exactly one event',
      receipt: withEvidence(twoEvents),
      expected: unreadable('malformed-evidence'),
    },
    {
      name: 'evidence-unknown-key',
      why: 'signed by a key that the trust file does not hold',
      receipt: withEvidence(signedBy(stranger)),
      expected: unreadable('unknown-key'),
    },
    {
      name: 'evidence-signed-by-sender',
      why: 'the sender signed what only the gateway may state',
      receipt: withEvidence(signedBy(sender)),
      expected: readable('evidence-issuer', 'wrong-issuer'),
    },
    {
      name: 'evidence-issued-by-member',
      why: 'the sender issued evidence in its own name',
      receipt: withEvidence(
        signTexts(
          textOf(main.evidence, 0).replace(gateway.key.kid, sender.key.kid),
          textOf(main.evidence, 1).replace(`"iss":"${gateway.system}"`, `"iss":"${sender.system}"`),
          sender,
        ),
      ),
      expected: readable('evidence-issuer', 'wrong-issuer'),
    },
    {
      name: 'evidence-key-stolen',
      why: 'the key of the bus is compromised; whoever holds it can date evidence before the theft',
      receipt: withEvidence(signedBy(stolenGateway)),
      expected: readable('evidence-key', 'key-compromised'),
    },
    {
      name: 'evidence-key-not-yet-valid',
      why: 'the validity of the key begins a day after the evidence',
      receipt: withEvidence(signedBy(futureGateway)),
      expected: readable('evidence-key', 'key-not-active'),
    },
    {
      name: 'evidence-of-another-message',
      why: 'genuine evidence, with a genuine proof, about the next message',
      receipt: { ...(await provenReceipt(neighbour)), manifest: main.manifest },
      expected: { ...readable('evidence-binds-manifest', 'evidence-mismatch'), transparent: true },
    },
    {
      name: 'evidence-of-another-kind',
      why: 'an audit query is no acceptance',
      receipt: withEvidence(evidence(sub, { [EVENTS.AuditQuery]: {} })),
      expected: {
        ok: false,
        transparent: false,
        failed: [{ check: 'evidence-binds-manifest', reason: 'evidence-mismatch' }],
      },
    },
    ...Object.entries({
      topic: 'territory.unit.v1',
      version: 2,
      op: 'delete',
      sender: 'urn:wasl:dz:education:enrolment',
    }).map(([name, value]): Case => ({
      name: `evidence-states-other-${name}`,
      why: `the manifest says otherwise about "${name}"`,
      receipt: withEvidence(accepted(main.manifest, size, { [name]: value })),
      expected: readable('evidence-binds-manifest', 'evidence-mismatch'),
    })),
    {
      name: 'evidence-subject-differs',
      why: 'the digests fit, the message id does not',
      receipt: withEvidence(
        accepted(
          main.manifest,
          size,
          {},
          { sub: `urn:uuid:${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}` },
        ),
      ),
      expected: readable('evidence-binds-manifest', 'evidence-mismatch'),
    },
    {
      name: 'evidence-later-than-key',
      why: 'the evidence is dated after the end of the validity of both keys',
      receipt: withEvidence(accepted(main.manifest, size, {}, { toe: NOON + 400 * 86_400 })),
      expected: {
        ok: false,
        outcome: 'accepted',
        transparent: false,
        failed: [
          { check: 'evidence-key', reason: 'key-not-active' },
          { check: 'manifest-key', reason: 'key-not-active' },
          { check: 'manifest-times', reason: 'manifest-expired' },
        ],
      },
    },
  ];
}
