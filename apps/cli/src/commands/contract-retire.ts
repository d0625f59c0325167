import type { Command } from 'commander';
import { type ActingOptions, actingOptions } from '../acting.js';
import { actOnVersion } from '../version-act.js';

interface Options extends ActingOptions {
  reason?: string;
}

export function contractRetire(parent: Command): void {
  actingOptions(parent.command('retire <topic> <version>'), 'publisher')
    .description('end a version whose last day is over: nothing can be published under it any more')
    .option('--reason <text>', 'why before its last day; takes a steward')
    .action((topic: string, version: string, options: Options) =>
      actOnVersion(
        topic,
        version,
        { act: 'retire', ...(options.reason === undefined ? {} : { reason: options.reason }) },
        options,
      ),
    );
}
