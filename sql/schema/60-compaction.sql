-- Compaction: removing rows that no read at or after a point needs. It never removes the newest row
-- of a key that has a value; a tombstone goes with all rows before it. What was removed is noted in
-- the same transaction, so that changes_since refuses a token that would miss it.
--
-- Each function returns how many rows it removed, and is for whoever is granted EXECUTE on it.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- Notes the highest transaction id and revision of removed rows.
create or replace function note_compaction(removed_txid bigint, removed_revision bigint)
returns void
language sql set search_path from current as $$
  update config_settings
  set compacted_txid = greatest(compacted_txid, removed_txid),
    compacted_revision = greatest(compacted_revision, removed_revision);
$$;

-- After this, reads as of a revision below rev may find nothing; those at or above it find what
-- they found before.
create or replace function compact_before_revision(rev bigint) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed record;
begin
  with gone as (
    delete from config r
    where r.revision < rev
      and (r.tombstone or exists (
        select from config n where n.key = r.key and n.revision > r.revision and n.revision <= rev))
    returning r.txid, r.revision
  )
  select count(*) as rows, max(txid) as txid, max(revision) as revision into removed from gone;
  perform note_compaction(removed.txid, removed.revision) where removed.rows > 0;
  return removed.rows;
end
$$;

-- The same by time: ms is in milliseconds since 1970. What counts for a row is when the next one
-- of its key was written, so that a clock that was set back cannot bring a deleted key to life.
create or replace function compact_before_time(ms bigint) returns bigint
language plpgsql security definer set search_path from current as $$
declare
  removed record;
begin
  with gone as (
    delete from config r
    where (r.tombstone and r.create_time < ms)
      or exists (
        select from config n
        where n.key = r.key and n.revision > r.revision and n.create_time < ms)
    returning r.txid, r.revision
  )
  select count(*) as rows, max(txid) as txid, max(revision) as revision into removed from gone;
  perform note_compaction(removed.txid, removed.revision) where removed.rows > 0;
  return removed.rows;
end
$$;

-- Leaves of each key that starts with the prefix its value now and nothing else.
create or replace function compact_to_latest(prefix text default '/') returns bigint
language plpgsql security definer
set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  removed record;
begin
  with gone as (
    delete from config r
    where r.key ^@ prefix
      and (r.tombstone or exists (
        select from config n where n.key = r.key and n.revision > r.revision))
    returning r.txid, r.revision
  )
  select count(*) as rows, max(txid) as txid, max(revision) as revision into removed from gone;
  perform note_compaction(removed.txid, removed.revision) where removed.rows > 0;
  return removed.rows;
end
$$;

revoke execute on function note_compaction(bigint, bigint) from public;
revoke execute on function compact_before_revision(bigint) from public;
revoke execute on function compact_before_time(bigint) from public;
revoke execute on function compact_to_latest(text) from public;
