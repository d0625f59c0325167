import type { BirthRow } from './birth-row.js';

/** A way in which a row of the civil registry breaks `civil-status.birth`, and what the validator says of it. */
export interface BirthViolation {
  kind: string;
  /** pointer and keyword that every rejection of this kind names */
  pointer: string;
  rule: string;
  spoil: (row: BirthRow) => Partial<BirthRow>;
}

export const BIRTH_VIOLATIONS: readonly BirthViolation[] = [
  { kind: 'missing sex', pointer: '/sex', rule: 'required', spoil: () => ({ sex: null }) },
  { kind: 'sex code outside ISO/IEC 5218', pointer: '/sex', rule: 'enum', spoil: () => ({ sex: 3 }) },
  {
    kind: 'impossible date of birth',
    pointer: '/birth/date/value',
    rule: 'format',
    spoil: ({ act_number }) => ({ birth_date: `${act_number.slice(0, 4)}-02-30` }),
  },
  {
    kind: 'date of birth written day first',
    pointer: '/birth/date/value',
    rule: 'pattern',
    spoil: ({ birth_date }) => ({ birth_date: birth_date!.split('-').reverse().join('/') }),
  },
  {
    kind: 'missing place of birth',
    pointer: '/birth/place/code',
    rule: 'required',
    spoil: () => ({ birth_place_code: null }),
  },
  {
    kind: 'national number of 17 digits',
    pointer: '/subject/value',
    rule: 'pattern',
    spoil: ({ subject_value }) => ({ subject_scheme: 'nin', subject_value: subject_value!.slice(0, 17) }),
  },
  {
    kind: 'unknown scheme of identifier',
    pointer: '/subject/scheme',
    rule: 'pattern',
    spoil: () => ({ subject_scheme: 'passport' }),
  },
  {
    kind: 'Latin letters in the Arabic name',
    pointer: '/names/family/arab',
    rule: 'pattern',
    spoil: ({ family_name_latn }) => ({ family_name_arab: family_name_latn }),
  },
  {
    kind: 'missing given names',
    pointer: '/names/given/latn',
    rule: 'required',
    spoil: () => ({ given_names_latn: null }),
  },
  {
    kind: 'correction without a reason',
    pointer: '/correction/reason',
    rule: 'required',
    spoil: ({ act_number }) => ({
      correction_replaces: act_number.replace(/\d$/, '0'),
      correction_reason: null,
    }),
  },
];
