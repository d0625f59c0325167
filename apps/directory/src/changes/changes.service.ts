import { Injectable } from '@nestjs/common';
import { controlRecord, ControlView, Outbox, type ControlRecord } from '#control';
import type { OutgoingRecord } from '#kafka';
import { EvidenceSigner, evidenceRecord, type EventName } from '#service';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../runtime/clock.js';
import { databaseFailure } from './database-failure.js';

/** An administrative act: what happened, to whom, and which system did it. Never personal data. */
export interface Act {
  event: EventName;
  /** URN of the subject of the act. */
  subject: string;
  by: string;
  details?: Record<string, unknown>;
}

/** One transaction under way: the rows go through `manager`, what must be told the world through `tell`. */
export class Change {
  readonly records: OutgoingRecord[] = [];
  readonly states: ControlRecord[] = [];

  constructor(
    readonly manager: EntityManager,
    readonly at: Date,
    private readonly signer: EvidenceSigner,
  ) {}

  /** The new state for the views of all services. */
  publish(state: ControlRecord): void {
    this.states.push(state);
    this.records.push(controlRecord(state));
  }

  /** The new state, and the evidence of the act that led to it. */
  tell(state: ControlRecord, act: Act): void {
    this.publish(state);
    const body = { by: act.by, ...act.details };
    this.records.push(evidenceRecord(this.signer.sign(act.event, act.subject, body, this.at)));
  }
}

/** Row, control record and evidence are one transaction: either all of a change exists or nothing of it. */
@Injectable()
export class Changes {
  constructor(
    private readonly source: DataSource,
    private readonly outbox: Outbox,
    private readonly view: ControlView,
    private readonly signer: EvidenceSigner,
    private readonly clock: Clock,
  ) {}

  /** Throws WaslError `conflict` (unique key taken meanwhile) or `unavailable` (database can't be reached). */
  async run<T>(work: (change: Change) => Promise<T>): Promise<T> {
    try {
      const [result, states] = await this.source.transaction(async (manager) => {
        const change = new Change(manager, this.clock.now(), this.signer);
        const value = await work(change);
        if (change.records.length > 0) await this.outbox.enqueue(manager, change.records);
        return [value, change.states] as const;
      });
      this.outbox.kick();
      // The own view needn't wait for Kafka: who was registered here may call here at once.
      for (const state of states) this.view.apply(state);
      return result;
    } catch (error) {
      throw databaseFailure(error);
    }
  }

  /** Reads outside a transaction, with the same mapping of failures. */
  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await work(this.source.manager);
    } catch (error) {
      throw databaseFailure(error);
    }
  }
}
