import type { Violation } from '#protocol';
import type { ColumnType, SinkFlow } from '../registry/registry-spec.js';
import { valueAt, pointerSegments } from './json-pointer.js';
import { joinKey, splitKey } from './message-key.js';
import { MappingError, type RowText } from './row-to-payload.js';

/** Row of a message, values as texts that PostgreSQL casts to the type of the column. */
export interface RowMapper {
  /** Throws MappingError: a member has another type than the mapping says, or contradicts the message key. */
  row(payload: Buffer, messageKey: string): RowText;
  /** Values of the key columns for a deletion. Throws MappingError. */
  key(messageKey: string): string[];
}

export function rowMapper(flow: SinkFlow): RowMapper {
  const columns = flow.columns.map((mapping) => ({ ...mapping, segments: pointerSegments(mapping.pointer) }));
  const keyIndexes = flow.key.map((column) => columns.findIndex((mapping) => mapping.column === column));
  return {
    row(payload, messageKey) {
      const document = parsed(payload);
      const violations: Violation[] = [];
      const row = columns.map(({ type, segments, pointer }) => {
        const value = valueAt(document, segments);
        if (value === undefined || value === null) return null;
        const text = textOf(type, value);
        if (text === undefined) violations.push({ pointer, rule: `column-type:${type}` });
        return text ?? null;
      });
      // Upserts of one key must come in the order of its partition, so the row's key has to be the message's.
      if (joinKey(keyIndexes.map((index) => row[index] ?? '')) !== messageKey) {
        violations.push({
          pointer: '',
          rule: 'message-key',
          message: 'the payload has another key than its message',
        });
      }
      if (violations.length > 0) throw new MappingError(violations);
      return row;
    },
    key(messageKey) {
      const parts = splitKey(messageKey, flow.key.length);
      if (!parts)
        throw new MappingError([{ pointer: '', rule: 'message-key', message: 'not a key of this table' }]);
      return parts;
    },
  };
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    throw new MappingError([{ pointer: '', rule: 'json', message: 'the payload is not JSON' }]);
  }
}

function textOf(type: ColumnType, value: unknown): string | undefined {
  switch (type) {
    case 'json':
      return JSON.stringify(value);
    case 'integer':
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case 'number':
      return typeof value === 'number' ? String(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'text':
    case 'date':
    case 'timestamp':
      // PostgreSQL text cannot hold NUL.
      return typeof value === 'string' && !value.includes('\0') ? value : undefined;
  }
}
