import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '#testing';
import { AUDIT_MIGRATIONS } from './database.js';

describe('migrations', () => {
  it('go down to nothing and up to the same schema again', async () => {
    const database = await testDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const runner = { query: (statement: string) => client.query(statement) } as unknown as QueryRunner;
    const up = async () => {
      for (const Migration of AUDIT_MIGRATIONS) await new Migration().up(runner);
    };
    const schema = async () => {
      const columns = await client.query(
        `select table_name, column_name, data_type from information_schema.columns
         where table_schema = 'public' order by 1, 2`,
      );
      const others = await client.query(
        `select indexdef as definition from pg_indexes where schemaname = 'public'
         union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
         union all select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
      );
      return [columns.rows, others.rows];
    };
    await up();
    const first = await schema();
    expect(first[0]!.length).toBeGreaterThan(40);
    for (const Migration of [...AUDIT_MIGRATIONS].reverse()) await new Migration().down(runner);
    expect(await schema()).toEqual([[], []]);
    await up();
    expect(await schema()).toEqual(first);
    await client.end();
    await database.drop();
  });
});
