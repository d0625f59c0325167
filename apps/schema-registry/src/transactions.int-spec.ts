import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { Transactions } from './transactions.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it('where nothing attests changes the log tells them, once they are committed', async () => {
  const lines: string[] = [];
  const logger = createLogger('spec', 'info', { write: (line: string) => void lines.push(line) });
  const transactions = new Transactions(pool, undefined, logger);
  const change = (subject: string) => ({ subject, permanent: true, by: 'account:orders' });
  await transactions.run(new Date(), async (transaction) => {
    transaction.attest('ContractVersionDeleted', 'urn:wasl:subject:a', change('a'));
    await transaction.client.query('select 1');
    expect(lines).toEqual([]);
  });
  await expect(
    transactions.run(new Date(), (transaction) => {
      transaction.attest('ContractVersionDeleted', 'urn:wasl:subject:b', change('b'));
      return Promise.reject(new Error('undone'));
    }),
  ).rejects.toThrow('undone');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ event: 'ContractVersionDeleted', change: change('a'), msg: 'changed' }),
  ]);
});
