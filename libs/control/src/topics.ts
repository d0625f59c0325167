import type { OutgoingRecord, TopicAdmin } from '#kafka';
import type { ControlKind, ControlRecord } from './records.js';

/** The compacted topics of the control plane, one partition each so that their order is total. */
export const CONTROL_TOPICS = {
  directory: 'wasl.control.directory',
  contracts: 'wasl.control.contracts',
} as const;

/** Creates the control topics where they are missing. */
export async function ensureControlTopics(admin: Pick<TopicAdmin, 'ensureTopics'>): Promise<void> {
  const config = { 'cleanup.policy': 'compact' };
  await admin.ensureTopics(Object.values(CONTROL_TOPICS).map((topic) => ({ topic, partitions: 1, config })));
}

/** The one topic on which records of a kind are believed. */
export function controlTopic(kind: ControlKind): string {
  return kind === 'contract' || kind === 'version' ? CONTROL_TOPICS.contracts : CONTROL_TOPICS.directory;
}

/** The one topic on which a record of this Kafka key is believed, be it a withdrawal. */
export function topicOfKey(key: string): string {
  return /^(?:contract|version):/.test(key) ? CONTROL_TOPICS.contracts : CONTROL_TOPICS.directory;
}

/** Kafka key of a record: a later record of the same key replaces it. */
export function controlKey(record: ControlRecord): string {
  switch (record.kind) {
    case 'member':
    case 'system':
    case 'agreement':
      return `${record.kind}:${record.id}`;
    case 'key':
      return `key:${record.kid}`;
    case 'token-keys':
      return 'token-keys';
    case 'contract':
      return `contract:${record.topic}`;
    case 'version':
      return `version:${record.topic}:${record.version}`;
  }
}

/** The Kafka record that publishes a change of the control plane. */
export function controlRecord(record: ControlRecord): OutgoingRecord {
  return {
    topic: controlTopic(record.kind),
    key: controlKey(record),
    value: Buffer.from(JSON.stringify(record)),
  };
}

/** The Kafka record that withdraws what was published under a key. */
export function controlTombstone(record: ControlRecord): OutgoingRecord {
  return { topic: controlTopic(record.kind), key: controlKey(record), value: null };
}
