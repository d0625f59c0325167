import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What searches read. Rebuilt from entries at any time, so nothing here is truth. */
export class Projection1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table projection (
        name text primary key,
        next_idx bigint not null
      );
      insert into projection values ('exchange', 0);

      create table exchange (
        idx bigint primary key,
        jti uuid not null,
        event text not null,
        at timestamptz not null,
        subject text not null,
        message uuid,
        sender text,
        sender_member text,
        recipient text,
        recipient_member text,
        topic text,
        version integer,
        reason text,
        source_topic text not null,
        source_partition integer not null,
        source_offset bigint not null
      );
      create index exchange_message on exchange (message, idx) where message is not null;
      create index exchange_sender on exchange (sender_member, idx) where sender_member is not null;
      create index exchange_topic on exchange (topic, idx) where topic is not null;
      create index exchange_event on exchange (event, idx);
      create index exchange_at on exchange (at);
      create index exchange_source on exchange (source_topic, source_partition, source_offset);

      create table handover (
        idx bigint not null,
        jti uuid not null,
        at timestamptz not null,
        recipient text not null,
        recipient_member text not null,
        agreement text not null,
        purpose text,
        basis text,
        topic text not null,
        partition integer not null,
        offsets int8range not null,
        primary key (idx, partition, offsets)
      );
      create index handover_offsets on handover using gist (offsets);
      create index handover_recipient on handover (recipient_member, topic);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table handover, exchange, projection`);
  }
}
