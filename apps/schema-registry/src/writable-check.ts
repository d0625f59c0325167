import type { Pool } from 'pg';
import type { HealthCheck } from '#service';

interface Writability {
  standby: boolean;
  readOnly: boolean;
  refused: string | null;
}

/** The database answers and would take a registration: neither a standby nor read-only, and the role may write. */
export function writableDatabaseCheck(pool: Pool): HealthCheck {
  return {
    name: 'database',
    check: async () => {
      const { rows } = await pool.query<Writability>(
        `select pg_is_in_recovery() as standby,
                current_setting('transaction_read_only') = 'on' as "readOnly",
                (select string_agg(relname, ', ') from pg_class
                  where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
                    and relname <> 'migrations' and not has_table_privilege(oid, 'insert')) as refused`,
      );
      const { standby, readOnly, refused } = rows[0]!;
      if (standby) throw new Error('the database is a standby');
      if (readOnly) throw new Error('the database is read-only');
      if (refused !== null) throw new Error(`the role may not insert into ${refused}`);
    },
  };
}
