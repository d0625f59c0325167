import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { getTextOpenly } from '../trust.js';
import { readEnvironment } from '../environment.js';
import { UsageError } from '../output.js';

const FORMATS = ['odcs', 'asyncapi', 'json-schema', 'typescript'];

interface Options {
  format: string;
  version?: string;
  out?: string;
}

export function contractExport(parent: Command): void {
  parent
    .command('export <topic>')
    .description(
      'a published contract, or with a member’s URN all of its topics (asyncapi), in a format of others',
    )
    .requiredOption('--format <format>', FORMATS.join(', '))
    .option('--version <number>', 'version of the schema (default: the newest)')
    .option('--out <file>', 'write it there instead of printing it')
    .action(async (topic: string, { format, version, out }: Options) => {
      if (!FORMATS.includes(format))
        throw new UsageError(`--format is ${FORMATS.join(', ')} (got "${format}")`);
      const isMember = topic.startsWith('urn:wasl:');
      const query = new URLSearchParams({ format, ...(isMember ? { owner: topic } : {}) });
      if (version !== undefined) query.set('version', version);
      const place = isMember ? 'export' : `${encodeURIComponent(topic)}/export`;
      const text = await getTextOpenly(
        readEnvironment().registry,
        `/v1/contracts/${place}?${query.toString()}`,
      );
      if (out === undefined) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
      else writeFileSync(out, text);
    });
}
