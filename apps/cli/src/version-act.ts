import type { VersionAct } from '#client';
import { acting, type ActingOptions } from './acting.js';
import { statusLines, statusOf } from './contract-status.js';
import { language } from './language.js';
import { LIFECYCLE_WORDS } from './lifecycle-words.js';
import { print, UsageError } from './output.js';

/** Does something to a version of a contract, then shows where the contract stands. */
export async function actOnVersion(
  topic: string,
  numberText: string,
  act: VersionAct,
  options: ActingOptions,
): Promise<void> {
  if (!/^[1-9]\d{0,9}$/.test(numberText))
    throw new UsageError(`a version is a whole number from 1 (got "${numberText}")`);
  const words = LIFECYCLE_WORDS[language()];
  await acting(options, async ({ registry, lifecycle }) => {
    const done = await lifecycle.act(topic, Number(numberText), act);
    print(options, done, [
      words.is(topic, done.version, words.states[done.status]),
      ...statusLines([await statusOf(registry, topic)]),
    ]);
  });
}
