import type { KafkaRecord } from '#kafka';
import { EVIDENCE_TOPIC } from '#service';

/** Where a record lies in Kafka. */
export interface RecordPosition {
  topic: string;
  partition: number;
  offset: bigint;
}

/** Evidence bytes as they came out of Kafka, nothing checked yet. */
export interface Candidate extends RecordPosition {
  /** Kafka's timestamp of the record, milliseconds since 1970. */
  recordedAt: number;
  /** Absent: the record carries no evidence. */
  data: Buffer | undefined;
  /** The sender's manifest, kept beside the ledger for whoever holds the receipt. */
  manifest: Buffer | undefined;
}

/** The value of a `wasl.evidence` record, or the `wasl-evidence` header of a data record. */
export function candidateOf(record: KafkaRecord): Candidate {
  const { topic, partition, offset, timestamp, headers } = record;
  const data = topic === EVIDENCE_TOPIC ? (record.value ?? undefined) : headers.get('wasl-evidence');
  return { topic, partition, offset, recordedAt: timestamp, data, manifest: headers.get('wasl-manifest') };
}

export type QuarantineReason =
  | 'no-evidence'
  | 'too-large'
  | 'malformed'
  | 'unknown-key'
  | 'key-not-active'
  | 'key-compromised'
  | 'not-a-bus-key'
  | 'wrong-issuer'
  | 'wrong-signature'
  | 'id-conflict'
  | 'offset-gap';

/** Reasons that can pass by themselves: the key may become known or active a moment later. */
export const PASSING_REASONS: readonly QuarantineReason[] = ['unknown-key', 'key-not-active'];

/** A candidate that may become an entry of the ledger. */
export interface VerifiedEntry extends RecordPosition {
  jti: string;
  recordedAt: number;
  data: Buffer;
  manifest: Buffer | undefined;
}

/** A record that may not, and why. `detail` holds no content of the record. */
export interface Quarantined extends RecordPosition {
  reason: QuarantineReason;
  detail: string;
  recordedAt: number;
  data: Buffer | undefined;
  manifest: Buffer | undefined;
}

export function quarantined(candidate: Candidate, reason: QuarantineReason, detail: string): Quarantined {
  const { topic, partition, offset, recordedAt, data, manifest } = candidate;
  return { topic, partition, offset, recordedAt, data, manifest, reason, detail };
}
