import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Truth of the ledger. Triggers refuse what an append-only log never does; a role without ownership of
 * the tables (docs/services/audit.md) can't switch them off.
 */
export class Ledger1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'append-only: % on % is refused', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
      end $$;

      create function refuse_shrinking_tile() returns trigger language plpgsql as $$
      begin
        if new.level <> old.level or new.idx <> old.idx
           or substring(new.hashes from 1 for octet_length(old.hashes)) <> old.hashes then
          raise exception 'append-only: a tile only grows at its end' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$;

      create function refuse_shrinking_head() returns trigger language plpgsql as $$
      begin
        if new.size <= old.size or new.origin <> old.origin then
          raise exception 'append-only: the head only grows' using errcode = 'restrict_violation';
        end if;
        return new;
      end $$;

      create table entry (
        idx bigint constraint entry_pkey primary key,
        jti uuid not null constraint entry_jti_key unique,
        source_topic text not null,
        source_partition integer not null,
        source_offset bigint not null,
        data bytea not null
      );
      alter table entry alter column data set storage external;
      create trigger entry_append_only before update or delete or truncate on entry
        for each statement execute function refuse_change();

      create table tile (
        level smallint not null,
        idx bigint not null,
        hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
        primary key (level, idx)
      );
      alter table tile alter column hashes set storage external;
      create trigger tile_append_only before delete or truncate on tile
        for each statement execute function refuse_change();
      create trigger tile_grows before update on tile
        for each row execute function refuse_shrinking_tile();

      create table head (
        one boolean primary key default true check (one),
        origin text not null,
        size bigint not null,
        root bytea not null check (octet_length(root) = 32)
      );
      create trigger head_append_only before delete or truncate on head
        for each statement execute function refuse_change();
      create trigger head_grows before update on head
        for each row execute function refuse_shrinking_head();

      create table checkpoint (
        size bigint primary key,
        root bytea not null check (octet_length(root) = 32),
        note text not null,
        signed_at timestamptz not null default now()
      );
      create trigger checkpoint_append_only before update or delete or truncate on checkpoint
        for each statement execute function refuse_change();

      create table source_offset (
        topic text not null,
        partition integer not null,
        next_offset bigint not null,
        primary key (topic, partition)
      );
      create trigger source_offset_kept before delete or truncate on source_offset
        for each statement execute function refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table source_offset, checkpoint, head, tile, entry;
      drop function refuse_shrinking_head(), refuse_shrinking_tile(), refuse_change();
    `);
  }
}
