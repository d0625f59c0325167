import type { Submission } from '#client';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { joinKey } from '../mapping/message-key.js';
import { MappingError, payloadBuilder } from '../mapping/row-to-payload.js';
import type { SourceFlow } from '../registry/registry-spec.js';
import { messageId, messageSalt } from './message-id.js';
import type { SourceRow } from './source-table.js';

/** A row on its way: what to publish, or why it cannot be. */
export type PreparedRow =
  | { id: string; submission: Submission; deadLetter?: undefined }
  | { id: string; submission?: undefined; deadLetter: DeadLetter };

const LONGEST_KEY = 256;
/** The gateway takes no manifest whose key holds one. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Turns rows into submissions: pure, so a row that is read again gives the same id, salt and bytes. */
export function rowPreparer(
  flow: SourceFlow,
  origin: { system: string; connector: string; saltSecret: Buffer },
): (row: SourceRow) => PreparedRow {
  const build = payloadBuilder(flow);
  const { topic, version } = flow.contract;
  return (row) => {
    const key = joinKey(row.key);
    const op = row.deleted ? 'delete' : 'put';
    const idOf = (payload: Uint8Array): string =>
      messageId({ ...origin, topic, key, op, watermark: row.watermark ?? '', payload });
    try {
      const filled = row.key.every((part) => part !== '');
      if (!filled || key.length > LONGEST_KEY || CONTROL_CHARACTER.test(key)) {
        throw new MappingError([
          {
            pointer: '',
            rule: 'message-key',
            message: `key columns must be filled, ${LONGEST_KEY} long at most and free of control characters`,
          },
        ]);
      }
      const payload = row.deleted ? Buffer.alloc(0) : build(row.values);
      const id = idOf(payload);
      return {
        id,
        submission: { id, topic, version, op, key, payload, salt: messageSalt(origin.saltSecret, id) },
      };
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      const value = rowJson(flow, row);
      const id = idOf(value);
      const deadLetter: DeadLetter = {
        messageId: id,
        topic,
        key: key.slice(0, LONGEST_KEY),
        value,
        stage: 'TRANSFORMATION',
        code: 'payload-invalid',
        detail: 'the row cannot be mapped to its contract',
        reasons: error.violations,
      };
      return { id, deadLetter };
    }
  };
}

function rowJson(flow: SourceFlow, row: SourceRow): Buffer {
  const columns = flow.columns.map(({ column }, index) => [column, row.values[index] ?? null]);
  return Buffer.from(JSON.stringify(Object.fromEntries(columns)));
}
