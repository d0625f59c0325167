import type { PulledMessage } from '#client';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import type { RowMapper } from '../mapping/payload-to-row.js';
import { MappingError, type RowText } from '../mapping/row-to-payload.js';

/** What a page does to the table: the last message of every key. */
export interface PageRows {
  upserts: { row: RowText; message: PulledMessage }[];
  deletes: { key: string[]; message: PulledMessage }[];
  /** Verified, but of no shape that the table can take. */
  unmappable: DeadLetter[];
}

/** Messages of one key stand in one partition, so their order in the page is theirs in the registry. */
export function pageRows(messages: PulledMessage[], mapper: RowMapper): PageRows {
  const upserts = new Map<string, PageRows['upserts'][number]>();
  const deletes = new Map<string, PageRows['deletes'][number]>();
  const unmappable: DeadLetter[] = [];
  for (const message of messages) {
    try {
      if (message.op === 'delete') {
        deletes.set(message.key, { key: mapper.key(message.key), message });
        upserts.delete(message.key);
      } else {
        upserts.set(message.key, { row: mapper.row(message.payload, message.key), message });
        deletes.delete(message.key);
      }
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      unmappable.push(tableRefusal(message, 'the payload does not fit the table', error.violations));
    }
  }
  return { upserts: [...upserts.values()], deletes: [...deletes.values()], unmappable };
}

export function tableRefusal(
  message: PulledMessage,
  detail: string,
  reasons: DeadLetter['reasons'],
): DeadLetter {
  return {
    messageId: message.id,
    topic: message.topic,
    position: { partition: message.partition, offset: message.offset },
    key: message.key,
    value: message.op === 'delete' ? null : message.payload,
    stage: 'TASK_PUT',
    code: 'payload-invalid',
    detail,
    reasons,
    evidence: message.evidence,
    manifest: message.manifest,
  };
}
