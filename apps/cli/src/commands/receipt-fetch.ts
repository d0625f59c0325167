import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { clientFor, type Identity } from '../environment.js';
import type { OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  sender?: string;
  out?: string;
  role: string;
}

export function receiptFetch(parent: Command): void {
  parent
    .command('fetch <message-id>')
    .description('fetch the receipt of a message with its inclusion proof from the journal')
    .requiredOption('--as <system>', 'URN of the asking system: a party of the exchange or an auditor')
    .option('--sender <system>', 'URN of the sender (default: the asking system)')
    .option(
      '--role <role>',
      'role to ask with; a consumer or an auditor says so: publisher, consumer or auditor',
      'publisher',
    )
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--out <file>', 'write the receipt there instead of printing it')
    .action(async (id: string, options: Options) => {
      const client = clientFor(options, [options.role]);
      try {
        const receipt = await client.receipt(id, options.sender ?? options.as);
        const text = JSON.stringify(receipt, null, 2) + '\n';
        if (options.out) writeFileSync(options.out, text);
        else process.stdout.write(text);
      } finally {
        await client.close();
      }
    });
}
