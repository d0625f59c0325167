import { signManifest, signNote, formatCheckpoint } from '../src/index.js';
import { accepted, manifestClaims, NOON, payloadOf } from './messages.js';
import { compromised, logSigner, witnessSigner } from './parties.js';
import {
  ack,
  acknowledgementReceipt,
  base64url,
  deletion,
  es256,
  handedOver,
  ledger,
  main,
  provenReceipt,
  receiptOf,
  rejected,
  type Case,
} from './scene.js';

const good = (outcome: 'accepted' | 'rejected' | 'handed-over', transparent: boolean): Case['expected'] => ({
  ok: true,
  outcome,
  transparent,
  failed: [],
});

function beforeTheTheft(): Case['receipt'] {
  const manifest = signManifest(manifestClaims(2001, { iat: NOON - 600, exp: NOON - 300 }), compromised.key);
  const time = { iat: NOON - 599, toe: NOON - 599 };
  return receiptOf({ manifest, evidence: accepted(manifest, payloadOf(2001).length, {}, time) });
}

export async function goodCases(): Promise<Case[]> {
  const withWitness = signNote(formatCheckpoint(ledger.checkpoint), [witnessSigner, logSigner]);
  return [
    {
      name: 'complete',
      why: 'manifest, evidence, proof and payload belong together',
      receipt: await provenReceipt(main),
      payload: base64url(main.payload),
      requireProof: true,
      expected: good('accepted', true),
    },
    {
      name: 'without-payload',
      why: 'the payload is not given, so nothing is said about it',
      receipt: await provenReceipt(main),
      expected: good('accepted', true),
    },
    {
      name: 'without-proof',
      why: 'a receipt as the gateway returns it, before the ledger has caught up',
      receipt: receiptOf(main),
      payload: base64url(main.payload),
      expected: good('accepted', false),
    },
    {
      name: 'delete',
      why: 'a delete has the empty payload, which is checked without being given',
      receipt: await provenReceipt(deletion),
      expected: good('accepted', true),
    },
    {
      name: 'es256',
      why: 'the sender signs with P-256',
      receipt: await provenReceipt(es256),
      payload: base64url(es256.payload),
      expected: good('accepted', true),
    },
    {
      name: 'rejection',
      why: 'the bus has signed that it refused the message; the receipt itself is good',
      receipt: await provenReceipt(rejected),
      payload: base64url(rejected.payload),
      expected: good('rejected', true),
    },
    {
      name: 'handover',
      why: 'the consumer has acknowledged three messages',
      receipt: { ...acknowledgementReceipt(ack, handedOver), proof: await ledger.proof(handedOver) },
      expected: good('handed-over', true),
    },
    {
      name: 'cosigned-checkpoint',
      why: 'the line of an unknown witness stands before that of the log and is ignored',
      receipt: { ...receiptOf(main), proof: await ledger.proof(main.evidence, withWitness) },
      expected: good('accepted', true),
    },
    {
      name: 'key-compromised-later',
      why: 'the key of the sender was reported compromised after the bus had accepted the message',
      receipt: beforeTheTheft(),
      expected: good('accepted', false),
    },
  ];
}
