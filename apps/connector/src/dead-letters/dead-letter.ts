import type { OutgoingRecord } from '#kafka';
import { sha256Base64url, type Violation } from '#protocol';

/** Stage names of Kafka Connect, so that tools that read its dead letters read ours. */
export type Stage = 'TRANSFORMATION' | 'KAFKA_PRODUCE' | 'VALUE_CONVERTER' | 'TASK_PUT';

/** A record that could not go on, with everything needed to find out why and to send it again. */
export interface DeadLetter {
  messageId: string;
  topic: string;
  /** Where a sink read it; a source has none. */
  position?: { partition: number; offset: bigint };
  key: string | null;
  /** The record itself: the payload, or the row as JSON where no payload could be made. */
  value: Buffer | null;
  stage: Stage;
  /** Error code of docs/errors.md. */
  code: string;
  detail: string;
  /** Pointers and rules, never values. */
  reasons: Violation[];
  /** SubmissionRejection that the bus signed. */
  evidence?: string;
  manifest?: string;
}

/** Bytes of value and headers together: below what an outbox record may hold, and Kafka's batch of 1 MiB. */
const LARGEST_RECORD = 900_000;
const LONGEST_ID = 256;

/** Names as a text column can hold them: whoever writes to Kafka past the gateway may put anything there. */
export function storable(letter: DeadLetter): DeadLetter {
  const text = (value: string): string => value.slice(0, LONGEST_ID).replaceAll('\0', '\uFFFD');
  return { ...letter, messageId: text(letter.messageId), key: letter.key === null ? null : text(letter.key) };
}

export function deadLetterTopic(connector: string): string {
  return `wasl.dlq.${connector}`;
}

/**
 * The record untouched, its story in headers (names: DeadLetterQueueReporter of Kafka Connect). A value too large for
 * a Kafka record is left out: `wasl-value-bytes` and `wasl-value-sha256` (base64url) say what it was.
 */
export function deadLetterRecord(connector: string, letter: DeadLetter): OutgoingRecord {
  const headers: Record<string, string> = {
    '__connect.errors.topic': letter.topic,
    '__connect.errors.connector.name': connector,
    '__connect.errors.task.id': '0',
    '__connect.errors.stage': letter.stage,
    '__connect.errors.class.name': 'Wasl',
    '__connect.errors.exception.class.name': `WaslError.${letter.code}`,
    '__connect.errors.exception.message': letter.detail,
    'wasl-message-id': letter.messageId,
    'wasl-reasons': JSON.stringify(letter.reasons),
  };
  if (letter.position) {
    headers['__connect.errors.partition'] = String(letter.position.partition);
    headers['__connect.errors.offset'] = String(letter.position.offset);
  }
  if (letter.evidence !== undefined) headers['wasl-evidence'] = letter.evidence;
  if (letter.manifest !== undefined) headers['wasl-manifest'] = letter.manifest;
  let { value } = letter;
  const headerBytes = Object.entries(headers).reduce(
    (sum, pair) => sum + Buffer.byteLength(pair.join('')),
    0,
  );
  if (value !== null && value.length + headerBytes > LARGEST_RECORD) {
    headers['wasl-value-bytes'] = String(value.length);
    headers['wasl-value-sha256'] = sha256Base64url(value);
    value = null;
  }
  return { topic: deadLetterTopic(connector), key: letter.key, value, headers };
}

/** `partition:offset`, or nothing for a source. */
export function positionText(letter: DeadLetter): string {
  return letter.position ? `${letter.position.partition}:${letter.position.offset}` : '';
}
