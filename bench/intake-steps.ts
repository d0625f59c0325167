import { randomUUID } from 'node:crypto';
import { CompiledContract, parsePayload } from '#contracts';
import { KafkaProducer } from '#kafka';
import {
  manifestDigest,
  parseManifest,
  payloadDigest,
  verificationKeyFromJwk,
  verifyJws,
  type Jwk,
  type SigningKey,
} from '#protocol';
import { createPool, EvidenceSigner } from '#service';
import { dataRecord } from '../apps/gateway/src/intake/data-record.js';
import { SubmissionStore } from '../apps/gateway/src/intake/submission.store.js';
import type { StepCost } from './bench-report.js';
import { material, SENDER, TOPIC } from './intake-material.js';

export interface StepSettings {
  senderKey: SigningKey;
  senderJwk: Jwk;
  schema: string;
  guid: string;
  sha256: string;
  databaseUrl: string;
  brokers: string[];
}

const MESSAGES = 8_000;
const BATCH = 100;

/** What each step of the intake costs a message, alone, in one thread. */
export async function measureSteps(settings: StepSettings): Promise<StepCost[]> {
  const costs: StepCost[] = [];
  const messages = material(MESSAGES, settings.senderKey);
  const verifier = verificationKeyFromJwk(settings.senderJwk);
  const signer = new EvidenceSigner('urn:wasl:dz:bus:gateway', settings.senderKey);
  const contract = CompiledContract.compile(settings.schema);
  const at = new Date();

  const each = <T>(step: string, work: (n: number) => T): T[] => {
    for (let n = 0; n < MESSAGES / 4; n++) work(n);
    const start = performance.now();
    const results = messages.map((_, n) => work(n));
    costs.push({ step, microseconds: ((performance.now() - start) * 1_000) / MESSAGES });
    return results;
  };
  const manifests = each('parse the manifest', (n) => parseManifest(messages[n]!.manifest));
  each('verify its signature (Ed25519)', (n) => verifyJws(manifests[n]!.jws, verifier));
  each('digest of the payload', (n) => payloadDigest(manifests[n]!.claims.salt, messages[n]!.payload));
  const values = each('parse the payload', (n) => parsePayload(messages[n]!.payload));
  each('validate against the contract', (n) => {
    if (contract.validate(values[n]).length > 0) throw new Error('the sample breaks its contract');
  });
  const evidence = each('sign the evidence (Ed25519)', (n) => {
    const { claims } = manifests[n]!;
    const { manifest, payload } = messages[n]!;
    const body = {
      ...{
        sender: SENDER,
        topic: TOPIC,
        version: 1,
        schema: settings.sha256,
        guid: settings.guid,
        op: 'put',
      },
      ...{ manifest: manifestDigest(manifest), digest: claims.digest, size: payload.length },
    };
    return signer.sign('SubmissionAcceptance', `urn:uuid:${claims.jti}`, body, at).token;
  });
  const records = each('make the Kafka record', (n) => {
    const { manifest, payload } = messages[n]!;
    const { claims } = manifests[n]!;
    return dataRecord({
      claims,
      manifest,
      evidence: evidence[n]!,
      payload,
      guid: settings.guid,
      acceptedAt: at,
    });
  });

  const batches = async (step: string, work: (from: number) => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    for (let from = 0; from < MESSAGES; from += BATCH) await work(from);
    costs.push({
      step: `${step}, ${BATCH} at a time`,
      microseconds: ((performance.now() - start) * 1_000) / MESSAGES,
    });
  };
  const pool = createPool(settings.databaseUrl, 'gateway');
  const store = new SubmissionStore(pool);
  const rows = messages.map(({ manifest }, n) => ({
    ...{ sender: SENDER, messageId: manifests[n]!.claims.jti, manifest, evidence: evidence[n]! },
  }));
  await batches('reserve the id (PostgreSQL)', (from) =>
    store.reserve(randomUUID(), rows.slice(from, from + BATCH), at, []),
  );
  await pool.end();
  const producer = new KafkaProducer({ brokers: settings.brokers, clientId: 'bench-intake' });
  await producer.connect();
  await batches('produce (Kafka, acks=all)', (from) => producer.send(records.slice(from, from + BATCH)));
  await producer.disconnect();
  return costs;
}
