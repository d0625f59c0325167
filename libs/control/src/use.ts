import type { OutgoingRecord } from '#kafka';
import { count, object, oneOf, ShapeError, string, urn, type Reader } from './shape.js';

/** Carries how much contract versions are used, from the gateways to the schema registry. */
export const USE_TOPIC = 'wasl.contract-use';

/** Messages that a system published or received under a version on one day. */
export interface ContractUse {
  topic: string;
  version: number;
  system: string;
  way: 'publish' | 'consume';
  /** UTC, `YYYY-MM-DD` */
  day: string;
  messages: number;
}

const day: Reader<string> = (value) => {
  const text = string(value);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new ShapeError('expected a day');
  return text;
};

const read = object<ContractUse>({
  topic: string,
  version: count,
  system: urn,
  way: oneOf('publish', 'consume'),
  day,
  messages: count,
});

export function useRecord(use: ContractUse): OutgoingRecord {
  return { topic: USE_TOPIC, key: `${use.topic} ${use.system}`, value: Buffer.from(JSON.stringify(use)) };
}

/** @throws Error saying what is wrong */
export function parseUse(value: Buffer): ContractUse {
  return read(JSON.parse(value.toString('utf8')));
}
