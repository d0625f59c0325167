import type { DeprecationNotice } from '#client';
import { type Language, language } from './language.js';
import { printable } from './output.js';

/** One line on the end of a version, and what to do. */
export function endingLine(notice: DeprecationNotice, spoken: Language = language()): string {
  const { topic, version, since, sunset, successor } = notice;
  return printable(
    SAID[spoken]({
      what: version === undefined ? topic : `${topic} (version ${version})`,
      since: since?.slice(0, 10),
      sunset: sunset?.slice(0, 10),
      instead:
        successor && `${successor.topic}${successor.version === undefined ? '' : ` v${successor.version}`}`,
      more: `wasl contract status ${topic}`,
    }),
  );
}

interface Said {
  what: string;
  since: string | undefined;
  sunset: string | undefined;
  instead: string | undefined;
  more: string;
}

const SAID: Record<Language, (said: Said) => string> = {
  fr: ({ what, since, sunset, instead, more }) =>
    [
      `${what} est déprécié${since ? ` depuis le ${since}` : ''}`,
      ...(sunset ? [`prend fin le ${sunset}`] : []),
      instead ? `passez à ${instead}` : `voyez ${more}`,
    ].join(' ; '),
  ar: ({ what, since, sunset, instead, more }) =>
    [
      `${what} مهجور${since ? ` منذ ${since}` : ''}`,
      ...(sunset ? [`ينتهي في ${sunset}`] : []),
      instead ? `انتقل إلى ${instead}` : `انظر ${more}`,
    ].join('؛ '),
  en: ({ what, since, sunset, instead, more }) =>
    [
      `${what} is deprecated${since ? ` since ${since}` : ''}`,
      ...(sunset ? [`it ends on ${sunset}`] : []),
      instead ? `move to ${instead}` : `see ${more}`,
    ].join('; '),
};
