import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { parseUse, USE_TOPIC, type ContractUse } from '#control';
import { type KafkaRecord, type KafkaSettings, PartitionReader } from '#kafka';
import type { Logger } from '#service';

const LONG_POLL_MS = 2_000;
const RETRY_MS = 2_000;
const PARTITION = 0;

/**
 * Keeps who used which contract version, from what the gateways tell. The position moves in the transaction that adds
 * the counts, so that each is added once, with any number of instances: the one that comes second finds it moved.
 */
export class UseReader {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly kafka: KafkaSettings,
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const reader = new PartitionReader(this.kafka);
      const close = () => void reader.close();
      signal.addEventListener('abort', close);
      try {
        await reader.connect();
        while (!signal.aborted) await this.readOn(reader);
      } catch (error) {
        // The topic is made by the first gateway; who is affected is told without use until then.
        if (!signal.aborted) this.logger.debug({ err: error }, 'use of contracts cannot be read yet');
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      } finally {
        signal.removeEventListener('abort', close);
        await reader.close();
      }
    }
  }

  private async readOn(reader: PartitionReader): Promise<void> {
    const kept = await this.position();
    const offset = kept ?? (await reader.offsets(USE_TOPIC, 'earliest')).get(PARTITION) ?? 0n;
    const [slice] = await reader.fetch([{ topic: USE_TOPIC, partition: PARTITION, offset }], {
      maxWaitMs: LONG_POLL_MS,
    });
    if (slice?.outOfRange) {
      // Expired, or the topic was made anew.
      const earliest = (await reader.offsets(USE_TOPIC, 'earliest')).get(PARTITION) ?? 0n;
      await this.take([], kept, earliest);
    } else if (slice && slice.nextOffset > offset) {
      await this.take(this.parsed(slice.records), kept, slice.nextOffset);
    }
  }

  private parsed(records: readonly KafkaRecord[]): ContractUse[] {
    return records.flatMap(({ value, offset }) => {
      try {
        return value === null ? [] : [parseUse(value)];
      } catch (error) {
        this.logger.warn({ err: error, offset: String(offset) }, 'skipped a bad record of use');
        return [];
      }
    });
  }

  private async position(): Promise<bigint | undefined> {
    const { rows } = await this.pool.query<{ next_offset: string }>(
      'select next_offset from contract_use_position where partition = $1',
      [PARTITION],
    );
    return rows[0] && BigInt(rows[0].next_offset);
  }

  /** Adds counts and moves the position from `from` to `to`, in one statement; nothing if it was moved meanwhile. */
  private async take(uses: ContractUse[], from: bigint | undefined, to: bigint): Promise<void> {
    await this.pool.query(
      `with moved as (
         insert into contract_use_position as p (partition, next_offset) values ($1, $2)
         on conflict (partition) do update set next_offset = excluded.next_offset
           where $3::bigint is not null and p.next_offset = $3::bigint
         returning 1)
       insert into contract_use as u (topic, version, system, way, last_used_day, messages)
       select topic, version, system, way, max(day), sum(messages)
         from unnest($4::text[], $5::integer[], $6::text[], $7::text[], $8::date[], $9::bigint[])
              as n(topic, version, system, way, day, messages)
        where exists (select from moved)
        group by topic, version, system, way
        order by topic, version, system, way
       on conflict (topic, system, way, version) do update set
         last_used_day = greatest(u.last_used_day, excluded.last_used_day),
         messages = u.messages + excluded.messages`,
      [
        ...[PARTITION, to.toString(), from?.toString() ?? null],
        ...[uses.map(({ topic }) => topic), uses.map(({ version }) => version)],
        ...[uses.map(({ system }) => system), uses.map(({ way }) => way)],
        ...[uses.map(({ day }) => day), uses.map(({ messages }) => messages)],
      ],
    );
  }
}
