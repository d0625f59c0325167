import { pointerToken, pointerTokens } from '../json-pointer.js';
import { encodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { RULES, translatedTokens } from './draft07-keywords.js';

/** A schema in draft-07 and what of it draft-07 cannot say. */
export interface Draft07 {
  schema: SchemaObject | boolean;
  /** keywords that were left out, so that the translation accepts more: pointer into the source, and keyword */
  loosened: { pointer: string; keyword: string }[];
}

/** The schema has no translation of the same meaning, nor one that only accepts more. */
export class Untranslatable extends Error {}

const REFUSED = ['$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveAnchor', '$recursiveRef'];
/** Where a schema that accepts more may make the whole accept less. */
const INVERTING = new Set(['if', 'not', 'oneOf']);
const NOT_TRANSLATED = 'x-not-translated';

/**
 * Translates a flat schema of any later draft to draft-07. What draft-07 has no word for is left out and noted in
 * `x-not-translated` where that only makes the schema accept more.
 *
 * @param base what references get in front, where the result is not a document of its own: `#/components/schemas/…`
 * @throws Untranslatable
 */
export function toDraft07(root: SchemaObject | boolean, base = '#'): Draft07 {
  const translator = new Translator(root, base);
  return { schema: translator.run(), loosened: translator.loosened };
}

class Translator {
  readonly loosened: Draft07['loosened'] = [];
  private refersInverted = false;

  constructor(
    private readonly root: SchemaObject | boolean,
    private readonly base: string,
  ) {}

  run(): SchemaObject | boolean {
    const schema = this.translate(this.root, '', false);
    const [lost] = this.loosened;
    if (lost !== undefined && this.refersInverted) {
      throw new Untranslatable(
        `${lost.keyword} at "${lost.pointer}" cannot be left out: a reference below "not", "if" or "oneOf" may lead to it`,
      );
    }
    return schema;
  }

  private translate(source: unknown, pointer: string, isInverted: boolean): SchemaObject | boolean {
    if (!isObject(source)) return source as boolean;
    const refused = REFUSED.find((keyword) => Object.hasOwn(source, keyword));
    if (refused) throw new Untranslatable(`${refused} at "${pointer}" has no equal in draft-07`);
    const out: SchemaObject = {};
    const left: string[] = [];
    const loosen = (keyword: string) => {
      if (isInverted) {
        throw new Untranslatable(
          `${keyword} at "${pointer}" cannot be left out below "not", "if" or "oneOf"`,
        );
      }
      left.push(keyword);
      this.loosened.push({ pointer, keyword });
    };
    for (const [keyword, value] of Object.entries(source)) {
      const rule = RULES.get(keyword);
      if (rule === undefined) {
        out[keyword] = value;
        continue;
      }
      const at = pointer + pointerToken(keyword);
      const below = (schema: unknown, token = '') =>
        this.translate(schema, at + token, isInverted || INVERTING.has(keyword));
      rule(value, { source, out, below, loosen }, keyword);
    }
    if (typeof source['$ref'] === 'string') {
      this.refersInverted ||= isInverted;
      this.refer(source['$ref'], out);
    }
    const definitions = this.definitionsOf(source, pointer);
    if (definitions !== undefined) out['definitions'] = definitions;
    if (pointer === '' && this.base === '#') out['$schema'] = 'http://json-schema.org/draft-07/schema#';
    if (left.length > 0) out[NOT_TRANSLATED] = left;
    return out;
  }

  /** Draft-07 ignores whatever stands beside a `$ref`. */
  private refer(reference: string, out: SchemaObject): void {
    const pointer = reference.startsWith('#') ? decodeURIComponent(reference.slice(1)) : undefined;
    const tokens = pointer === undefined ? undefined : translatedTokens(this.root, pointerTokens(pointer));
    if (tokens === undefined) {
      throw new Untranslatable(
        `the reference "${reference.slice(0, 200)}" leads to no place that draft-07 has`,
      );
    }
    const $ref = this.base + encodeFragment(tokens.map(pointerToken).join(''));
    if (Object.keys(out).length === 0) out['$ref'] = $ref;
    else out['allOf'] = [...((out['allOf'] as unknown[] | undefined) ?? []), { $ref }];
  }

  private definitionsOf(source: SchemaObject, pointer: string): SchemaObject | undefined {
    const found = new Map<string, SchemaObject | boolean>();
    for (const keyword of ['$defs', 'definitions']) {
      for (const [name, schema] of Object.entries(source[keyword] ?? {})) {
        if (found.has(name)) {
          throw new Untranslatable(`"${name}" stands in both $defs and definitions at "${pointer}"`);
        }
        found.set(name, this.translate(schema, `${pointer}/${keyword}${pointerToken(name)}`, false));
      }
    }
    return found.size === 0 ? undefined : Object.fromEntries(found);
  }
}
