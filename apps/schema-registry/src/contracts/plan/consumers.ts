import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { ControlView, isInForce, type LocalizedText } from '#control';
import { Transactions } from '../../transactions.js';

/** Who counts as affected by a change: used within so many days. */
export const USE_DAYS = 90;

export interface Use {
  version: number;
  /** `YYYY-MM-DD` */
  lastUsed: string;
  messages: number;
}

/** A system that receives messages of a topic, or may, or that publishes them. */
export interface AffectedSystem {
  system: string;
  names?: LocalizedText;
  /** ids of its agreements in force */
  agreements?: string[];
  use: Use[];
}

export interface Affected {
  consumers: AffectedSystem[];
  publishers: AffectedSystem[];
}

/** Who is affected by what becomes of a topic: by agreements in force, and by use of late. */
@Injectable()
export class Consumers {
  constructor(
    private readonly transactions: Transactions,
    private readonly view: ControlView,
  ) {}

  async affected(topic: string, at: Date): Promise<Affected> {
    const used = await this.transactions.read((pool) => usedSince(pool, topic, at));
    const agreements = new Map<string, string[]>();
    for (const agreement of this.view.agreementsFor(topic)) {
      if (!isInForce(agreement, at)) continue;
      agreements.set(agreement.consumer, [...(agreements.get(agreement.consumer) ?? []), agreement.id]);
    }
    const consuming = new Set([...agreements.keys(), ...used.consume.keys()]);
    return {
      consumers: [...consuming].sort().map((system) => ({
        ...this.named(system),
        agreements: agreements.get(system) ?? [],
        use: used.consume.get(system) ?? [],
      })),
      publishers: [...used.publish].map(([system, use]) => ({ ...this.named(system), use })),
    };
  }

  private named(system: string): Pick<AffectedSystem, 'system' | 'names'> {
    const names = this.view.system(system)?.names;
    return { system, ...(names && { names }) };
  }
}

type UseBySystem = Map<string, Use[]>;

async function usedSince(
  pool: Pool,
  topic: string,
  at: Date,
): Promise<{ consume: UseBySystem; publish: UseBySystem }> {
  const { rows } = await pool.query<{
    system: string;
    way: 'consume' | 'publish';
    version: number;
    last_used: string;
    messages: string;
  }>(
    `select system, way, version, to_char(last_used_day, 'YYYY-MM-DD') as last_used, messages from contract_use
      where topic = $1 and last_used_day >= ($2::timestamptz at time zone 'UTC')::date - $3::integer
      order by system, version`,
    [topic, at, USE_DAYS],
  );
  const used = { consume: new Map<string, Use[]>(), publish: new Map<string, Use[]>() };
  for (const { system, way, version, last_used: lastUsed, messages } of rows) {
    const uses = used[way].get(system) ?? [];
    used[way].set(system, [...uses, { version, lastUsed, messages: Number(messages) }]);
  }
  return used;
}
