/** One row of the table `birth` of the civil registry; flat, and nullable enough to hold what the contract refuses. */
export interface BirthRow {
  act_number: string;
  register_office: string | null;
  /** RFC 3339 date */
  registered_on: string | null;
  subject_scheme: string | null;
  subject_value: string | null;
  family_name_latn: string | null;
  family_name_arab: string | null;
  given_names_latn: string | null;
  given_names_arab: string | null;
  sex: number | null;
  /** EDTF: year, year-month or date */
  birth_date: string | null;
  birth_date_presumed: boolean | null;
  birth_place_code_list: string | null;
  birth_place_code: string | null;
  father_family_name_latn: string | null;
  father_family_name_arab: string | null;
  father_given_names_latn: string | null;
  father_given_names_arab: string | null;
  mother_family_name_latn: string | null;
  mother_family_name_arab: string | null;
  mother_given_names_latn: string | null;
  mother_given_names_arab: string | null;
  declarant_capacity: string | null;
  provenance_register: string | null;
  provenance_officer: string | null;
  correction_replaces: string | null;
  correction_reason: string | null;
  /** RFC 3339 */
  updated_at: string;
  deleted_at: string | null;
}
