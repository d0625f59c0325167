import { ASSERTED_FORMATS } from '../formats.js';
import { boundsOf, impliesBound, sizesOf } from './bounds.js';
import type { Knowledge } from './knowledge.js';
import { isListed, valuesOf } from './knowledge.js';
import { keyword, numberOf, type Place } from './places.js';
import { namedTypes } from './values.js';

/** The types, and what a place says of numbers and strings alone, follow from what is known. */
export function impliesScalars(known: Knowledge, asked: Place): boolean {
  return (
    impliesType(known, asked) &&
    impliesValues(known, asked) &&
    (!hasNumbers(known) || (impliesBounds(known, asked) && impliesMultiple(known, asked))) &&
    (!known.types.has('string') || impliesText(known, asked))
  );
}

function impliesType(known: Knowledge, asked: Place): boolean {
  const types = namedTypes(keyword(asked, 'type'));
  return [...known.types].every((type) => types.has(type));
}

function impliesValues(known: Knowledge, asked: Place): boolean {
  for (const name of ['const', 'enum']) {
    const value = keyword(asked, name);
    if (value === undefined) continue;
    const allowed = name === 'const' ? [value] : (value as unknown[]);
    if (!known.places.some((place) => valuesOf(place)?.every((item) => isListed(item, allowed))))
      return false;
  }
  return true;
}

function hasNumbers(known: Knowledge): boolean {
  return known.types.has('integer') || known.types.has('fraction');
}

function impliesBounds(known: Knowledge, asked: Place): boolean {
  const integers = !known.types.has('fraction');
  return (['minimum', 'maximum'] as const).every((side) =>
    boundsOf(asked, side).every((bound) =>
      known.places.some((place) =>
        boundsOf(place, side).some((have) => impliesBound(have, bound, side, integers)),
      ),
    ),
  );
}

function impliesMultiple(known: Knowledge, asked: Place): boolean {
  const step = numberOf(asked, 'multipleOf');
  if (step === undefined || (step === 1 && !known.types.has('fraction'))) return true;
  return known
    .numbers((place) => numberOf(place, 'multipleOf'))
    .some((have) => have === step || (Number.isSafeInteger(step) && Number.isSafeInteger(have / step)));
}

/** `contentEncoding` and its kind are compared too: who reads the text decodes it as its own version says. */
const CONTENT = ['contentEncoding', 'contentMediaType'];

function impliesText(known: Knowledge, asked: Place): boolean {
  const [least, most] = sizesOf(known, 'Length');
  if (least < (numberOf(asked, 'minLength') ?? 0) || most > (numberOf(asked, 'maxLength') ?? Infinity))
    return false;
  const states = (name: string, value: unknown): boolean =>
    known.places.some((place) => keyword(place, name) === value);
  const pattern = keyword(asked, 'pattern');
  if (pattern !== undefined && !states('pattern', pattern)) return false;
  const format = keyword(asked, 'format');
  if (isAsserted(format) && !states('format', format)) return false;
  return CONTENT.every((name) => keyword(asked, name) === undefined || states(name, keyword(asked, name)));
}

export function isAsserted(format: unknown): boolean {
  return (ASSERTED_FORMATS as readonly unknown[]).includes(format);
}
