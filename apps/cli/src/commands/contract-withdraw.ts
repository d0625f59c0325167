import type { Command } from 'commander';
import { acting, type ActingOptions, actingOptions } from '../acting.js';
import { language } from '../language.js';
import { LIFECYCLE_WORDS } from '../lifecycle-words.js';
import { print, printable } from '../output.js';

export function contractWithdraw(parent: Command): void {
  actingOptions(parent.command('withdraw <topic>'), 'publisher')
    .description('discard the draft of a contract; what is in force stays')
    .action(async (topic: string, options: ActingOptions) => {
      const words = LIFECYCLE_WORDS[language()];
      await acting(options, async ({ lifecycle }) => {
        const draft = await lifecycle.draft(topic);
        if (draft) await lifecycle.discard(topic, draft.revision);
        const said = draft ? words.withdrawn(printable(topic)) : words.noDraft(printable(topic));
        print(options, { topic, withdrawn: draft !== undefined }, [said]);
      });
    });
}
