export const LANGUAGES = ['fr', 'ar', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Best of the three languages for an Accept-Language header (RFC 9110 §12.5.4); French unless asked otherwise. */
export function chooseLanguage(acceptLanguage: string | undefined): Language {
  let best: Language = 'fr';
  let bestWeight = 0;
  for (const item of (acceptLanguage ?? '').slice(0, 256).split(',')) {
    const [range = '', ...parameters] = item.trim().toLowerCase().split(';');
    const language = LANGUAGES.find((candidate) => range === candidate || range.startsWith(`${candidate}-`));
    const weight = weightOf(parameters);
    if (language && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

function weightOf(parameters: string[]): number {
  const q = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='));
  if (q === undefined) return 1;
  const weight = Number(q.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
