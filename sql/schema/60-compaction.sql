-- Compaction: removing rows that no read at or after a point needs. It never removes the newest row
-- of a key that has a value, and of each key it removes the oldest rows first: what is left of a key
-- is the newer part of its past, without holes. What was removed is noted in the same transaction,
-- so that reads, and changes_since, refuse what would miss it.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

drop function if exists note_compaction(bigint, bigint);

-- Notes what removed rows had: the highest transaction id and revision, the highest revision of a
-- tombstone, and the oldest revision as of which reads do not miss them. Where nothing rises nothing
-- is written, since every writer reads this row, and its old versions.
create or replace function note_compaction(txid bigint, revision bigint, forgotten bigint, oldest bigint)
returns void
language plpgsql set search_path from current as $$
begin
  update config_settings s
  set compacted_txid = greatest(s.compacted_txid, txid),
    compacted_revision = greatest(s.compacted_revision, revision),
    forgotten_revision = greatest(s.forgotten_revision, forgotten),
    oldest_revision = greatest(s.oldest_revision, oldest)
  where s.compacted_txid < txid or s.compacted_revision < revision
    or s.forgotten_revision < forgotten or s.oldest_revision < oldest;
end
$$;

-- One step of a compaction: looks at up to max_rows rows of the keys that start with the prefix, in
-- the order of keys and revisions, from after (after_key, after_revision) on, and removes those that
-- may go. Hand last_key and last_revision to the next call, until done.
--
-- A row may go when the next row of its key is not above before_revision, or was written before
-- before_ms (ms since 1970), or when keep_rows rows of its key are newer; a tombstone also when it is
-- itself below before_revision, or was written before before_ms. What is NULL lets nothing go.
--
-- Rows of transactions from hold_txid on stay, if they were written at or after hold_ms, and so do all
-- that follow them in their key; held says how many tombstones it met that stay for that alone. With
-- dry_run the rows are only counted.
create or replace function compact_step(
  prefix text, before_revision bigint, before_ms bigint, keep_rows bigint,
  hold_txid bigint, hold_ms bigint, after_key text, after_revision bigint, max_rows int,
  dry_run boolean default false,
  out removed bigint, out held bigint, out last_key text, out last_revision bigint, out done boolean)
language plpgsql security definer
set search_path from current set plan_cache_mode = force_custom_plan
-- Whatever is known of the table, which may never have been analyzed: along the primary key.
set enable_seqscan = off set enable_bitmapscan = off
-- What is left without an index counts as very dear then, and would be compiled.
set jit = off as $$
declare
  doomed record;
begin
  if max_rows < 1 then
    raise exception 'invalid max_rows %: expected at least 1', max_rows
      using errcode = 'invalid_parameter_value';
  end if;
  with page as materialized (
    select c.*, row_number() over () as nth
    from (
      select ctid as place, key, revision, tombstone, create_time, txid from config
      where key ^@ prefix and (key, revision) > (after_key, after_revision)
      order by key, revision
      limit max_rows + 1::bigint
    ) c
  ), followed as (
    select p.*,
      lead(p.revision) over past as next_revision,
      lead(p.create_time) over past as next_time
    from page p
    window past as (partition by p.key order by p.revision)
  ), bounds as materialized (
    -- The oldest of the keep_rows newest rows; a key that ends within the page and has no more has none.
    select p.key,
      (select n.revision from config n
       where n.key = p.key order by n.revision desc offset keep_rows - 1 limit 1) as first_kept
    from page p
    where keep_rows is not null
    group by p.key
    having count(*) > keep_rows or max(p.nth) >= max_rows
  ), judged as (
    select f.*,
      coalesce(
        f.next_revision <= before_revision
        or f.next_time < before_ms
        or f.next_revision <= b.first_kept
        or (f.tombstone and (f.revision < before_revision or f.create_time < before_ms)), false)
        as spare,
      coalesce(f.txid >= hold_txid and f.create_time >= hold_ms, false) as holding
    from followed f left join bounds b on b.key = f.key
    where f.nth <= max_rows
  ), chosen as materialized (
    select j.*,
      bool_and(j.spare) over past as may_go,
      bool_and(j.spare and not j.holding) over past as goes
    from judged j
    window past as (partition by j.key order by j.revision rows unbounded preceding)
  ), gone as (
    delete from config c
    where not dry_run and c.ctid = any (array(select g.place from chosen g where g.goes))
    returning c.revision
  )
  select
    (select count(*) from gone) as deleted,
    count(*) filter (where g.goes) as spare,
    count(*) filter (where g.may_go and not g.goes and g.tombstone) as held,
    count(*) as looked_at,
    max(g.txid) filter (where g.goes) as txid,
    max(g.revision) filter (where g.goes) as revision,
    max(g.revision) filter (where g.goes and g.tombstone) as forgotten,
    -- Reads from a tombstone on find nothing, with it or without it.
    max(case when g.tombstone then g.revision else g.next_revision end) filter (where g.goes) as oldest,
    (array_agg(g.key order by g.nth desc))[1] as last_key,
    (array_agg(g.revision order by g.nth desc))[1] as last_revision,
    (array_agg(g.goes order by g.nth desc))[1] as last_goes,
    (select count(*) from page) <= max_rows as done
  into doomed
  from chosen g;
  removed := doomed.spare;
  held := doomed.held;
  done := doomed.done;
  last_key := coalesce(doomed.last_key, after_key);
  -- The rest of a key stays when one of its rows stays.
  last_revision := case
    when doomed.last_goes then doomed.last_revision
    else 9223372036854775807
  end;
  if not dry_run and doomed.spare > 0 then
    removed := doomed.deleted;
    perform note_compaction(doomed.txid, doomed.revision, doomed.forgotten, doomed.oldest);
  end if;
end
$$;

-- A whole compaction in one transaction. The admin API does it step by step, in many.
create or replace function compact_all(
  prefix text, before_revision bigint, before_ms bigint, keep_rows bigint)
returns bigint
language plpgsql set search_path from current as $$
declare
  step record;
  total bigint := 0;
begin
  select '' as last_key, -1::bigint as last_revision into step;
  loop
    select s.* into step from compact_step(
      prefix, before_revision, before_ms, keep_rows, null, null,
      step.last_key, step.last_revision, 10000) s;
    total := total + step.removed;
    exit when step.done;
  end loop;
  return total;
end
$$;

-- These return how many rows they removed, and are for whoever is granted EXECUTE on them.

-- After this, reads as of a revision below rev may find nothing; those at or above it find what
-- they found before.
create or replace function compact_before_revision(rev bigint) returns bigint
language plpgsql security definer set search_path from current as $$
begin
  return compact_all('', rev, null, null);
end
$$;

-- The same by time: ms is in milliseconds since 1970. What counts for a row is when the next one
-- of its key was written, so that a clock that was set back cannot bring a deleted key to life.
create or replace function compact_before_time(ms bigint) returns bigint
language plpgsql security definer set search_path from current as $$
begin
  return compact_all('', null, ms, null);
end
$$;

-- Leaves of each key that starts with the prefix its value now and nothing else.
create or replace function compact_to_latest(prefix text default '/') returns bigint
language plpgsql security definer set search_path from current as $$
begin
  return compact_all(prefix, 9223372036854775807, null, null);
end
$$;

revoke execute on function note_compaction(bigint, bigint, bigint, bigint) from public;
revoke execute on function compact_step(
  text, bigint, bigint, bigint, bigint, bigint, text, bigint, int, boolean) from public;
revoke execute on function compact_all(text, bigint, bigint, bigint) from public;
revoke execute on function compact_before_revision(bigint) from public;
revoke execute on function compact_before_time(bigint) from public;
revoke execute on function compact_to_latest(text) from public;

-- What automatic compaction did last; one row, for all control planes.
--
-- removed, held, error  of the last run that ended; total since the schema was installed
create table if not exists config_compaction (
  only_row boolean primary key default true check (only_row),
  began_at timestamptz,
  ended_at timestamptz,
  removed bigint not null default 0,
  held bigint not null default 0,
  error text,
  total bigint not null default 0
);

insert into config_compaction default values on conflict do nothing;

revoke insert, update, delete, truncate on config_compaction from public;

-- Whether a run is to begin: the last one began every_ms ago, or longer. Then it has begun.
create or replace function compaction_begins(every_ms bigint) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  update config_compaction c set began_at = clock_timestamp()
  where c.began_at is null or c.began_at > clock_timestamp()
    or c.began_at <= clock_timestamp() - every_ms * interval '1 ms';
  return found;
end
$$;

-- Notes what a run did.
create or replace function compaction_ended(removed bigint, held bigint, error text) returns void
language plpgsql security definer set search_path from current as $$
begin
  update config_compaction c
  set ended_at = clock_timestamp(), removed = compaction_ended.removed,
    held = compaction_ended.held, error = compaction_ended.error,
    total = c.total + compaction_ended.removed;
end
$$;

-- How far those who follow have come. All transactions below ended_txid had ended when the log was at
-- lsn: whoever has read the log up to there has seen them. Nodes in notify mode that have reported
-- within 15 s have seen all below nodes_txid; NULL: there are none.
create or replace function compaction_horizon(
  out place text, out lsn pg_lsn, out ended_txid bigint, out nodes_txid bigint)
language plpgsql volatile security definer set search_path from current as $$
begin
  place := token_place();
  ended_txid := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  lsn := pg_current_wal_insert_lsn();
  -- A token of another cluster or timeline is refused whatever happens here.
  select min(pg_snapshot_xmin(token_snapshot_at(compaction_horizon.place, n.token))::text::bigint)
  into nodes_txid
  from config_nodes n
  where not n.leaving and n.reported_at > clock_timestamp() - interval '15 s';
end
$$;

revoke execute on function compaction_begins(bigint) from public;
revoke execute on function compaction_ended(bigint, bigint, text) from public;
revoke execute on function compaction_horizon() from public;
