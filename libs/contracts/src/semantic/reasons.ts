import { pointerToken, pointerTokens } from '../json-pointer.js';
import { itemsAt } from './array-rules.js';
import { hintFor, type Hint } from './hints.js';
import type { Cause } from './judge.js';
import { Knowledge } from './knowledge.js';
import { memberAt } from './object-rules.js';
import { homeOf } from '../references.js';
import { keyword, namedSubschemas, type Place, target } from './places.js';

export interface SemanticReason {
  /** backward: an instance of the previous version that the candidate refuses; forward: the converse */
  direction: 'backward' | 'forward';
  /** the previous version that is concerned */
  version: number;
  /** the schema that `pointer` points into: the previous one when the keyword was dropped */
  schema: 'candidate' | 'previous';
  pointer: string;
  /** where in a referenced schema the rule stands; `pointer` is then the way to it */
  reference?: { name: string; pointer: string };
  /** the keyword that refuses; `properties` for a property that only one of the two knows */
  rule: string;
  /** valid against the one, not against the other: checked by the validators */
  example?: unknown;
  hint: Hint;
}

/** What is known of the part of an instance at a pointer, branches apart. */
export function knowledgeAt(root: Place, at: string): Knowledge {
  let known = new Knowledge([root]);
  for (const token of pointerTokens(at)) {
    const isIndex = /^\d+$/.test(token) && known.types.has('array');
    const items = isIndex ? itemsAt(known, Number(token)) : [];
    known = new Knowledge(items.length > 0 ? items : memberAt(known, token));
  }
  return known;
}

/**
 * Says which keyword of which schema is behind a refusal.
 *
 * @param accepting root of the schema that accepts the instance
 * @param refusing root of the schema that refuses it
 */
export function reasonFor(cause: Cause, accepting: Place, refusing: Place, version: number): SemanticReason {
  const direction = refusing.graph.name === 'candidate' ? 'backward' : 'forward';
  const { place, pointer, rule, name } = ruleBehind(cause, accepting, refusing);
  const subject = { direction, version, rule, name: name ?? pointerTokens(pointer).at(-1) } as const;
  const where = { schema: place.graph.name, ...located(place, pointer, cause.at) };
  return { direction, version, ...where, rule, hint: hintFor(subject) };
}

interface Rule {
  /** root of the schema that the pointer is about */
  place: Place;
  pointer: string;
  rule: string;
  /** of a property that is concerned */
  name: unknown;
}

function ruleBehind(cause: Cause, accepting: Place, refusing: Place): Rule {
  const known = knowledgeAt(accepting, cause.at);
  const name = cause.parameters['additionalProperty'] ?? cause.parameters['unevaluatedProperty'];
  if (typeof name === 'string') {
    const declared = known.places.find((place) => namedSubschemas(place, 'properties').has(name));
    const pointer = `${declared?.pointer}/properties${pointerToken(name)}`;
    if (declared) return { place: accepting, pointer, rule: 'properties', name };
  }
  const rule = cause.isFalse ? 'false schema' : cause.keyword;
  const own = { pointer: cause.pointer + (cause.isFalse ? '' : `/${cause.keyword}`), rule };
  const subject = cause.parameters['missingProperty'] ?? name;
  const there =
    refusing.graph.name === 'previous' &&
    known.places.find((place) => keyword(place, cause.keyword) !== undefined);
  if (!there) return { place: refusing, ...own, name: subject };
  return { place: accepting, pointer: `${there.pointer}/${cause.keyword}`, rule, name: subject };
}

/** A pointer into a referenced schema as that, and where the schema itself refers to it. */
function located(root: Place, pointer: string, at: string): Pick<SemanticReason, 'pointer' | 'reference'> {
  const { homes } = root.graph;
  const home = homeOf(pointer, homes);
  if (home === '') return { pointer };
  const reference = { name: homes.get(home)!, pointer: pointer.slice(home.length) };
  const tokens = pointerTokens(at);
  for (let length = tokens.length; length >= 0; length -= 1) {
    const outer = tokens.slice(0, length).map(pointerToken).join('');
    const link = knowledgeAt(root, outer).places.find((place) => {
      const referred = target(place)?.pointer;
      return referred !== undefined && homeOf(place.pointer, homes) === '' && homeOf(referred, homes) !== '';
    });
    if (link) return { pointer: `${link.pointer}/$ref`, reference };
  }
  return { pointer: '', reference };
}

/** Reasons of one key tell the same. */
export function reasonKey({ pointer, reference, rule }: SemanticReason): string {
  return [pointer, reference?.name, reference?.pointer, rule].join(' ');
}
