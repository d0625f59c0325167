/** A name in the three languages of the platform. */
export interface Names {
  fr: string;
  ar: string;
  en: string;
}

export const NAMES_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['fr', 'ar', 'en'],
  properties: {
    fr: { type: 'string', minLength: 1, maxLength: 200 },
    ar: { type: 'string', minLength: 1, maxLength: 200 },
    en: { type: 'string', minLength: 1, maxLength: 200 },
  },
} as const;
