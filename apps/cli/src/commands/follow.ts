import type { Command } from 'commander';
import { MessageVerifier, type PulledMessage } from '#client';
import { clientFor, type Identity } from '../environment.js';
import { EXIT, print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  after?: string;
  max?: string;
  wait: string;
}

function shown(message: PulledMessage, verified: boolean, reason?: string) {
  const { id, op, key, source, time } = message;
  const payload = op === 'put' ? message.payload.toString('utf8') : undefined;
  return {
    id,
    op,
    key,
    source,
    time,
    verified,
    ...(reason ? { reason } : {}),
    ...(payload ? { payload } : {}),
  };
}

export function follow(parent: Command): void {
  parent
    .command('follow <topic>')
    .description(
      'pull a topic, verify every message, print it; Ctrl-C ends and tells the cursor to go on from',
    )
    .requiredOption('--as <system>', 'URN of the consuming system')
    .option('--after <cursor>', 'go on after this cursor (default: from the beginning)')
    .option('--max <n>', 'end after n messages')
    .option(
      '--wait <seconds>',
      'how long one call waits for news, 0 to 30; 0 ends at the end of the topic',
      '25',
    )
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--json', 'machine readable, one message a line')
    .action(async (topic: string, options: Options) => {
      const max = options.max === undefined ? Infinity : Number(options.max);
      const waitSeconds = Number(options.wait);
      if (!(max >= 1) || (max !== Infinity && !Number.isInteger(max)))
        throw new UsageError('--max is a whole number from 1');
      if (!(waitSeconds >= 0 && waitSeconds <= 30)) throw new UsageError('--wait is 0 to 30 seconds');
      const client = clientFor(options, ['consumer']);
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      let cursor = options.after;
      let seen = 0;
      try {
        let verifier = new MessageVerifier(await client.trust());
        while (seen < max && !stop.signal.aborted) {
          const limit = Math.min(500, max - seen);
          const page = await client.pull({
            topic,
            limit,
            waitSeconds,
            signal: stop.signal,
            ...(cursor ? { after: cursor } : {}),
          });
          for (const message of page.messages) {
            if (verifier.lacksKeyOf(message)) verifier = new MessageVerifier(await client.trust());
            const line = verified(verifier, message);
            if (!line.verified) process.exitCode = EXIT.refused;
            print(options, line, describe(line));
          }
          seen += page.messages.length;
          cursor = page.cursor;
          if (page.messages.length === 0 && waitSeconds === 0) break;
        }
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        await client.close();
        if (cursor) process.stderr.write(`Go on from here: --after ${cursor}\n`);
      }
    });
}

function verified(verifier: MessageVerifier, message: PulledMessage) {
  try {
    verifier.verify(message);
    return shown(message, true);
  } catch (error) {
    return shown(message, false, (error as { code?: string }).code ?? 'unverifiable');
  }
}

function describe(line: ReturnType<typeof shown>): string[] {
  const mark = line.verified ? 'verified' : `NOT VERIFIED (${line.reason ?? ''})`;
  return [
    `${line.time}  ${line.op.padEnd(6)}  ${line.key}  ${line.id}  ${mark}`,
    ...(line.payload ? [`  ${line.payload}`] : []),
  ];
}
