import type { Command } from 'commander';
import { acting, type ActingOptions, actingOptions } from '../acting.js';
import { language } from '../language.js';
import { LIFECYCLE_WORDS } from '../lifecycle-words.js';
import { EXIT, print, printable } from '../output.js';

interface Options extends ActingOptions {
  reason: string;
}

export function contractSendBack(parent: Command): void {
  actingOptions(parent.command('send-back <topic>').alias('reject'), 'steward')
    .description('send a draft back to its authors instead of approving it')
    .requiredOption('--reason <text>', 'what has to change')
    .action(async (topic: string, options: Options) => {
      const words = LIFECYCLE_WORDS[language()];
      await acting(options, async ({ lifecycle }) => {
        const draft = await lifecycle.draft(topic);
        if (draft === undefined) {
          process.stderr.write(`wasl: ${words.noDraft(printable(topic))}\n`);
          process.exitCode = EXIT.refused;
          return;
        }
        const done = await lifecycle.sendBack(topic, draft.revision, options.reason);
        print(options, done, [printable(words.returned(topic, done.editors.join(', ')))]);
      });
    });
}
