import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { projectFile } from '#service';

/** One row of the table `territory_unit` of the territorial registry. */
export interface TerritoryRow {
  code_list: string;
  code: string;
  level: string;
  parent_code: string | null;
  name_fr: string;
  name_ar: string;
  /** RFC 3339 date */
  valid_from: string | null;
  /** RFC 3339 */
  updated_at: string;
  deleted_at: string | null;
}

export const ALGERIA = 'DZ-2019';
export const MOROCCO = 'MA-HCP-2024';

export const TERRITORY_TABLE = `
create table if not exists territory_unit (
  code_list text not null,
  code text not null,
  level text not null,
  parent_code text,
  name_fr text,
  name_ar text,
  valid_from date,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (code_list, code)
);
create index if not exists territory_unit_updated on territory_unit (updated_at, code_list, code);`;

/** All units of both countries, those above before those below. */
export function territories(updatedAt: string): TerritoryRow[] {
  return [...algeria(updatedAt), ...morocco(updatedAt)];
}

interface LebladUnit {
  name: string;
  name_ar: string;
}
interface LebladDaira extends LebladUnit {
  code: number;
  baladyiats?: (LebladUnit & { code: number })[];
}
type LebladWilaya = LebladUnit & { mattricule: number; dairats: LebladDaira[] };

/**
 * Wilayas, daïras and communes of the 48-wilaya era from `@dzcode-io/leblad` (MIT).
 *
 * The package uses one number for a daïra and its chief town, so codes of daïras get a `D`. It lists the wilayas
 * deputised in 2015 among the daïras: six repeat a daïra with its communes and are merged with it; four have
 * no communes and a code of another wilaya, and are left out.
 */
export function algeria(updatedAt: string): TerritoryRow[] {
  const require = createRequire(import.meta.url);
  const wilayas = require('@dzcode-io/leblad/data/WilayaList.json') as LebladWilaya[];
  const units = new Map<string, TerritoryRow>();
  const add = (code: string, level: string, parent: string | null, { name, name_ar }: LebladUnit) => {
    if (!units.has(code)) units.set(code, row(ALGERIA, code, level, parent, name, name_ar, updatedAt));
  };
  for (const wilaya of wilayas) {
    const wilayaCode = String(wilaya.mattricule).padStart(2, '0');
    add(wilayaCode, 'wilaya', null, wilaya);
    for (const daira of wilaya.dairats) {
      if (Math.floor(daira.code / 100) !== wilaya.mattricule) continue;
      const dairaCode = `D${String(daira.code).padStart(4, '0')}`;
      add(dairaCode, 'daira', wilayaCode, daira);
      for (const commune of daira.baladyiats ?? []) {
        add(String(commune.code).padStart(4, '0'), 'commune', dairaCode, commune);
      }
    }
  }
  return [...units.values()];
}

/** Regions, provinces and prefectures with the codes of the Haut-Commissariat au Plan (CC BY 4.0 terms). */
export function morocco(updatedAt: string): TerritoryRow[] {
  const lines = readFileSync(projectFile('deploy/local/data/morocco-territories.csv'), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(1).map((line) => {
    const [code, level, parent, , nameFr, nameAr] = line.split(',') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return row(MOROCCO, code, level, parent === '' ? null : parent, nameFr, nameAr, updatedAt);
  });
}

function row(
  codeList: string,
  code: string,
  level: string,
  parent: string | null,
  nameFr: string,
  nameAr: string,
  updatedAt: string,
): TerritoryRow {
  return {
    code_list: codeList,
    code,
    level,
    parent_code: parent,
    name_fr: tidy(nameFr),
    name_ar: tidy(nameAr),
    valid_from: null,
    updated_at: updatedAt,
    deleted_at: null,
  };
}

/** Single spaces, and no note in brackets on the rank the unit was to get. */
function tidy(name: string): string {
  return name
    .replace(/\s*\((?:wilaya déléguée|ولاية منتدبة)\)/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
