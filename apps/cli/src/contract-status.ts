import type { ContractDraft, ContractLifecycle, ContractVersion } from '#client';
import { type Language, language } from './language.js';
import { LIFECYCLE_WORDS } from './lifecycle-words.js';
import { printable } from './output.js';
import { getOpenly } from './trust.js';

/** Where a contract stands: its versions, and the draft of the next one if the asker may see it. */
export interface ContractStatus {
  topic: string;
  versions: ContractVersion[];
  draft?: ContractDraft;
}

const PAGE = 500;
const AT_ONCE = 8;

/** @param lifecycle of who asks; without it there are no drafts to see */
export async function statusOf(
  registry: string,
  topic: string,
  lifecycle?: ContractLifecycle,
): Promise<ContractStatus> {
  const path = `/v1/contracts/${encodeURIComponent(topic)}`;
  const { versions } = await getOpenly<{ versions: ContractVersion[] }>(registry, path);
  const draft = await lifecycle?.draft(topic);
  return { topic, versions, ...(draft && { draft }) };
}

/** Of all contracts, in order of topics. */
export async function statusOfAll(
  registry: string,
  lifecycle?: ContractLifecycle,
): Promise<ContractStatus[]> {
  const topics: string[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const query = new URLSearchParams({ after, limit: String(PAGE) });
    const page: { items: { topic: string }[]; next?: string } = await getOpenly(
      registry,
      `/v1/contracts?${query.toString()}`,
    );
    topics.push(...page.items.map(({ topic }) => topic));
    after = page.next;
  }
  const all: ContractStatus[] = [];
  for (let at = 0; at < topics.length; at += AT_ONCE) {
    const some = topics.slice(at, at + AT_ONCE);
    all.push(...(await Promise.all(some.map((topic) => statusOf(registry, topic, lifecycle)))));
  }
  return all;
}

/** A line a version and a draft, columns lined up; then what awaits whom. */
export function statusLines(all: readonly ContractStatus[], spoken: Language = language()): string[] {
  const words = LIFECYCLE_WORDS[spoken];
  const { topic, version, state, since, until, by } = words.columns;
  const rows = all.flatMap((one) => [
    ...one.versions.map((entry) => [
      ...[one.topic, String(entry.version), words.states[entry.status]],
      ...[day(entry.since), day(entry.sunset), entry.approvedBy ?? '–'],
    ]),
    ...(one.draft ? [draftRow(one.draft, words.states[one.draft.status])] : []),
  ]);
  const waiting = all.filter(({ draft }) => draft?.status === 'in-review');
  return [
    ...table([[topic, version, state, since, until, by], ...rows]),
    ...waiting.flatMap(({ topic: name, draft }) => [
      printable(`${name} ${words.awaits(draft!.editors.join(', '))}`),
      printable(words.next(`wasl contract approve ${name} --as <steward>`)),
    ]),
  ];
}

/** Lines with columns as wide as their widest text; the last one is not filled up. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    printable(row.map((text, column) => text.padEnd(widths[column]!)).join('  ')).trimEnd(),
  );
}

function draftRow({ topic, editors, sentBackBy }: ContractDraft, state: string): string[] {
  return [
    topic,
    '–',
    state,
    '–',
    '–',
    sentBackBy === undefined ? editors.join(', ') : `${editors.join(', ')} ← ${sentBackBy}`,
  ];
}

function day(instant: string | undefined): string {
  return instant === undefined ? '–' : instant.slice(0, 10);
}
