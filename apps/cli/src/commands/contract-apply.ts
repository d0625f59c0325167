import type { Command } from 'commander';
import { type AppliedContract, applyContracts, planContracts } from '#client';
import { confirm } from '../confirm.js';
import { changesAnything, contractsIn, isBreaking, planLines } from '../contract-plans.js';
import { clientFor, readEnvironment, type Identity } from '../environment.js';
import { EXIT, print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions, Identity {
  role: string;
  yes?: boolean;
}

export function contractApply(parent: Command): void {
  parent
    .command('apply <folder>')
    .description(
      'publish a folder of contract files after showing the plan; what is published already is left alone',
    )
    .requiredOption('--as <system>', 'URN of a publisher that owns the contracts, or of a steward')
    .option('--role <role>', 'role to act in: steward or publisher', 'steward')
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--yes', 'publish without asking')
    .option('--json', 'machine readable: what was done, on standard output; the plan on standard error')
    .action(async (folder: string, options: Options) => {
      const contracts = contractsIn(folder);
      const { registry } = readEnvironment();
      const client = clientFor(options, [options.role]);
      try {
        const plans = await planContracts(client, registry, contracts);
        process.stderr.write(planLines(plans).join('\n') + '\n');
        if (plans.some(isBreaking)) {
          process.stderr.write('wasl: nothing was published: a breaking change needs a new major version\n');
          process.exitCode = EXIT.refused;
          return;
        }
        if (plans.some(changesAnything) && !(await isAgreed(options))) {
          process.stderr.write('wasl: nothing was published\n');
          process.exitCode = EXIT.refused;
          return;
        }
        const progress = (applied: AppliedContract) => {
          if (!options.json) process.stdout.write(`${lineOf(applied)}\n`);
        };
        const applied = await applyContracts(client, registry, contracts, progress);
        print(options, applied, [`${applied.length} contracts.`]);
      } finally {
        await client.close();
      }
    });
}

async function isAgreed({ yes }: Options): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new UsageError('Nothing was published: nobody to ask. Agree with --yes');
  return confirm('Publish?');
}

function lineOf({ topic, governance, schema, version }: AppliedContract): string {
  return `  ${topic.padEnd(28)} governance ${governance}, schema ${schema} (version ${version})`;
}
