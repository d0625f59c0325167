import type { Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';

/** `format` values that are asserted; any other is an annotation. */
export const ASSERTED_FORMATS = [
  'date',
  'date-time',
  'time',
  'duration',
  'uuid',
  'email',
  'ipv4',
  'ipv6',
] as const;

const LONGEST = 320;

/** The library's own checks behind a length bound, so that none of its patterns ever sees a long text. */
export const assertedFormats: Record<string, Format> = Object.fromEntries(
  ASSERTED_FORMATS.map((name) => {
    const check = checkOf(fullFormats[name]);
    return [name, (text: string) => text.length <= LONGEST && check(text)];
  }),
);

function checkOf(format: Format): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return format;
  const validate = (format as { validate: RegExp | ((text: string) => boolean) }).validate;
  return validate instanceof RegExp ? (text) => validate.test(text) : validate;
}
