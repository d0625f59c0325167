import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { controlRecord, type ControlRecord, controlTombstone, Outbox } from '#control';
import type { OutgoingRecord } from '#kafka';
import { evidenceRecord, type EventName, EvidenceSigner, type Logger } from '#service';

/** How changes are told to the bus; a registry that serves no bus has none of it. */
export interface Announcements {
  outbox: Outbox;
  signer: EvidenceSigner;
}

/** A transaction under way: rows go through `client`, what must be told the world through `publish` and `attest`. */
export class Transaction {
  readonly records: OutgoingRecord[] = [];
  /** What was done, where nothing attests it. */
  readonly unattested: { event: EventName; change: object }[] = [];

  constructor(
    readonly client: PoolClient,
    readonly at: Date,
    private readonly signer: EvidenceSigner | undefined,
  ) {}

  publish(state: ControlRecord): void {
    if (this.signer) this.records.push(controlRecord(state));
  }

  /** Takes back what was published under a key. */
  withdraw(state: ControlRecord): void {
    if (this.signer) this.records.push(controlTombstone(state));
  }

  attest(event: EventName, subject: string, body: object): void {
    if (this.signer) this.records.push(evidenceRecord(this.signer.sign(event, subject, body, this.at)));
    else this.unattested.push({ event, change: body });
  }
}

/** Rows, control records and evidence are one transaction: all of a change exists, or nothing of it. */
@Injectable()
export class Transactions {
  constructor(
    private readonly pool: Pool,
    private readonly announcements?: Announcements,
    private readonly logger?: Logger,
  ) {}

  /** Reads outside any transaction. */
  read<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    return work(this.pool);
  }

  async run<T>(at: Date, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const transaction = new Transaction(client, at, this.announcements?.signer);
      const result = await work(transaction);
      await this.announcements?.outbox.enqueue(client, transaction.records);
      await client.query('commit');
      if (transaction.records.length > 0) this.announcements?.outbox.kick();
      // A registry alone has no ledger: its log says who did what.
      for (const act of transaction.unattested) this.logger?.info(act, 'changed');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}
