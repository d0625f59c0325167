import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { applyContract, type AppliedContract } from '#client';
import { readContracts } from '#contracts';
import { clientFor, readEnvironment, type Identity } from '../environment.js';
import { print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  role: string;
}

export function contractApply(parent: Command): void {
  parent
    .command('apply <folder>')
    .description('publish a folder of contract files; what is published already is left alone')
    .requiredOption('--as <system>', 'URN of a publisher that owns the contracts, or of a steward')
    .option('--role <role>', 'role to act in: steward or publisher', 'steward')
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--json', 'machine readable')
    .action(async (folder: string, options: Options) => {
      if (!existsSync(folder)) throw new UsageError(`No folder ${folder}`);
      const { registry } = readEnvironment();
      const client = clientFor(options, [options.role]);
      const applied: AppliedContract[] = [];
      try {
        for (const contract of readContracts(folder))
          applied.push(await applyContract(client, registry, contract));
      } finally {
        await client.close();
      }
      print(options, applied, [
        ...applied.map(
          ({ topic, governance, schema, version }) =>
            `  ${topic.padEnd(28)} governance ${governance}, schema ${schema} (version ${version})`,
        ),
        `${applied.length} contracts.`,
      ]);
    });
}
