-- The table: one row per change, never updated. A table of the demo is upgraded in place.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

do $$
begin
  if to_regclass('config') is null then
    create table config (
      key text collate "C",
      value text,
      revision bigserial,
      tombstone boolean not null default false,
      primary key (key, revision)
    );
  end if;
end
$$;

-- create_time      milliseconds since 1970; rows from before the column have the time of the upgrade
-- txid             the transaction that wrote the row, of this cluster
-- create_revision  revision of the first row of this life of the key; a tombstone belongs to the
--                  life that it ends
-- version          how many values this life has had, 0 in a tombstone
-- prev_revision    the key's revision before this one; 0: none in the table when this was written;
--                  NULL: inserted directly, past the functions
-- notify_mode      who announces the row: 'trigger', 'hub', or nobody ('off')
do $$
declare
  created bigint;
begin
  if exists (
    select from pg_attribute
    where attrelid = 'config'::regclass and attname = 'prev_revision' and not attisdropped
  ) then
    return;
  end if;

  -- One statement, so that the table is rewritten once; the defaults fill the rows that exist.
  alter table config
    alter column key type text collate "C",
    add column if not exists create_time bigint not null
      default (extract(epoch from clock_timestamp()) * 1000)::bigint,
    alter column create_time
      set default (extract(epoch from clock_timestamp()) * 1000)::bigint,
    add column txid bigint not null default pg_current_xact_id()::text::bigint,
    add column create_revision bigint,
    add column version bigint,
    add column prev_revision bigint,
    add column author text,
    add column note text,
    add column notify_mode text not null default 'trigger';

  update config c
  set create_revision = l.create_revision, version = l.version, prev_revision = l.prev_revision
  from (
    select
      key,
      revision,
      min(revision) over life as create_revision,
      case when tombstone then 0 else row_number() over (life order by revision) end as version,
      prev_revision
    from (
      select
        key,
        revision,
        tombstone,
        coalesce(lag(revision) over history, 0) as prev_revision,
        count(*) filter (where tombstone) over history - tombstone::int as ended_lives
      from config
      window history as (partition by key order by revision)
    ) numbered
    window life as (partition by key, ended_lives)
  ) l
  where c.key = l.key and c.revision = l.revision;

  if to_regclass('config_revision_seq') is null then
    create sequence config_revision_seq owned by config.revision;
  end if;
  alter table config alter column revision set default nextval('config_revision_seq');
  -- Numbers that a session caches would come out of order within a key.
  alter sequence config_revision_seq cache 1;
  perform setval('config_revision_seq', max(revision)) from config
  having max(revision) >= (select last_value from config_revision_seq);
end
$$;

-- Looked up first, since CREATE INDEX IF NOT EXISTS waits for writers before it looks. The one of
-- transactions is unique, and has more than changes_since needs, for require_newest; it was not at
-- first.
do $$
begin
  if not coalesce((
    select indisunique from pg_index where indexrelid = to_regclass('config_txid_idx')), false)
  then
    drop index if exists config_txid_idx;
    create unique index config_txid_idx on config (txid, key, prev_revision);
  end if;
  if to_regclass('idx_config_create_time') is null then
    create index idx_config_create_time on config (create_time);
  end if;
end
$$;

revoke insert, update, delete, truncate on config from public;
