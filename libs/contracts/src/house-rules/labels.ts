import { isObject } from '../schema-walk.js';

const LANGUAGES = ['fr', 'ar', 'en'] as const;

const MAX_LABEL = 200;
const SCRIPT = { fr: /\p{Script=Latin}/u, ar: /\p{Script=Arabic}/u, en: /\p{Script=Latin}/u };

/** What is wrong with texts in the three languages; `at` is the pointer below them. */
export function labelProblems(texts: unknown, maxLength = MAX_LABEL): { at: string; message: string }[] {
  if (!isObject(texts)) return [{ at: '', message: `no labels in ${LANGUAGES.join(', ')}` }];
  return LANGUAGES.flatMap((language) => {
    const text = Object.hasOwn(texts, language) ? texts[language] : undefined;
    if (typeof text !== 'string' || text.trim() === '')
      return [{ at: '', message: `no label in ${language}` }];
    if (text.length > maxLength)
      return [{ at: `/${language}`, message: `longer than ${maxLength} characters` }];
    // Codes such as "NIN" or "2024" are the same in every script.
    const isCode = /^[\p{Lu}\p{N}\p{P}\p{S}\s]+$/u.test(text);
    if (isCode || SCRIPT[language].test(text)) return [];
    return [{ at: `/${language}`, message: `the label in ${language} is in another script` }];
  });
}
