import type { Command } from 'commander';
import { type ContractDraft, type ContractPlan, planDraft } from '#client';
import { acting, type ActingOptions, actingOptions } from '../acting.js';
import { confirm } from '../confirm.js';
import { planLines } from '../contract-plans.js';
import { statusLines, statusOf } from '../contract-status.js';
import { language } from '../language.js';
import { LIFECYCLE_WORDS } from '../lifecycle-words.js';
import { EXIT, print, printable, UsageError } from '../output.js';

interface Options extends ActingOptions {
  yes?: boolean;
}

export function contractApprove(parent: Command): void {
  actingOptions(parent.command('approve <topic>'), 'steward')
    .description(
      'show what a draft would change and for whom, then make it the newest version of its contract',
    )
    .option('--yes', 'approve without asking')
    .action(async (topic: string, options: Options) => {
      const words = LIFECYCLE_WORDS[language()];
      await acting(options, async ({ client, registry, lifecycle }) => {
        const { draft, versions } = await statusOf(registry, topic, lifecycle);
        if (draft === undefined) {
          const done = versions.findLast(({ approvedBy }) => approvedBy === options.as);
          if (done === undefined || done !== versions.at(-1)) {
            process.stderr.write(`wasl: ${words.noDraft(printable(topic))}\n`);
            process.exitCode = EXIT.refused;
          } else print(options, done, [words.approved(topic, done.version, done.approvedBy!)]);
          return;
        }
        process.stderr.write(readingLines(draft, await planDraft(client, registry, draft)).join('\n') + '\n');
        if (!options.yes) {
          if (!process.stdin.isTTY)
            throw new UsageError('Nothing was approved: nobody to ask. Agree with --yes');
          if (!(await confirm(words.approve))) {
            process.stderr.write(`wasl: ${words.nothingDone}\n`);
            process.exitCode = EXIT.refused;
            return;
          }
        }
        // The revision that was shown: one that was saved meanwhile is refused.
        const done = await lifecycle.approve(topic, draft.revision);
        print(options, done, [
          words.approved(topic, done.version, done.approvedBy ?? options.as),
          ...statusLines([await statusOf(registry, topic)]),
        ]);
      });
    });
}

function readingLines({ editors, note, replaces }: ContractDraft, plan: ContractPlan): string[] {
  const words = LIFECYCLE_WORDS[language()];
  return [
    ...planLines([plan]).slice(0, -1),
    ...[
      words.draftOf(editors.join(', ')),
      ...(note === undefined ? [] : [words.note(note)]),
      ...(replaces === undefined ? [] : [words.replaces(replaces.topic, replaces.sunset.slice(0, 10))]),
    ].map((line) => `  ${printable(line)}`),
  ];
}
