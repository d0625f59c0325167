import type { Command } from 'commander';
import { type ActingOptions, actingOptions } from '../acting.js';
import { instantOf } from '../instant.js';
import { UsageError } from '../output.js';
import { actOnVersion } from '../version-act.js';

interface Options extends ActingOptions {
  sunset: string;
  successor?: string;
}

export function contractDeprecate(parent: Command): void {
  actingOptions(parent.command('deprecate <topic> <version>'), 'publisher')
    .description('announce the end of a version: whoever publishes or receives it is told at each call')
    .requiredOption('--sunset <date>', 'its last day, YYYY-MM-DD; by its owner at least 30 days ahead')
    .option('--successor <topic[@version]>', 'what to use instead')
    .action((topic: string, version: string, options: Options) =>
      actOnVersion(
        topic,
        version,
        {
          act: 'deprecate',
          sunset: instantOf(options.sunset),
          ...(options.successor === undefined ? {} : { successor: successorOf(options.successor) }),
        },
        options,
      ),
    );
}

function successorOf(text: string): { topic: string; version?: number } {
  const [, topic, version] = /^([^@]+)(?:@([1-9]\d{0,9}))?$/.exec(text) ?? [];
  if (topic === undefined)
    throw new UsageError(`--successor is a topic, or <topic>@<version> (got "${text}")`);
  return { topic, ...(version === undefined ? {} : { version: Number(version) }) };
}
