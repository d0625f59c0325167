import { connect } from 'node:net';

const API_VERSIONS = { key: 18, version: 0 };
const METADATA = { key: 3, version: 1 };

/**
 * Whether a Kafka broker on 127.0.0.1 answers ApiVersions, and Metadata with at least one broker in it. Written by
 * hand (two requests of fixed form) because a client library retries and logs, and a probe must do neither.
 */
export async function brokerAnswers(port: number, timeoutMs = 1000): Promise<boolean> {
  const versions = await ask(port, API_VERSIONS, Buffer.alloc(0), timeoutMs);
  if (versions?.readInt16BE(0) !== 0) return false;
  const noTopics = Buffer.from([0, 0, 0, 0]);
  const metadata = await ask(port, METADATA, noTopics, timeoutMs);
  return metadata !== undefined && metadata.readInt32BE(0) > 0;
}

function ask(
  port: number,
  api: { key: number; version: number },
  body: Buffer,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  const header = Buffer.alloc(14);
  header.writeInt32BE(10 + body.length, 0);
  header.writeInt16BE(api.key, 4);
  header.writeInt16BE(api.version, 6);
  header.writeInt32BE(1, 8);
  header.writeInt16BE(-1, 12);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = Buffer.alloc(0);
    const end = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end());
    socket.on('error', () => end());
    socket.on('close', () => end());
    socket.on('connect', () => socket.write(Buffer.concat([header, body])));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 12 && received.length >= 4 + received.readInt32BE(0)) end(received.subarray(8));
    });
  });
}
