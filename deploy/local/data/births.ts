import type { BirthRow } from './birth-row.js';
import { FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES, type NamePair } from './names.js';
import { ALGERIA, type TerritoryRow } from './territories.js';
import { BIRTH_VIOLATIONS } from './violations.js';

export const BIRTH_TABLE = `
create table if not exists birth (
  act_number text primary key,
  register_office text,
  registered_on date,
  subject_scheme text,
  subject_value text,
  family_name_latn text,
  family_name_arab text,
  given_names_latn text,
  given_names_arab text,
  sex smallint,
  birth_date text,
  birth_date_presumed boolean,
  birth_place_code_list text,
  birth_place_code text,
  father_family_name_latn text,
  father_family_name_arab text,
  father_given_names_latn text,
  father_given_names_arab text,
  mother_family_name_latn text,
  mother_family_name_arab text,
  mother_given_names_latn text,
  mother_given_names_arab text,
  declarant_capacity text,
  provenance_register text,
  provenance_officer text,
  correction_replaces text,
  correction_reason text,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index if not exists birth_updated on birth (updated_at, act_number);`;

export const BIRTH_COUNT = 5_000;
/** One in a hundred is spoilt, the ten kinds of violation in turn. */
const SPOILT_EVERY = 100;
const CORRECTION_EVERY = 120;

/** Whether the birth at this place of the generated list is one that violates the contract. */
export const isSpoilt = (index: number): boolean => index % SPOILT_EVERY === 37;

/** Rows that violate the contract: as many of each kind. */
export const SPOILT_COUNT = BIRTH_COUNT / SPOILT_EVERY;

/**
 * Synthetic births in real communes: the same seed gives the same rows.
 *
 * @param units units of the code list DZ-2019; only communes are used
 */
export function births(units: readonly TerritoryRow[], updatedAt: string, seed = 20_260_101): BirthRow[] {
  const communes = units.filter(({ code_list, level }) => code_list === ALGERIA && level === 'commune');
  const random = mulberry32(seed);
  const rows: BirthRow[] = [];
  for (let index = 0; index < BIRTH_COUNT; index += 1) {
    const row = birth(index, communes, random, updatedAt);
    if (isSpoilt(index)) {
      const kind = Math.floor(index / SPOILT_EVERY) % BIRTH_VIOLATIONS.length;
      Object.assign(row, BIRTH_VIOLATIONS[kind]!.spoil(row));
    } else if (index % CORRECTION_EVERY === 60) {
      Object.assign(row, correctionOf(rows[index - 1]!, row));
    }
    rows.push(row);
  }
  return rows;
}

function birth(index: number, communes: TerritoryRow[], random: () => number, updatedAt: string): BirthRow {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const number = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const commune = pick(communes).code;
  const spoilt = isSpoilt(index);
  // Some old births were registered late, of which only the year or the month is known.
  const late = !spoilt && random() < 0.04;
  const year = late ? number(1940, 1979) : number(2015, 2025);
  const month = two(number(1, 12));
  const date = late ? pick([`${year}`, `${year}-${month}`]) : `${year}-${month}-${two(number(1, 28))}`;
  const registered = late ? `${year + 2}-${month}-15` : `${year}-${month}-28`;
  const sex = random() < 0.51 ? 1 : 2;
  const [family, given] = [pick(FAMILY_NAMES), pick(sex === 1 ? MALE_NAMES : FEMALE_NAMES)];
  const [father, maiden, mother] = [pick(MALE_NAMES), pick(FAMILY_NAMES), pick(FEMALE_NAMES)];
  const hasFather = random() < 0.97;
  const serial = String(index + 1).padStart(5, '0');
  return {
    act_number: `${year}-${commune}-${serial}`,
    register_office: `DZ-${commune}`,
    registered_on: registered,
    subject_scheme: late ? null : 'nin',
    // Form of décret 10-210 only: the key is not a real one.
    subject_value: late ? null : `1${sex}${String(year).slice(1)}${commune}${serial}00${two(number(0, 99))}`,
    ...names('', family, given),
    sex,
    birth_date: date,
    birth_date_presumed: late ? true : null,
    birth_place_code_list: ALGERIA,
    birth_place_code: commune,
    ...names('father_', hasFather ? family : undefined, hasFather ? father : undefined),
    ...names('mother_', maiden, mother),
    declarant_capacity: late
      ? 'court'
      : pick(hasFather ? ['father', 'mother', 'establishment'] : ['mother', 'midwife']),
    provenance_register: `births/${commune}/${year}`,
    provenance_officer: `OEC-${commune}-${two(number(1, 9))}`,
    correction_replaces: null,
    correction_reason: null,
    updated_at: updatedAt,
    deleted_at: null,
  };
}

/** A new act that corrects the one before it: the same child, another spelling of the given names. */
function correctionOf(original: BirthRow, row: BirthRow): Partial<BirthRow> {
  const { act_number, updated_at } = row;
  return {
    ...original,
    act_number,
    updated_at,
    given_names_latn: `${original.given_names_latn} Nour`,
    given_names_arab: `${original.given_names_arab} نور`,
    correction_replaces: original.act_number,
    correction_reason: 'clerical-error',
  };
}

type NameColumns<P extends '' | 'father_' | 'mother_'> = Record<
  `${P}family_name_latn` | `${P}family_name_arab` | `${P}given_names_latn` | `${P}given_names_arab`,
  string | null
>;

function names<P extends '' | 'father_' | 'mother_'>(
  prefix: P,
  family?: NamePair,
  given?: NamePair,
): NameColumns<P> {
  return {
    [`${prefix}family_name_latn`]: family?.[0] ?? null,
    [`${prefix}family_name_arab`]: family?.[1] ?? null,
    [`${prefix}given_names_latn`]: given?.[0] ?? null,
    [`${prefix}given_names_arab`]: given?.[1] ?? null,
  } as NameColumns<P>;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A small generator with one word of state, so that the same seed gives the same sample everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
