import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { v7 } from 'uuid';
import { clientFor, type Identity } from '../environment.js';
import { EXIT, print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  topic: string;
  contractVersion: string;
  recordKey: string;
  id?: string;
  delete?: boolean;
}

export function publish(parent: Command): void {
  parent
    .command('publish [file]')
    .description('sign a payload and publish it; prints the receipt')
    .requiredOption('--as <system>', 'URN of the sending system')
    .requiredOption('--topic <topic>', 'such as territory.unit.v1')
    .requiredOption('--record-key <key>', 'key of the record: messages of one key keep their order')
    .option('--contract-version <n>', 'version of the contract', '1')
    .option('--id <uuid>', 'message id; give the same one to retry safely (default: a new UUIDv7)')
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--delete', 'publish the deletion of the record instead of a payload')
    .option('--json', 'machine readable')
    .action(async (file: string | undefined, options: Options) => {
      if (Boolean(file) === Boolean(options.delete)) throw new UsageError('Give either a file or --delete');
      if (file && !existsSync(file)) throw new UsageError(`No file ${file}`);
      const version = Number(options.contractVersion);
      if (!Number.isInteger(version) || version < 1)
        throw new UsageError('--contract-version is a whole number from 1');
      const client = clientFor(options, ['publisher']);
      try {
        const result = await client.publish({
          id: options.id ?? v7(),
          topic: options.topic,
          version,
          op: options.delete ? 'delete' : 'put',
          key: options.recordKey,
          payload: file ? readFileSync(file) : Buffer.alloc(0),
          cty: 'application/json',
        });
        if (result.status === 'rejected') {
          process.exitCode = EXIT.refused;
          const { problem } = result;
          print(options, problem, [
            `Refused: ${problem.code}: ${problem.detail}`,
            ...(problem.errors ?? []).map(({ pointer, rule }) => `  ${pointer || '/'}  ${rule}`),
            `What to do: docs/errors.md#${problem.code}`,
          ]);
          return;
        }
        process.stdout.write(JSON.stringify(result.receipt, null, options.json ? 0 : 2) + '\n');
      } finally {
        await client.close();
      }
    });
}
