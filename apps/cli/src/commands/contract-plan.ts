import type { Command } from 'commander';
import { planContracts } from '#client';
import { contractsIn, isBreaking, planLines } from '../contract-plans.js';
import { clientFor, readEnvironment, type Identity } from '../environment.js';
import { EXIT, print, type OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  role: string;
}

export function contractPlan(parent: Command): void {
  parent
    .command('plan <folder>')
    .description(
      'say what applying a folder of contract files would change, break and affect; writes nothing',
    )
    .requiredOption('--as <system>', 'URN of a publisher that owns the contracts, or of a steward')
    .option('--role <role>', 'role to act in: steward or publisher', 'steward')
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--json', 'machine readable')
    .action(async (folder: string, options: Options) => {
      const contracts = contractsIn(folder);
      const { registry } = readEnvironment();
      const client = clientFor(options, [options.role]);
      try {
        const plans = await planContracts(client, registry, contracts);
        print(options, plans, planLines(plans));
        if (plans.some(isBreaking)) process.exitCode = EXIT.refused;
      } finally {
        await client.close();
      }
    });
}
