import type { Command } from 'commander';
import { acting, type ActingOptions } from '../acting.js';
import { type ContractStatus, statusLines, statusOf, statusOfAll } from '../contract-status.js';
import { readEnvironment } from '../environment.js';
import { print, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  as?: string;
  role: string;
  key?: string;
}

export function contractStatus(parent: Command): void {
  parent
    .command('status [topic]')
    .description('where contracts stand: versions and, for who may see them, drafts and whom they await')
    .option('--as <system>', 'URN of a publisher or steward; without it there are no drafts to see')
    .option('--role <role>', 'role to ask in: steward or publisher', 'steward')
    .option('--key <file>', 'private key (default: the environment’s)')
    .option('--json', 'machine readable')
    .action(async (topic: string | undefined, { as, ...options }: Options) => {
      const { registry } = readEnvironment();
      const ask = async (lifecycle?: Parameters<typeof statusOfAll>[1]): Promise<ContractStatus[]> =>
        topic === undefined ? statusOfAll(registry, lifecycle) : [await statusOf(registry, topic, lifecycle)];
      const asking: ActingOptions | undefined = as === undefined ? undefined : { ...options, as };
      const all = asking ? await acting(asking, ({ lifecycle }) => ask(lifecycle)) : await ask();
      print(options, all, statusLines(all));
    });
}
