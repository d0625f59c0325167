import type { Pool } from 'pg';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaSettings } from '#kafka';
import { generateKey, noteSigner, signingKeyFromJwk } from '#protocol';
import { createLogger, createMetrics } from '#service';
import { CheckpointSigner } from '../apps/audit/src/ledger/checkpoint-signer.js';
import { CheckpointStore } from '../apps/audit/src/ledger/checkpoint-store.js';
import { GuardFile } from '../apps/audit/src/ledger/guard-file.js';
import { readHead } from '../apps/audit/src/ledger/head.js';
import { TileStore } from '../apps/audit/src/ledger/tile-store.js';
import { AuditMetrics } from '../apps/audit/src/metrics.js';
import { Projector } from '../apps/audit/src/projection/projector.js';
import { EvidenceCheck } from '../apps/audit/src/sequencer/evidence-check.js';
import { LedgerWriter } from '../apps/audit/src/sequencer/ledger-writer.js';
import { RecordSource } from '../apps/audit/src/sequencer/record-source.js';
import { Sequencer } from '../apps/audit/src/sequencer/sequencer.js';
import { seconds } from './ledger-direct.js';
import { BUS, dataRecord, gatewayKey, type Material } from './ledger-material.js';

export const PARTITIONS = 3;
const PRODUCE_CHUNK = 1_000;
const logger = createLogger('bench', 'warn');

export async function fillTopic(
  kafka: KafkaSettings,
  topic: string,
  material: readonly Material[],
): Promise<void> {
  await new TopicAdmin(kafka).ensureTopics([{ topic, partitions: PARTITIONS }]);
  const producer = new KafkaProducer(kafka);
  await producer.connect();
  for (let start = 0; start < material.length; start += PRODUCE_CHUNK)
    await producer.send(material.slice(start, start + PRODUCE_CHUNK).map((one) => dataRecord(topic, one)));
  await producer.disconnect();
}

/** How fast records come out of Kafka and evidence out of them, with nothing done about it. */
export async function readOnly(kafka: KafkaSettings, topic: string, count: number): Promise<number> {
  const reader = new PartitionReader(kafka);
  await reader.connect();
  const source = sourceOf(reader, topic);
  source.seek([]);
  try {
    return await seconds(async () => {
      for (let read = 0; read < count;) read += (await source.next()).records.length;
    });
  } finally {
    await reader.close();
  }
}

/** The whole way from Kafka to the committed ledger, as after an outage of the service. */
export async function catchUp(
  pool: Pool,
  kafka: KafkaSettings,
  topic: string,
  count: number,
  options: { verify: boolean; project: boolean },
): Promise<number> {
  const { sequencer, close } = await sequencerOf(pool, kafka, topic, options.verify);
  const projector = new Projector(pool, logger);
  try {
    return await seconds(async () => {
      sequencer.start();
      if (options.project) projector.start();
      while ((await readHead(pool)).size < count) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  } finally {
    await sequencer.stop();
    await projector.stop();
    await close();
  }
}

/** Milliseconds from the acknowledgement of one record by Kafka to a signed checkpoint that covers it. */
export async function timeToProof(
  pool: Pool,
  kafka: KafkaSettings,
  topic: string,
  material: readonly Material[],
  guardFile: string,
): Promise<number[]> {
  const { sequencer, close } = await sequencerOf(pool, kafka, topic, true);
  const checkpoints = new CheckpointStore(pool);
  const key = noteSigner('bench.wasl/audit', signingKeyFromJwk(generateKey('Ed25519').jwk));
  const signer = new CheckpointSigner(
    pool,
    new TileStore(pool).read,
    checkpoints,
    new GuardFile(guardFile),
    key,
  );
  const producer = new KafkaProducer(kafka);
  await producer.connect();
  sequencer.start();
  const signing = setInterval(() => void signer.sign().catch(() => undefined), 500);
  const times: number[] = [];
  try {
    for (const one of material) {
      const { size } = await readHead(pool);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
      await producer.send([dataRecord(topic, one)]);
      const start = performance.now();
      while (((await checkpoints.latest())?.size ?? 0) <= size)
        await new Promise((resolve) => setTimeout(resolve, 5));
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
  } finally {
    clearInterval(signing);
    await sequencer.stop();
    await close();
    await producer.disconnect();
  }
}

function sourceOf(reader: PartitionReader, topic: string): RecordSource {
  return new RecordSource(reader, () => [topic], { entries: 4_096, waitMs: 100 }, logger);
}

async function sequencerOf(pool: Pool, kafka: KafkaSettings, topic: string, verify: boolean) {
  const reader = new PartitionReader(kafka);
  await reader.connect();
  const view = { key: (kid: string) => (kid === gatewayKey.kid ? gatewayKey : undefined) };
  const sequencer = new Sequencer({
    pool,
    source: sourceOf(reader, topic),
    check: new EvidenceCheck(view, BUS, verify),
    writer: new LedgerWriter(pool),
    metrics: new AuditMetrics(createMetrics('bench', false)),
    logger,
  });
  return { sequencer, close: () => reader.close() };
}
