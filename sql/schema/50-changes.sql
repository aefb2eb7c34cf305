-- Resuming from the table by transaction visibility.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- Cluster and timeline of now, as a token begins.
create or replace function token_place() returns text
language sql stable set search_path from current as $$
  -- The second field of a segment's name starts after the eight digits of the timeline.
  select system_identifier::text || '-'
    || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int || '-'
  from pg_control_system()
$$;

-- The snapshot of a token; NULL for NULL and for what is no token.
create or replace function token_snapshot(token text) returns pg_snapshot
language plpgsql immutable set search_path from current as $$
begin
  return (regexp_match(token, '^[0-9]+-[0-9]+-(.*)$'))[1]::pg_snapshot;
exception when data_exception then
  return null;
end
$$;

-- The same for a token that begins with place; NULL for one of another cluster or timeline, which
-- says nothing of this one, and for one from ahead: the server was set back.
create or replace function token_snapshot_at(place text, token text) returns pg_snapshot
language sql stable set search_path from current as $$
  select seen from token_snapshot(token) seen
  where token ^@ place and pg_snapshot_xmax(seen) <= pg_snapshot_xmax(pg_current_snapshot())
$$;

-- What has changed under any of the prefixes since a token, which an earlier call returned. Every row
-- carries the new token; when nothing changed there is one row whose key is NULL. It runs with the
-- caller's rights: SELECT on config and config_settings.
--
-- Without a token, and when it is refused, the rows are all keys that have a value now, prefix by
-- prefix, and reset says why it was refused: 'cluster' or 'timeline' when it belongs to another,
-- 'compacted' when compaction removed a row that it had not seen. Otherwise they are the rows, in the
-- order of revisions, of the transactions that the token's snapshot did not see; revisions would not
-- do, since those of different keys commit in any order.
--
-- A token is the system identifier, the timeline and a pg_snapshot, joined by '-'. All of this
-- reads by the snapshot of the calling statement, which is the one that the new token holds.
create or replace function changes_since(prefixes text[], since text default null)
returns table (
  token text, reset text, key text, value text, revision bigint, tombstone boolean,
  create_time bigint, create_revision bigint, version bigint, prev_revision bigint,
  author text, note text, txid bigint)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  here text;
  parts text[];
  seen pg_snapshot;
  seen_xmax bigint;
  seen_running bigint[];
  compacted bigint;
  refused text;
  written pg_lsn;
  latest text;
  prefix text;
  any_live boolean := false;
begin
  if pg_is_in_recovery() then
    raise exception 'changes_since needs the primary: a standby does not know which transactions run'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'changes_since cannot be called in a transaction that has written'
      using errcode = 'active_sql_transaction';
  end if;
  -- A crash forgets transactions whose log was not flushed, aborted ones among them, and their
  -- numbers are given out again: a token that counts them as seen would miss what comes under them.
  -- So what this call's snapshot has seen end is on disk before the token leaves.
  written := pg_current_wal_insert_lsn();
  if pg_current_wal_flush_lsn() < written then
    if current_setting('server_version_num')::int >= 170000 then
      perform pg_logical_emit_message(false, 'watchhub-flush', '', true);
    else
      -- The caller's commit flushes, before which it has not got the token.
      perform set_config('synchronous_commit', 'local', true);
      perform pg_logical_emit_message(true, 'watchhub-flush', '');
    end if;
  end if;
  here := token_place();

  if since is not null then
    parts := regexp_match(
      since,
      '^([0-9]{1,20}-)([0-9]{1,10}-)([0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?)$');
    begin
      seen := parts[3]::pg_snapshot;
      if seen is null then
        raise invalid_parameter_value;
      end if;
      seen_xmax := pg_snapshot_xmax(seen)::text::bigint;
      seen_running := array(select x::text::bigint from pg_snapshot_xip(seen) x);
    exception when data_exception then
      raise exception 'invalid token %: it is not one that changes_since returned',
        to_json(left(since, 100)) using errcode = 'invalid_parameter_value';
    end;
    compacted := (select compacted_txid from config_settings);
    refused := case
      when not here ^@ parts[1] then 'cluster'
      when here <> parts[1] || parts[2] then 'timeline'
      -- A server that was set back without a new timeline.
      when seen_xmax > pg_snapshot_xmax(pg_current_snapshot())::text::bigint then 'timeline'
      -- Of a transaction that still runs nothing can have been removed.
      when compacted >= seen_xmax or exists (
        select from unnest(seen_running) x
        where x <= compacted and pg_visible_in_snapshot(x::text::xid8, pg_current_snapshot()))
      then 'compacted'
    end;
  end if;

  latest := here || pg_current_snapshot();
  if since is null or refused is not null then
    -- One after another, because only a single prefix that is known is read by its range of the
    -- primary key. One within another is left out, so that nothing comes twice.
    for prefix in
      select distinct p from unnest(prefixes) p
      where not exists (select from unnest(prefixes) q where q <> p and p ^@ q)
    loop
      return query
        select
          latest, refused, c.key, c.value, c.revision, c.tombstone, c.create_time,
          c.create_revision, c.version, c.prev_revision, c.author, c.note, c.txid
        from (
          select distinct on (key) * from config
          where key ^@ prefix
          order by key, revision desc
        ) c
        where not c.tombstone
        order by c.revision;
      any_live := any_live or found;
    end loop;
    if not any_live then
      token := latest;
      reset := refused;
      return next;
    end if;
  else
    -- What it costs is to be that of the changes, whatever is known of the table, which may never
    -- have been analyzed: a range is taken for narrow, and ANY leaves the other index out.
    return query
      select
        n.token, null, c.key, c.value, c.revision, c.tombstone, c.create_time,
        c.create_revision, c.version, c.prev_revision, c.author, c.note, c.txid
      from (select latest as token) n
      left join config c
        on (c.txid between seen_xmax and 9223372036854775807 or c.txid = any (seen_running))
          and c.key ^@ any (prefixes)
      order by c.revision;
  end if;
end
$$;

-- The same for one prefix. Its body is bound when it is created, so it needs no search_path, and
-- without that the planner puts the call in its place.
create or replace function changes_since(prefix text, since text default null)
returns table (
  token text, reset text, key text, value text, revision bigint, tombstone boolean,
  create_time bigint, create_revision bigint, version bigint, prev_revision bigint,
  author text, note text, txid bigint)
language sql stable
begin atomic
  select * from changes_since(array[prefix], since);
end;
