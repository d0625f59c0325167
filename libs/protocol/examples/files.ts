import { leafHash, parseAcknowledgement, parseEvidence, parseManifest, vkey } from '../src/index.js';
import { badEvidenceCases } from './bad-evidence-cases.js';
import { badAcknowledgementCases, badFormCases } from './bad-form-cases.js';
import { badManifestCases } from './bad-manifest-cases.js';
import { badProofCases } from './bad-proof-cases.js';
import { goodCases } from './good-cases.js';
import {
  compromised,
  consumer,
  futureGateway,
  gateway,
  log,
  logSigner,
  otherLog,
  otherLogSigner,
  retired,
  sender,
  stolenGateway,
  stranger,
} from './parties.js';
import { ack, handedOver, ledger, main, provenReceipt, trust, type Case } from './scene.js';

const WARNING = 'Published test keys. Anyone can sign with them: never register one.';
const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const line = (text: string): Buffer => Buffer.from(`${text}\n`);

export const allCases = async (): Promise<Case[]> => [
  ...(await goodCases()),
  ...badFormCases(),
  ...(await badEvidenceCases()),
  ...badManifestCases(),
  ...(await badProofCases()),
  ...badAcknowledgementCases(),
];

function keys(): Buffer {
  const parties = [
    sender,
    consumer,
    gateway,
    retired,
    compromised,
    stolenGateway,
    futureGateway,
    stranger,
    log,
    otherLog,
  ];
  const logs = { [logSigner.name]: vkey(logSigner), [otherLogSigner.name]: vkey(otherLogSigner) };
  return json({
    warning: WARNING,
    keys: parties.map(({ name, system, jwk }) => ({ name, system, jwk })),
    logs,
  });
}

/** The main message as it stands in its Kafka topic: every header is UTF-8 text but `__value_schema_id`. */
function kafkaRecord(): Buffer {
  const { claims } = parseManifest(main.manifest);
  const { event } = parseEvidence(main.evidence);
  const guid = event.body['guid'] as string;
  return json({
    topic: claims.topic,
    key: claims.key,
    valueBase64: main.payload.toString('base64'),
    headers: {
      ce_specversion: '1.0',
      ce_id: claims.jti,
      ce_source: claims.iss,
      ce_type: `${claims.topic}.${claims.op}`,
      ce_time: '2026-11-01T09:00:01.000Z',
      ce_partitionkey: claims.key,
      ce_dataschema: `urn:wasl:schema:${guid}`,
      'content-type': claims.cty,
      __value_schema_id: { hex: `01${guid.replaceAll('-', '')}` },
      'wasl-manifest': main.manifest,
      'wasl-evidence': main.evidence,
    },
  });
}

async function ledgerFiles(): Promise<[string, Buffer][]> {
  const size1 = 41;
  const proof = await ledger.consistency(size1);
  const consistency = {
    size1,
    size2: ledger.checkpoint.size,
    root1: ledger.prefixRoot(size1).toString('base64'),
    root2: ledger.checkpoint.root.toString('base64'),
    proof: proof.map((hash) => hash.toString('base64')),
  };
  return [
    ...[...ledger.files].map(([path, content]): [string, Buffer] => [`ledger/${path}`, content]),
    ['ledger/vkey', line(vkey(logSigner))],
    ['ledger/consistency.json', json(consistency)],
    ['ledger/leaf-hashes.json', json(ledger.entries.map((entry) => leafHash(entry).toString('base64')))],
  ];
}

/** Every file of docs/formats/examples, by path. Tokens stand in one line that ends in a newline. */
export async function exampleFiles(): Promise<Map<string, Buffer>> {
  const receipt = await provenReceipt(main);
  return new Map([
    ['keys.json', keys()],
    ['trust.json', json(trust)],
    ['payload.json', main.payload],
    ['manifest.jws', line(main.manifest)],
    ['manifest.claims.json', json(parseManifest(main.manifest).claims)],
    ['evidence.jws', line(main.evidence)],
    ['evidence.claims.json', json(parseEvidence(main.evidence).claims)],
    ['acknowledgement.jws', line(ack)],
    ['acknowledgement.claims.json', json(parseAcknowledgement(ack).claims)],
    ['handover.jws', line(handedOver)],
    ['handover.claims.json', json(parseEvidence(handedOver).claims)],
    ['kafka-record.json', kafkaRecord()],
    ['receipt.json', json(receipt)],
    ['receipt.tlog-proof', Buffer.from(receipt.proof!)],
    ['cases.json', json(await allCases())],
    ...(await ledgerFiles()),
  ]);
}
