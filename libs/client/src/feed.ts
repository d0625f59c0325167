import { WaslError } from '#protocol';

/** One line of the pull feed: a CloudEvent (JSON format 1.0) with the signatures beside the payload. */
export interface PulledMessage {
  id: string;
  topic: string;
  op: 'put' | 'delete';
  key: string;
  /** URN of the sending system, as the event says; trust it only after verification. */
  source: string;
  /** RFC 3339, time of acceptance. */
  time: string;
  dataschema: string;
  payload: Buffer;
  manifest: string;
  evidence: string;
  partition: number;
  offset: bigint;
}

const NEWLINE = 0x0a;

/** Reads an NDJSON page. Throws WaslError `unavailable` when a line is not what the gateway promises. */
export function parseFeedPage(topic: string, body: Buffer): PulledMessage[] {
  const messages: PulledMessage[] = [];
  for (let start = 0; start < body.length;) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline < 0 ? body.length : newline;
    if (end > start) messages.push(parseLine(topic, body.toString('utf8', start, end)));
    start = end + 1;
  }
  return messages;
}

function parseLine(topic: string, line: string): PulledMessage {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    throw new WaslError('unavailable', 'a line of the feed is not JSON', { cause });
  }
  const position = /^(\d{1,10}):(\d{1,19})$/.exec(text(event, 'waslposition'));
  if (!position) throw new WaslError('unavailable', 'a line of the feed has no position');
  return {
    id: text(event, 'id'),
    topic,
    op: text(event, 'type').endsWith('.delete') ? 'delete' : 'put',
    key: text(event, 'partitionkey'),
    source: text(event, 'source'),
    time: text(event, 'time'),
    dataschema: text(event, 'dataschema'),
    payload: Buffer.from(text(event, 'data_base64'), 'base64'),
    manifest: text(event, 'waslmanifest'),
    evidence: text(event, 'waslevidence'),
    partition: Number(position[1]),
    offset: BigInt(position[2] ?? '0'),
  };
}

// A missing attribute reads as empty: verification refuses such a message, the feed goes on.
function text(event: Record<string, unknown>, attribute: string): string {
  const value = event[attribute];
  return typeof value === 'string' ? value : '';
}
