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
  'ma-ice',
] as const;

const LONGEST = 320;

const isDate = checkOf(fullFormats.date);

/** Own checks where the library accepts more or less than the RFC, and of formats that it does not know. */
const CHECKS: Record<(typeof ASSERTED_FORMATS)[number], (text: string) => boolean> = {
  date: isDate,
  'date-time': isDateTime,
  time: isTime,
  duration: isDuration,
  uuid: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  email: checkOf(fullFormats.email),
  ipv4: checkOf(fullFormats.ipv4),
  ipv6: checkOf(fullFormats.ipv6),
  'ma-ice': isMoroccanEnterpriseIdentifier,
};

/** The checks behind a length bound, so that none of their patterns ever sees a long text. */
export const assertedFormats: Record<string, Format> = Object.fromEntries(
  ASSERTED_FORMATS.map((name) => [name, (text: string) => text.length <= LONGEST && CHECKS[name](text)]),
);

function checkOf(format: Format): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return format;
  const validate = (format as { validate: RegExp | ((text: string) => boolean) }).validate;
  return validate instanceof RegExp ? (text) => validate.test(text) : validate;
}

/** Identifiant commun de l'entreprise: 15 digits, of which the last two make the whole number a multiple of 97. */
function isMoroccanEnterpriseIdentifier(text: string): boolean {
  return /^[0-9]{15}$/.test(text) && Number(text) % 97 === 0;
}

/** RFC 3339 §5.6: date-time. */
function isDateTime(text: string): boolean {
  return /^.{10}t/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

/** RFC 3339 §5.6: full-time; second 60 at the end of a day in UTC only. */
function isTime(text: string): boolean {
  const parts = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))$/i.exec(text);
  if (!parts) return false;
  const [hour, minute, second, offsetHour, offsetMinute] = [1, 2, 3, 5, 6].map((at) =>
    Number(parts[at] ?? 0),
  ) as [number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  const offset = (offsetHour * 60 + offsetMinute) * (parts[4] === '-' ? -1 : 1);
  return (hour * 60 + minute - offset + 2 * 1440) % 1440 === 1439;
}

/** RFC 3339 appendix A: no unit is left out between two others. */
function isDuration(text: string): boolean {
  return /^P(?:\d+W|(?=[T\d])(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/.test(
    text,
  );
}
