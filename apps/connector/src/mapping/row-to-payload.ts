import type { Violation } from '#protocol';
import type { ColumnMapping, ColumnType, SourceFlow } from '../registry/registry-spec.js';
import { placeAt, pointerSegments } from './json-pointer.js';

/** Values of a row as PostgreSQL prints them, in the order of the flow's columns. */
export type RowText = readonly (string | null)[];

export class MappingError extends Error {
  constructor(readonly violations: Violation[]) {
    super('the row cannot be mapped to its contract');
  }
}

type Convert = (text: string) => unknown;

/** The text is refused: the payload member cannot hold it. */
const REFUSED = Symbol('refused');

/** Builds the payload of a row: members in the order of the mapping, so the same row gives the same bytes. */
export function payloadBuilder(flow: SourceFlow): (row: RowText) => Buffer {
  const columns = flow.columns.map((mapping) => ({
    mapping,
    segments: pointerSegments(mapping.pointer),
    convert: CONVERT[mapping.type],
  }));
  const constants = (flow.constants ?? []).map(({ pointer, value }) => ({
    segments: pointerSegments(pointer),
    value,
  }));
  return (row) => {
    const payload: Record<string, unknown> = {};
    const violations: Violation[] = [];
    for (const { segments, value } of constants) placeAt(payload, segments, value);
    columns.forEach(({ mapping, segments, convert }, index) => {
      const text = row[index] ?? null;
      if (text === null) {
        if (mapping.null === 'member') placeAt(payload, segments, null);
        return;
      }
      const value = convert(text);
      if (value === REFUSED) violations.push(violationOf(mapping));
      else placeAt(payload, segments, value);
    });
    if (violations.length > 0) throw new MappingError(violations);
    return Buffer.from(JSON.stringify(payload));
  };
}

function violationOf(mapping: ColumnMapping): Violation {
  return {
    pointer: mapping.pointer,
    rule: `column-type:${mapping.type}`,
    message: `column "${mapping.column}" does not hold a ${mapping.type} that JSON can carry`,
  };
}

const CONVERT: Record<ColumnType, Convert> = {
  text: (text) => text,
  integer: (text) => {
    const value = Number(text);
    return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : REFUSED;
  },
  number: (text) => {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) ? value : REFUSED;
  },
  boolean: (text) =>
    text === 'true' || text === 't' ? true : text === 'false' || text === 'f' ? false : REFUSED,
  date: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : REFUSED),
  timestamp: (text) => {
    const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(?:\+00)?$/.exec(text);
    return match ? `${match[1]}T${match[2]}Z` : REFUSED;
  },
  json: (text) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return REFUSED;
    }
  },
};
