import type { OutgoingRecord } from '#kafka';
import type { Violation } from '#protocol';

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

export function deadLetterTopic(connector: string): string {
  return `wasl.dlq.${connector}`;
}

/** The record untouched, its story in headers (names: DeadLetterQueueReporter of Kafka Connect). */
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
  return { topic: deadLetterTopic(connector), key: letter.key, value: letter.value, headers };
}

/** `partition:offset`, or nothing for a source. */
export function positionText(letter: DeadLetter): string {
  return letter.position ? `${letter.position.partition}:${letter.position.offset}` : '';
}
