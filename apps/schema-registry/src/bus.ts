import { ControlView, ensureControlTopics, Outbox } from '#control';
import { KafkaProducer, type KafkaSettings, TopicAdmin } from '#kafka';
import { EVIDENCE_TOPIC, type Logger } from '#service';
import type { Pool } from 'pg';
import { UseReader } from './contracts/use/use-reader.js';

/** The registry's side of the bus: what it knows of the directory, and the way out for what it announces. */
export interface Bus {
  view: ControlView;
  outbox: Outbox;
}

/**
 * Makes the topics, connects, and reads the directory to its end.
 * @param opened takes what has to be closed again, in order, be it that a later step fails
 */
export async function connectBus(
  kafka: KafkaSettings,
  { pool, schema, logger, opened }: { pool: Pool; schema: string; logger: Logger; opened: (() => unknown)[] },
): Promise<Bus> {
  const admin = new TopicAdmin(kafka);
  await ensureControlTopics(admin);
  const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  await admin.ensureTopics([{ topic: EVIDENCE_TOPIC, partitions: 3, config }]);
  const producer = new KafkaProducer(kafka);
  await producer.connect();
  opened.push(() => producer.disconnect());
  const outbox = new Outbox({ pool, schema, producer, logger });
  opened.push(() => outbox.stop());
  const view = new ControlView(kafka, logger);
  opened.push(() => view.stop());
  await view.start();
  outbox.start();
  const use = new UseReader(kafka, pool, logger);
  opened.push(() => use.stop());
  use.start();
  return { view, outbox };
}
