import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { type Transaction, Transactions } from '../../transactions.js';
import { requireTopic } from './contract-access.js';

/**
 * Transactions at once in this process. Each holds a connection while it waits for the contract, and may need another
 * one to read: many callers for one contract must not take all of them.
 */
const AT_ONCE = 3;

/** Serialises what is done to the versions of a contract, all of its majors together. */
@Injectable()
export class ContractTransactions {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly transactions: Transactions) {}

  /** @throws WaslError `not-found` for what is no topic */
  async run<T>(topic: string, at: Date, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { name } = requireTopic(topic);
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await this.transactions.run(at, async (transaction) => {
        await transaction.client.query(
          `select pg_advisory_xact_lock(hashtext('wasl.registry.lifecycle'), hashtext($1))`,
          [name],
        );
        return work(transaction);
      });
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  /** Reads outside any transaction. */
  read<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    return this.transactions.read(work);
  }
}
