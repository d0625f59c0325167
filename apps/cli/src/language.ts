export type Language = 'fr' | 'ar' | 'en';

/** Language that people are spoken to in: WASL_LANG, else the terminal's, else French. */
export function language(env: Record<string, string | undefined> = process.env): Language {
  const wanted = [env['WASL_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(Boolean) ?? '';
  return (['fr', 'ar', 'en'] as const).find((one) => wanted.toLowerCase().startsWith(one)) ?? 'fr';
}
