/** A draft as the suite names its folders. */
export type Draft = 'draft4' | 'draft6' | 'draft7' | 'draft2019-09' | 'draft2020-12';

const MODERN: Draft[] = ['draft2019-09', 'draft2020-12'];
const OLD: Draft[] = ['draft4', 'draft6', 'draft7'];
const ALL: Draft[] = [...OLD, ...MODERN];

/**
 * Where the validator differs from the suite, and why. "file › group" is a schema that is refused, "file › group › test"
 * a verdict that is another one. docs/json-schema.md repeats the reasons.
 */
export const DIFFERENCES: { reason: string; cases: [name: string, drafts: Draft[]][] }[] = [
  {
    reason: 'The meta-schemas are no registered schemas, so nothing may refer to them.',
    cases: [
      ['definitions.json › validate definition against metaschema', OLD],
      ['ref.json › remote ref, containing refs itself', ALL],
      ['defs.json › validate definition against metaschema', MODERN],
    ],
  },
  {
    reason: '`multipleOf` is judged to nine decimal places in binary floating point.',
    cases: [
      [
        'multipleOf.json › float division = inf › invalid, but naive implementations may raise an overflow error',
        ['draft4'],
      ],
      [
        'multipleOf.json › float division = inf › always invalid, but naive implementations may raise an overflow error',
        ['draft6', 'draft7', 'draft2019-09', 'draft2020-12'],
      ],
    ],
  },
  {
    reason: '1.0 and 1 are one number in JSON as JavaScript reads it.',
    cases: [
      [
        'optional/zeroTerminatedFloats.json › some languages do not distinguish between different types of numeric value › a float is not an integer even without fractional part',
        ['draft4'],
      ],
    ],
  },
  {
    reason: 'The member name `__proto__` is refused in schemas and payloads.',
    cases: [['properties.json › properties whose names are Javascript object property names', ALL]],
  },
  {
    reason:
      '`uniqueItems` on arrays or objects needs `maxItems` of at most 1,000: each item is compared with each.',
    cases: [
      ['uniqueItems.json › uniqueItems validation', ALL],
      ['uniqueItems.json › uniqueItems with an array of items', ALL],
      ['uniqueItems.json › uniqueItems with an array of items and additionalItems=false', ALL],
    ],
  },
  {
    reason: '`contentEncoding` and `contentMediaType` are annotations.',
    cases: [
      [
        'optional/content.json › validation of binary string-encoding › an invalid base64 string (% is not a valid character)',
        ['draft7'],
      ],
      [
        'optional/content.json › validation of binary-encoded media type documents › a validly-encoded invalid JSON document',
        ['draft7'],
      ],
      [
        'optional/content.json › validation of binary-encoded media type documents › an invalid base64 string that is valid JSON',
        ['draft7'],
      ],
      [
        'optional/content.json › validation of string-encoded content based on media type › an invalid JSON document',
        ['draft7'],
      ],
    ],
  },
  {
    reason: 'A referenced schema must be of the dialect of the schema that refers to it.',
    cases: [
      [
        'optional/cross-draft.json › refs to future drafts are processed as future drafts',
        ['draft7', 'draft2019-09'],
      ],
      [
        'optional/cross-draft.json › refs to historic drafts are processed as historic drafts',
        ['draft2020-12'],
      ],
    ],
  },
  {
    reason:
      '`$dynamicRef` or `$recursiveRef` whose anchor stands in several schemas: what it means depends on the way it was reached.',
    cases: [
      ['recursiveRef.json › $recursiveRef with nesting', ['draft2019-09']],
      [
        'recursiveRef.json › dynamic $recursiveRef destination (not predictable at schema compile time)',
        ['draft2019-09'],
      ],
      ['recursiveRef.json › multiple dynamic paths to the $recursiveRef keyword', ['draft2019-09']],
      ['unevaluatedItems.json › unevaluatedItems with $recursiveRef', ['draft2019-09']],
      ['unevaluatedProperties.json › unevaluatedProperties with $recursiveRef', ['draft2019-09']],
      [
        'dynamicRef.json › $dynamicRef avoids the root of each schema, but scopes are still registered',
        ['draft2020-12'],
      ],
      [
        'dynamicRef.json › $dynamicRef skips over intermediate resources - direct reference',
        ['draft2020-12'],
      ],
      ['dynamicRef.json › $ref and $dynamicAnchor are independent of order - $defs first', ['draft2020-12']],
      ['dynamicRef.json › $ref and $dynamicAnchor are independent of order - $ref first', ['draft2020-12']],
      ['dynamicRef.json › $ref to $dynamicRef finds detached $dynamicAnchor', ['draft2020-12']],
      [
        'dynamicRef.json › A $dynamicRef resolves to the first $dynamicAnchor still in scope that is encountered when the schema is evaluated',
        ['draft2020-12'],
      ],
      [
        'dynamicRef.json › A $dynamicRef that initially resolves to a schema with a matching $dynamicAnchor resolves to the first $dynamicAnchor in the dynamic scope',
        ['draft2020-12'],
      ],
      [
        "dynamicRef.json › A $dynamicRef with intermediate scopes that don't include a matching $dynamicAnchor does not affect dynamic scope resolution",
        ['draft2020-12'],
      ],
      ['dynamicRef.json › after leaving a dynamic scope, it is not used by a $dynamicRef', ['draft2020-12']],
      ['dynamicRef.json › multiple dynamic paths to the $dynamicRef keyword', ['draft2020-12']],
      ['dynamicRef.json › strict-tree schema, guards against misspelled properties', ['draft2020-12']],
      ['dynamicRef.json › tests for implementation dynamic anchor and reference link', ['draft2020-12']],
      [
        'optional/dynamicRef.json › $dynamicRef skips over intermediate resources - pointer reference across resource boundary',
        ['draft2020-12'],
      ],
      ['unevaluatedItems.json › unevaluatedItems with $dynamicRef', ['draft2020-12']],
      ['unevaluatedProperties.json › unevaluatedProperties with $dynamicRef', ['draft2020-12']],
    ],
  },
  {
    reason: "Dialects of one's own (`$schema` of a custom meta-schema, `$vocabulary`) are unknown dialects.",
    cases: [
      ['vocabulary.json › ignore unrecognized optional vocabulary', MODERN],
      ['vocabulary.json › schema that uses custom metaschema with with no validation vocabulary', MODERN],
      [
        'optional/format-assertion.json › schema that uses custom metaschema with format-assertion: false',
        ['draft2020-12'],
      ],
      [
        'optional/format-assertion.json › schema that uses custom metaschema with format-assertion: true',
        ['draft2020-12'],
      ],
    ],
  },
  {
    reason: 'The formats listed above are asserted in every dialect; 2020-12 makes that an option.',
    cases: [
      ['format.json › date format › invalid date string is only an annotation by default', ['draft2020-12']],
      [
        'format.json › date-time format › invalid date-time string is only an annotation by default',
        ['draft2020-12'],
      ],
      [
        'format.json › duration format › invalid duration string is only an annotation by default',
        ['draft2020-12'],
      ],
      [
        'format.json › email format › invalid email string is only an annotation by default',
        ['draft2020-12'],
      ],
      ['format.json › ipv4 format › invalid ipv4 string is only an annotation by default', ['draft2020-12']],
      ['format.json › ipv6 format › invalid ipv6 string is only an annotation by default', ['draft2020-12']],
      ['format.json › time format › invalid time string is only an annotation by default', ['draft2020-12']],
      ['format.json › uuid format › invalid uuid string is only an annotation by default', ['draft2020-12']],
    ],
  },
  {
    reason: '`email` is the form people use: no quoted local part, no address literal.',
    cases: [
      [
        'optional/format/email.json › validation of e-mail addresses › a quoted string with a @ in the local part is valid',
        ['draft2020-12'],
      ],
      [
        'optional/format/email.json › validation of e-mail addresses › a quoted string with a double dot in the local part is valid',
        ['draft2020-12'],
      ],
      [
        'optional/format/email.json › validation of e-mail addresses › a quoted string with a space in the local part is valid',
        ['draft2020-12'],
      ],
      [
        'optional/format/email.json › validation of e-mail addresses › an IPv4-address-literal after the @ is valid',
        ['draft2020-12'],
      ],
      [
        'optional/format/email.json › validation of e-mail addresses › an IPv6-address-literal after the @ is valid',
        ['draft2020-12'],
      ],
    ],
  },
  {
    reason:
      '`unevaluatedItems` beside `contains` in 2020-12: the validator does not keep which items `contains` accepted.',
    cases: [
      [
        'unevaluatedItems.json › unevaluatedItems and contains interact to control item dependency relationship',
        ['draft2020-12'],
      ],
      ['unevaluatedItems.json › unevaluatedItems depends on adjacent contains', ['draft2020-12']],
      ['unevaluatedItems.json › unevaluatedItems depends on multiple nested contains', ['draft2020-12']],
      ['unevaluatedItems.json › unevaluatedItems with minContains = 0', ['draft2020-12']],
    ],
  },
];
