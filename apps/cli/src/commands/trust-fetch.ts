import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { fetchTrust } from '../trust.js';

export function trustFetch(parent: Command): void {
  parent
    .command('fetch')
    .description('fetch the keys of all systems and of the journal, to verify offline with')
    .option('--out <file>', 'write them there instead of printing them')
    .action(async (options: { out?: string }) => {
      const text = JSON.stringify(await fetchTrust(), null, 2) + '\n';
      if (options.out) writeFileSync(options.out, text);
      else process.stdout.write(text);
    });
}
