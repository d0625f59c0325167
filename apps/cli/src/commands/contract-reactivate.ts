import type { Command } from 'commander';
import { type ActingOptions, actingOptions } from '../acting.js';
import { actOnVersion } from '../version-act.js';

export function contractReactivate(parent: Command): void {
  actingOptions(parent.command('reactivate <topic> <version>'), 'steward')
    .description(
      'take a deprecation or retirement back, or roll back: the content of the version is the newest again',
    )
    .action((topic: string, version: string, options: ActingOptions) =>
      actOnVersion(topic, version, { act: 'reactivate' }, options),
    );
}
