import type { Command } from 'commander';
import { planContracts, type ProposedContract, proposeContracts } from '#client';
import { acting, type ActingOptions, actingOptions } from '../acting.js';
import { confirm } from '../confirm.js';
import { changesAnything, contractsIn, isBreaking, planLines } from '../contract-plans.js';
import { instantOf } from '../instant.js';
import { language } from '../language.js';
import { LIFECYCLE_WORDS } from '../lifecycle-words.js';
import { EXIT, print, printable, UsageError } from '../output.js';

interface Options extends ActingOptions {
  note?: string;
  sunset?: string;
  takeOver?: boolean;
  yes?: boolean;
}

export function contractPropose(parent: Command): void {
  actingOptions(parent.command('propose <folder>'), 'publisher')
    .description(
      'make a draft of each changed contract in a folder and submit it for review by somebody else; what is in force stays',
    )
    .option('--note <text>', 'for the reviewer: what changes and why')
    .option('--sunset <date>', 'last day of the major before, of contracts that are a new major: YYYY-MM-DD')
    .option('--take-over', 'replace drafts of others, too')
    .option('--yes', 'propose without asking')
    .action(async (folder: string, options: Options) => {
      const words = LIFECYCLE_WORDS[language()];
      const contracts = contractsIn(folder);
      const sunset = options.sunset === undefined ? undefined : instantOf(options.sunset);
      await acting(options, async ({ client, registry }) => {
        const plans = await planContracts(client, registry, contracts);
        process.stderr.write(planLines(plans).join('\n') + '\n');
        if (plans.some(isBreaking)) {
          process.stderr.write(`wasl: ${words.breaking}\n`);
          process.exitCode = EXIT.refused;
          return;
        }
        if (plans.some(changesAnything) && !options.yes) {
          if (!process.stdin.isTTY)
            throw new UsageError('Nothing was proposed: nobody to ask. Agree with --yes');
          if (!(await confirm(words.propose))) {
            process.stderr.write(`wasl: ${words.nothingDone}\n`);
            process.exitCode = EXIT.refused;
            return;
          }
        }
        const { note, takeOver, as: system } = options;
        const proposed = await proposeContracts(client, registry, contracts, plans, {
          note,
          sunset,
          takeOver,
          system,
        });
        print(options, proposed, proposalLines(proposed));
        if (proposed.some(({ outcome }) => outcome === 'taken' || outcome === 'sent-back'))
          process.exitCode = EXIT.refused;
      });
    });
}

function proposalLines(proposed: readonly ProposedContract[]): string[] {
  const words = LIFECYCLE_WORDS[language()];
  const told = proposed.filter(
    ({ outcome, governance }) => outcome !== 'unchanged' || governance !== 'unchanged',
  );
  const width = Math.max(0, ...told.map(({ topic }) => topic.length));
  const under = ' '.repeat(width + 4);
  const lines = told.flatMap(({ topic, outcome, governance, waitsFor = [], draft }) => {
    const editors = draft?.editors.join(', ') ?? '';
    const said = {
      submitted: words.submitted,
      'in-review': words.inReview,
      'sent-back': words.sentBack(draft?.sentBackBy ?? '', draft?.sentBackReason ?? ''),
      unchanged: words.unchanged,
      waits: words.waits(waitsFor.join(', ')),
      taken: words.taken(editors),
    }[outcome];
    const isAwaiting = outcome === 'submitted' || outcome === 'in-review';
    return [
      `  ${topic.padEnd(width)}  ${said}`,
      ...(isAwaiting ? [under + words.awaits(editors)] : []),
      ...(isAwaiting ? [under + words.next(`wasl contract approve ${topic} --as <steward>`)] : []),
      ...(governance === 'left' ? [under + words.governanceLeft] : []),
    ];
  });
  return lines.length > 0 ? lines.map(printable) : [words.nothingAwaits];
}
