import { Injectable } from '@nestjs/common';
import { ConfluentError } from '../confluent/confluent-error.js';
import { Transactions } from '../transactions.js';
import { DEFAULT_CONTEXT, qualifiedName } from './qualified-subject.js';
import { CONTEXT_LOCK } from './schema-writer.js';

@Injectable()
export class ContextService {
  constructor(private readonly transactions: Transactions) {}

  /** Deletes a context in which nothing was ever left, with its settings. @throws ConfluentError 42205, 42211 */
  async delete(name: string, { by, at }: { by: string; at: Date }): Promise<void> {
    if (name === DEFAULT_CONTEXT) throw ConfluentError.notPermitted('The default context cannot be deleted');
    await this.transactions.run(at, async (transaction) => {
      const { client } = transaction;
      await client.query(CONTEXT_LOCK.exclusive, [name]);
      const used = await client.query('select from subject_version where context = $1 limit 1', [name]);
      if (used.rowCount! > 0) throw ConfluentError.contextNotEmpty(name);
      const gone = await client.query('delete from context where name = $1', [name]);
      const setting = await client.query('delete from setting where name = $1', [
        qualifiedName({ context: name, subject: '' }),
      ]);
      if (gone.rowCount! + setting.rowCount! === 0) return;
      transaction.attest('ContextDeleted', `urn:wasl:context:${encodeURIComponent(name)}`, {
        context: name,
        by,
      });
    });
  }
}
