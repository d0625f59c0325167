/** One statement that inserts all rows, whatever their number; rows that are there already stay as they are. */
export function insertStatement(
  table: 'birth' | 'territory_unit',
  rows: object[],
): { text: string; values: [string] } {
  return {
    text: `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb) on conflict do nothing`,
    values: [JSON.stringify(rows)],
  };
}
