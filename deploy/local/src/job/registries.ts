import pg from 'pg';
import { BIRTH_TABLE, births, isSpoilt } from '../../data/births.js';
import { insertStatement } from '../../data/insert.js';
import { territories, TERRITORY_TABLE } from '../../data/territories.js';
import { step } from '../progress.js';
import type { Servers } from '../servers.js';

/** Databases of the four administrations, as connection strings. */
export interface Databases {
  territoryRegistry: string;
  civilRegistry: string;
  rights: string;
  enrolment: string;
  /** The same as the connector service wants them: secrets by the names that the connector files refer to. */
  secrets: Record<string, string>;
  /** Rows of the sources. */
  units: number;
  births: number;
  /** Act numbers of the births that break the contract, known from the generator: what the bus must refuse. */
  spoiltActs: string[];
}

// One time stamp for all sample rows, so that every fresh start carries the same records.
const UPDATED_AT = '2026-01-01T00:00:00Z';

async function inDatabase(url: string, run: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}

/** A consumer's table: the source's without what only the source needs. */
async function createTarget(
  client: pg.Client,
  table: 'birth' | 'territory_unit',
  ddl: string,
): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM information_schema.tables WHERE table_name = $1', [
    table,
  ]);
  if (rowCount) return;
  await client.query('BEGIN');
  await client.query(`${ddl}; ALTER TABLE ${table} DROP COLUMN updated_at, DROP COLUMN deleted_at`);
  await client.query('COMMIT');
}

/** Columns of a table, in their order. */
export async function columnsOf(url: string, table: string): Promise<string[]> {
  let columns: string[] = [];
  await inDatabase(url, async (client) => {
    const { rows } = await client.query<{ column_name: string }>(
      'SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position',
      [table],
    );
    columns = rows.map(({ column_name }) => column_name);
  });
  return columns;
}

/** Creates the databases and fills the sources; rows that are there stay as they are. */
export async function prepareRegistries(servers: Servers): Promise<Databases> {
  return step('registries of the administrations', async (say) => {
    const [territoryRegistry, civilRegistry, rights, enrolment] = [
      await servers.database('interior_territory_registry'),
      await servers.database('interior_civil_registry'),
      await servers.database('social_protection_rights'),
      await servers.database('education_enrolment'),
    ];
    const units = territories(UPDATED_AT);
    const people = births(units, UPDATED_AT);
    await inDatabase(territoryRegistry, async (client) => {
      await client.query(TERRITORY_TABLE);
      await client.query(insertStatement('territory_unit', units));
    });
    await inDatabase(civilRegistry, async (client) => {
      await client.query(BIRTH_TABLE);
      await client.query(insertStatement('birth', people));
    });
    await inDatabase(rights, async (client) => {
      await createTarget(client, 'territory_unit', TERRITORY_TABLE);
      await createTarget(client, 'birth', BIRTH_TABLE);
    });
    await inDatabase(enrolment, (client) => createTarget(client, 'territory_unit', TERRITORY_TABLE));
    say(`${units.length} units, ${people.length} births`);
    return {
      territoryRegistry,
      civilRegistry,
      rights,
      enrolment,
      secrets: {
        DZ_INTERIOR__TERRITORY_REGISTRY_URL: territoryRegistry,
        DZ_INTERIOR__CIVIL_REGISTRY_URL: civilRegistry,
        DZ_SOCIAL_PROTECTION__RIGHTS_URL: rights,
        DZ_EDUCATION__ENROLMENT_URL: enrolment,
      },
      units: units.length,
      births: people.length,
      spoiltActs: people.filter((_, index) => isSpoilt(index)).map(({ act_number }) => act_number),
    };
  });
}
