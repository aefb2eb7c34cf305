-- Reading the past: how far back it goes, and reading it exactly.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- oldest_revision     reads as of this revision or a later one find what they found before
--                     compaction, whatever key they are of
-- forgotten_revision  the highest revision of a tombstone that compaction removed: a key of which
--                     nothing is left may have been there before it
do $$
begin
  if exists (
    select from pg_attribute
    where attrelid = 'config_settings'::regclass and attname = 'oldest_revision'
  ) then
    return;
  end if;
  alter table config_settings
    add column oldest_revision bigint not null default 0,
    add column forgotten_revision bigint not null default 0;
  -- What was compacted before is known less exactly.
  update config_settings s
  set forgotten_revision = s.compacted_revision,
    oldest_revision = greatest(s.compacted_revision, (
      select max(f.revision) from config f
      where f.prev_revision >= 1 and not exists (
        select from config p where p.key = f.key and p.revision = f.prev_revision)))
  where s.compacted_revision > 0;
end
$$;

-- The highest revision that has been given out; 0: none. A transaction that is open or was rolled
-- back may have it.
create or replace function newest_revision() returns bigint
language plpgsql volatile security definer set search_path from current as $$
begin
  return (select case when s.is_called then s.last_value else 0 end from config_revision_seq s);
end
$$;

revoke execute on function newest_revision() from public;

-- NULL where a read of the key as of rev finds what it found before compaction. Otherwise the oldest
-- revision as of which it does; ask after the read, in a statement of its own.
create or replace function oldest_readable(k text, rev bigint) returns bigint
language plpgsql stable set search_path from current as $$
declare
  oldest bigint;
  forgotten bigint;
  first record;
begin
  select s.oldest_revision, s.forgotten_revision into oldest, forgotten from config_settings s;
  if rev >= oldest then
    return null;
  end if;
  select c.revision, c.prev_revision into first
  from config c where c.key = k order by c.revision limit 1;
  return case
    when first.revision <= rev then null
    -- What it followed is gone.
    when first.prev_revision >= 1 then least(first.revision, oldest)
    when rev < forgotten then least(first.revision, forgotten)
  end;
end
$$;

-- The same for a list of the keys that start with the prefix.
create or replace function oldest_readable_under(prefix text, rev bigint) returns bigint
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  oldest bigint;
  forgotten bigint;
  readable bigint;
begin
  select s.oldest_revision, s.forgotten_revision into oldest, forgotten from config_settings s;
  if rev >= oldest then
    return null;
  end if;
  select least(oldest, greatest(forgotten, max(first.revision))) into readable
  from (
    select distinct on (c.key) c.revision, c.prev_revision
    from config c
    where c.key ^@ prefix
    order by c.key, c.revision
  ) first
  where first.prev_revision >= 1;
  return case when readable > rev then readable end;
end
$$;

-- A key as of a revision, for good: whoever writes the key and may have drawn that revision or a
-- lower one is waited for. One row, and the first of these that is not NULL says what it is: newest,
-- when rev has not been given out yet; oldest, when compaction took what it asks for; the key's
-- columns. When all are NULL the key was not there.
create or replace function read_as_of(k text, rev bigint)
returns table (
  newest bigint, oldest bigint,
  key text, value text, revision bigint, create_revision bigint, version bigint,
  create_time bigint, author text, note text)
language plpgsql volatile set search_path from current as $$
#variable_conflict use_column
declare
  given_out bigint := newest_revision();
begin
  if rev > given_out then
    newest := given_out;
    return next;
    return;
  end if;
  -- Within a key revisions commit in their order: one at or above rev settles it. A writer of the key
  -- holds this lock, and who draws a revision after it was looked at draws a higher one.
  if not exists (select from config c where c.key = k and c.revision >= rev) then
    perform pg_advisory_xact_lock_shared(hashtextextended(k, 9080));
  end if;
  return query select null::bigint, null::bigint, r.* from read_at(k, rev) r;
  if not found then
    oldest := oldest_readable(k, rev);
    return next;
  end if;
end
$$;

-- The keys that start with the prefix, as list_at has them, as of what a snapshot saw: its rows
-- only. Pages with one snapshot fit together, whatever is committed between them.
create or replace function list_seen(
  prefix text, rev bigint, after_key text, max_rows bigint, seen pg_snapshot)
returns table (
  key text, value text, revision bigint, create_revision bigint, version bigint,
  create_time bigint, author text, note text)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  seen_xmin bigint := pg_snapshot_xmin(seen)::text::bigint;
  seen_xmax bigint := pg_snapshot_xmax(seen)::text::bigint;
  running bigint[] := array(select x::text::bigint from pg_snapshot_xip(seen) x);
begin
  return query
    select c.key, coalesce(c.value, ''), c.revision, coalesce(c.create_revision, c.revision),
      coalesce(c.version, 1), c.create_time, c.author, c.note
    from (
      select distinct on (key) * from config
      where key ^@ prefix
        and (rev is null or revision <= rev)
        and (after_key is null or key > after_key)
        and (txid < seen_xmin or (txid < seen_xmax and txid <> all (running)))
      order by key, revision desc
    ) c
    where not c.tombstone
    order by c.key
    limit max_rows;
end
$$;

-- Whether compaction took something that list_seen would need; ask after it.
create or replace function seen_compacted(prefix text, seen pg_snapshot) returns boolean
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  seen_xmin bigint := pg_snapshot_xmin(seen)::text::bigint;
  seen_xmax bigint := pg_snapshot_xmax(seen)::text::bigint;
  running bigint[] := array(select x::text::bigint from pg_snapshot_xip(seen) x);
  compacted bigint := (select s.compacted_txid from config_settings s);
begin
  -- A row that the snapshot did not see is gone, perhaps with one before it that it did see ...
  if compacted >= seen_xmax or exists (
    select from unnest(running) x
    where x <= compacted and pg_visible_in_snapshot(x::text::xid8, pg_current_snapshot()))
  then
    return true;
  end if;
  -- ... or it is there, and the one before it is gone.
  return compacted > 0 and exists (
    select from config c
    where (c.txid between seen_xmax and 9223372036854775807 or c.txid = any (running))
      and left(c.key, length(prefix)) = prefix
      and c.prev_revision >= 1
      and not exists (
        select from config p where p.key = c.key and p.revision = c.prev_revision));
end
$$;

-- The rows of a key, newest first: those below before_revision only, at most max_rows of them. The
-- value is NULL unless it is asked for; compacted says that compaction took the row before this one.
create or replace function history(
  k text, before_revision bigint default null, max_rows bigint default null,
  with_values boolean default false)
returns table (
  revision bigint, tombstone boolean, create_time bigint, author text, note text, bytes bigint,
  version bigint, create_revision bigint, prev_revision bigint, compacted boolean, value text)
language plpgsql stable set search_path from current
-- Backwards along the primary key, however many rows the key may be thought to have.
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off as $$
#variable_conflict use_column
begin
  return query
    select c.revision, c.tombstone, c.create_time, c.author, c.note,
      coalesce(octet_length(c.value), 0)::bigint,
      coalesce(c.version, 1), coalesce(c.create_revision, c.revision), c.prev_revision,
      coalesce(c.prev_revision >= 1 and not exists (
        select from config p where p.key = k and p.revision = c.prev_revision), false),
      case when with_values and not c.tombstone then coalesce(c.value, '') end
    from (
      select * from config
      where key = k and revision < coalesce(before_revision, 9223372036854775807)
      order by revision desc
      limit max_rows
    ) c;
end
$$;
