import type { Language } from './language.js';

interface PlanWords {
  first: string;
  unchanged: string;
  version: (number: number | undefined) => string;
  compatible: (version: string) => string;
  warned: (version: string) => string;
  breaking: string;
  unknown: string;
  governance: string;
  follows: (topics: string) => string;
  example: (json: string) => string;
  received: (systems: string) => string;
  more: (count: number) => string;
  offer: (topic: string, day: string) => string;
  summary: (all: number, changed: number, breaking: number) => string;
}

/** What a plan says to people. */
export const PLAN_WORDS: Record<Language, PlanWords> = {
  fr: {
    first: 'nouveau',
    unchanged: 'inchangé',
    version: (number) => (number === undefined ? 'nouvelle version' : `version ${number}`),
    compatible: (version) => `${version}, compatible`,
    warned: (version) => `${version}, compatible avec avertissements`,
    breaking: 'incompatible',
    unknown: 'nouvelle version, jugée à sa publication',
    governance: 'gouvernance modifiée',
    follows: (topics) => `renvoie au nouveau ${topics}`,
    example: (json) => `par exemple ${json}`,
    received: (systems) => `reçu par ${systems}`,
    more: (count) => `… et ${count} autres raisons (--json)`,
    offer: (topic, day) => `publiez-le plutôt comme ${topic} ; celui-ci pourrait prendre fin le ${day}`,
    summary: (all, changed, breaking) =>
      `${all} contrat${all > 1 ? 's' : ''} : ${changed} à publier, ${breaking} incompatible${breaking > 1 ? 's' : ''}.`,
  },
  ar: {
    first: 'جديد',
    unchanged: 'دون تغيير',
    version: (number) => (number === undefined ? 'نسخة جديدة' : `النسخة ${number}`),
    compatible: (version) => `${version}، متوافقة`,
    warned: (version) => `${version}، متوافقة مع تنبيهات`,
    breaking: 'غير متوافق',
    unknown: 'نسخة جديدة يُحكم عليها عند نشرها',
    governance: 'تغيّرت الحوكمة',
    follows: (topics) => `يحيل إلى الجديد من ${topics}`,
    example: (json) => `مثلا ${json}`,
    received: (systems) => `يتلقاه ${systems}`,
    more: (count) => `… و${count} من الأسباب الأخرى (--json)`,
    offer: (topic, day) => `انشره بدلا من ذلك باسم ${topic}؛ ويمكن أن ينتهي هذا في ${day}`,
    summary: (all, changed, breaking) =>
      `العقود: ${all}، المطلوب نشره: ${changed}، غير المتوافق: ${breaking}.`,
  },
  en: {
    first: 'new',
    unchanged: 'unchanged',
    version: (number) => (number === undefined ? 'new version' : `version ${number}`),
    compatible: (version) => `${version}, compatible`,
    warned: (version) => `${version}, compatible with warnings`,
    breaking: 'breaking',
    unknown: 'new version, judged when it is published',
    governance: 'governance changed',
    follows: (topics) => `refers to the new ${topics}`,
    example: (json) => `for example ${json}`,
    received: (systems) => `received by ${systems}`,
    more: (count) => `… and ${count} more reasons (--json)`,
    offer: (topic, day) => `publish it as ${topic} instead; this one could end on ${day}`,
    summary: (all, changed, breaking) =>
      `${all} contract${all === 1 ? '' : 's'}: ${changed} to publish, ${breaking} breaking.`,
  },
};
