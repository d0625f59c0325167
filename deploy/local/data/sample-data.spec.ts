import { describe, expect, it } from 'vitest';
import { CompiledContract, readContracts } from '#contracts';
import { projectFile } from '#service';
import type { BirthRow } from './birth-row.js';
import { BIRTH_COUNT, births, SPOILT_COUNT } from './births.js';
import { algeria, morocco, territories, type TerritoryRow } from './territories.js';
import { BIRTH_VIOLATIONS } from './violations.js';

const AT = '2026-01-01T00:00:00Z';
const contracts = new Map(
  readContracts(projectFile('schemas')).map(({ topic, schemaText, references }) => [
    topic,
    CompiledContract.compile(schemaText, references),
  ]),
);
const units = territories(AT);

describe('territories', () => {
  it('has each code once', () => {
    expect(new Set(units.map(({ code_list, code }) => `${code_list}/${code}`)).size).toBe(units.length);
  });

  it('has the known number of units per level', () => {
    const count = (level: string) => units.filter((unit) => unit.level === level).length;
    expect(['wilaya', 'daira', 'commune', 'region', 'province'].map(count)).toEqual([48, 547, 1_535, 12, 75]);
    expect([algeria(AT).length, morocco(AT).length]).toEqual([2_130, 87]);
  });

  it('names a parent above each unit that precedes it', () => {
    const seen = new Set<string>();
    for (const { code_list, code, parent_code } of units) {
      expect(parent_code === null || seen.has(`${code_list}/${parent_code}`)).toBe(true);
      seen.add(`${code_list}/${code}`);
    }
  });

  it('satisfies the contract, every row', () => {
    for (const unit of units)
      expect(contracts.get('territory.unit.v1')!.validate(unitPayload(unit))).toEqual([]);
  });
});

describe('births', () => {
  const rows = births(units, AT);
  const verdicts = rows.map((row) => contracts.get('civil-status.birth.v1')!.validate(birthPayload(row)));

  it('has 5,000 rows, each act number once, the same for the same seed', () => {
    expect(new Set(rows.map(({ act_number }) => act_number)).size).toBe(5_000);
    expect(births(units, AT)).toEqual(rows);
    expect(births(units, AT, 7)).not.toEqual(rows);
  });

  it('has exactly 50 invalid rows: five of each of ten kinds, rejected for that reason alone', () => {
    expect([rows.length, SPOILT_COUNT]).toEqual([BIRTH_COUNT, 50]);
    expect(verdicts.filter(({ length }) => length > 0)).toHaveLength(SPOILT_COUNT);
    const reasons = new Map<string, number>();
    for (const violations of verdicts.filter(({ length }) => length > 0)) {
      const reason = violations.map(({ pointer, rule }) => `${pointer} ${rule}`).join(', ');
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect(Object.fromEntries(reasons)).toEqual(
      Object.fromEntries(BIRTH_VIOLATIONS.map(({ pointer, rule }) => [`${pointer} ${rule}`, 5])),
    );
  });

  it('has corrections that point to earlier acts, partial dates and missing fathers', () => {
    const seen = new Set<string>();
    let corrections = 0;
    for (const { act_number, correction_replaces, correction_reason } of rows) {
      if (correction_replaces !== null && correction_reason !== null) {
        corrections += 1;
        expect(seen.has(correction_replaces)).toBe(true);
      }
      seen.add(act_number);
    }
    expect(corrections).toBeGreaterThan(30);
    expect(rows.filter(({ birth_date }) => birth_date?.length === 4).length).toBeGreaterThan(30);
    expect(rows.filter(({ birth_date }) => birth_date?.length === 7).length).toBeGreaterThan(30);
    expect(
      rows.filter(({ father_family_name_latn }) => father_family_name_latn === null).length,
    ).toBeGreaterThan(50);
  });
});

function unitPayload(row: TerritoryRow): unknown {
  return withoutNulls({
    codeList: row.code_list,
    code: row.code,
    level: row.level,
    parentCode: row.parent_code,
    names: { fr: row.name_fr, ar: row.name_ar },
    validFrom: row.valid_from,
  });
}

function birthPayload(row: BirthRow): unknown {
  const person = (prefix: '' | 'father_' | 'mother_') => ({
    family: { latn: row[`${prefix}family_name_latn`], arab: row[`${prefix}family_name_arab`] },
    given: { latn: row[`${prefix}given_names_latn`], arab: row[`${prefix}given_names_arab`] },
  });
  return withoutNulls({
    act: { number: row.act_number, office: row.register_office, registeredOn: row.registered_on },
    subject: { scheme: row.subject_scheme, value: row.subject_value },
    names: person(''),
    sex: row.sex,
    birth: {
      date: { value: row.birth_date, presumed: row.birth_date_presumed },
      place: { codeList: row.birth_place_code_list, code: row.birth_place_code },
    },
    father: { names: person('father_') },
    mother: { names: person('mother_') },
    declarant: { capacity: row.declarant_capacity },
    provenance: { register: row.provenance_register, officer: row.provenance_officer },
    correction: { replaces: row.correction_replaces, reason: row.correction_reason },
  });
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const kept = Object.entries(value)
    .map(([name, member]) => [name, withoutNulls(member)] as const)
    .filter(([, member]) => member !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
