import type { CheckName, ErrorCode } from '../src/index.js';
import { acknowledgement, handover, NOON } from './messages.js';
import { consumer, sender } from './parties.js';
import { ack, acknowledgementReceipt, digests, handedOver, main, receiptOf, type Case } from './scene.js';
import { alter, alterAndSign } from './tampering.js';

const unreadable: Case['expected'] = {
  ok: false,
  transparent: false,
  failed: [{ check: 'receipt-form', reason: 'malformed-receipt' }],
};
const failing = (check: CheckName, reason: ErrorCode): Case['expected'] => ({
  ok: false,
  outcome: 'handed-over',
  transparent: false,
  failed: [{ check, reason }],
});

export function badFormCases(): Case[] {
  const receipt = receiptOf(main);
  return [
    {
      name: 'receipt-other-format',
      why: 'an unknown format',
      receipt: { ...receipt, format: 'wasl-receipt/2' },
      expected: unreadable,
    },
    {
      name: 'receipt-unknown-member',
      why: 'a member that the format does not know',
      receipt: { ...receipt, note: '' },
      expected: unreadable,
    },
    {
      name: 'receipt-without-evidence',
      why: 'evidence is the heart of it',
      receipt: { format: 'wasl-receipt/1', manifest: main.manifest },
      expected: unreadable,
    },
    {
      name: 'receipt-of-two',
      why: 'a manifest and an acknowledgement at once',
      receipt: { ...receipt, acknowledgement: ack },
      expected: unreadable,
    },
    {
      name: 'receipt-null-proof',
      why: 'a proof is text, or it is absent',
      receipt: { ...receipt, proof: null },
      expected: unreadable,
    },
    { name: 'receipt-array', why: 'a receipt is an object', receipt: [receipt], expected: unreadable },
  ];
}

export function badAcknowledgementCases(): Case[] {
  const others = acknowledgement([...digests].reverse());
  return [
    {
      name: 'acknowledgement-altered',
      why: 'the count was changed after signing',
      receipt: acknowledgementReceipt(alter(ack, 1, '"count":3', '"count":4'), handedOver),
      expected: failing('acknowledgement-signature', 'wrong-signature'),
    },
    {
      name: 'acknowledgement-backward-range',
      why: 'a range ends before it begins',
      receipt: acknowledgementReceipt(
        alterAndSign(ack, 1, '"first":"0"', '"first":"2"', consumer),
        handedOver,
      ),
      expected: failing('acknowledgement-signature', 'malformed-acknowledgement'),
    },
    {
      name: 'acknowledgement-by-another',
      why: 'the sender acknowledged in the name of the consumer',
      receipt: ((): Case['receipt'] => {
        const forged = acknowledgement(digests, sender);
        return acknowledgementReceipt(forged, handover(forged));
      })(),
      expected: failing('acknowledgement-issuer', 'wrong-issuer'),
    },
    {
      name: 'handover-of-another-acknowledgement',
      why: 'the evidence embeds another acknowledgement, over the same messages in another order',
      receipt: acknowledgementReceipt(ack, handover(others)),
      expected: failing('evidence-binds-acknowledgement', 'evidence-mismatch'),
    },
    ...Object.entries({ count: 2, root: digests[0]!, recipient: sender.system, ranges: [] }).map(
      ([name, value]): Case => ({
        name: `handover-states-other-${name}`,
        why: `the acknowledgement says otherwise about "${name}"`,
        receipt: acknowledgementReceipt(ack, handover(ack, { [name]: value })),
        expected: failing('evidence-binds-acknowledgement', 'evidence-mismatch'),
      }),
    ),
    {
      name: 'handover-late',
      why: 'the handover is dated after the end of the validity of both keys',
      receipt: acknowledgementReceipt(ack, handover(ack, {}, { toe: NOON + 400 * 86_400 })),
      expected: {
        ...failing('evidence-key', 'key-not-active'),
        failed: [
          { check: 'evidence-key', reason: 'key-not-active' },
          { check: 'acknowledgement-key', reason: 'key-not-active' },
          { check: 'acknowledgement-times', reason: 'manifest-expired' },
        ],
      },
    },
    {
      name: 'acceptance-for-acknowledgement',
      why: 'evidence of an acceptance is not of a handover',
      receipt: acknowledgementReceipt(ack, main.evidence),
      expected: { ...failing('evidence-binds-acknowledgement', 'evidence-mismatch'), outcome: 'accepted' },
    },
  ];
}
