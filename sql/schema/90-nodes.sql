-- What nodes in notify mode say they have applied.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- One row for each node. Unlogged, so that a report adds a commit record and nothing else to the
-- write-ahead log, and waits for no disk; after a crash or a failover the nodes report anew.
--
-- prefixes      what it follows
-- token         what it has applied: one of changes_since; NULL before its first snapshot
-- complete_lsn  it has applied every commit that ends up to here; NULL: not known
-- mark_lsn, mark_xid  a place in the log, and a transaction id drawn after that was read: when all
--               transactions before mark_xid have ended in a token's snapshot, all commits up to
--               mark_lsn are in it
-- refused       values that it could not apply: an array of {"key","revision","reason"}
-- place         cluster and timeline at the time of the report: places in the log and transaction ids
--               of another say nothing here
create unlogged table if not exists config_nodes (
  node text primary key,
  version text,
  started_at timestamptz,
  prefixes text[] not null,
  token text,
  complete_lsn pg_lsn,
  mark_lsn pg_lsn,
  mark_xid xid8,
  refused jsonb not null,
  refused_count bigint not null,
  leaving boolean not null,
  reported_at timestamptz not null,
  place text not null default ''
) with (fillfactor = 50);

alter table config_nodes add column if not exists place text not null default '';

-- A node used to have one prefix.
do $$
begin
  if exists (
    select from pg_attribute
    where attrelid = 'config_nodes'::regclass and attname = 'prefix' and not attisdropped)
  then
    alter table config_nodes alter column prefix type text[] using array[prefix];
    alter table config_nodes rename column prefix to prefixes;
  end if;
end
$$;

-- Since when reports have been collected: one row. Unlogged too, so that it is lost whenever the
-- reports are.
--
-- server_start  of the server that wrote it: while it was stopped nobody could report
create unlogged table if not exists config_nodes_since (
  only_row boolean primary key default true check (only_row),
  began timestamptz not null default clock_timestamp(),
  server_start timestamptz not null default pg_postmaster_start_time()
);

insert into config_nodes_since default values on conflict do nothing;

revoke insert, update, delete, truncate on config_nodes, config_nodes_since from public;

-- For how many milliseconds reports have been collected: since the schema was installed, the server
-- was started, or the first report or call after a crash or a failover.
create or replace function nodes_collected_ms() returns bigint
language plpgsql volatile security definer set search_path from current as $$
begin
  -- Looked at first: the upsert locks the row even where it leaves it as it is.
  if not exists (
    select from config_nodes_since where server_start = pg_postmaster_start_time())
  then
    insert into config_nodes_since as s default values
    on conflict (only_row) do update
      set began = excluded.server_start, server_start = excluded.server_start;
  end if;
  return (select extract(epoch from clock_timestamp() - began) * 1000 from config_nodes_since);
end
$$;

-- Takes the report of a node, in place of the one before. When a node is new, those that have been
-- gone for long are forgotten; where 10,000 are left, it is refused: SQLSTATE 53400.
create or replace function node_applied(
  node text, version text, started_at timestamptz, prefixes text[], token text,
  refused jsonb default '[]', refused_count bigint default 0, leaving boolean default false)
returns void
language plpgsql security definer set search_path from current as $$
declare
  place text := token_place();
  seen pg_snapshot := token_snapshot_at(place, token);
  here pg_lsn := pg_current_wal_insert_lsn();
  drawn xid8;
  known boolean;
begin
  if token is not null and token_snapshot(token) is null then
    raise exception 'invalid token %: it is not one that changes_since returned',
      to_json(left(token, 100)) using errcode = 'invalid_parameter_value';
  end if;
  if node is null or node !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' or node ~ '^[0-9]+$' then
    raise exception 'invalid node %: expected up to 100 letters, digits, ".", "_" and "-", the first a letter or a digit, not digits alone',
      to_json(left(node, 100)) using errcode = 'invalid_parameter_value';
  end if;
  if array_position(prefixes, null) is not null then
    raise exception 'invalid prefixes: expected texts, one is NULL'
      using errcode = 'invalid_parameter_value';
  end if;
  if jsonb_typeof(refused) <> 'array' or pg_column_size(refused) > 262144 then
    raise exception 'invalid refused: expected a JSON array of at most 256 KiB'
      using errcode = 'invalid_parameter_value';
  end if;
  perform nodes_collected_ms();
  known := exists (select from config_nodes n where n.node = node_applied.node);
  -- Drawn after here was read: whoever has committed up to there has a lower one.
  drawn := pg_current_xact_id();
  insert into config_nodes as n values (
    node, node_applied.version, node_applied.started_at, node_applied.prefixes, node_applied.token,
    null, here, drawn, node_applied.refused, node_applied.refused_count, node_applied.leaving,
    clock_timestamp(), place)
  on conflict on constraint config_nodes_pkey do update set
    version = excluded.version, started_at = excluded.started_at, prefixes = excluded.prefixes,
    token = excluded.token, refused = excluded.refused, refused_count = excluded.refused_count,
    leaving = excluded.leaving, reported_at = excluded.reported_at, place = excluded.place,
    complete_lsn = case
      when excluded.started_at is distinct from n.started_at
        or excluded.prefixes <> n.prefixes or excluded.place <> n.place or seen is null then null
      when pg_snapshot_xmin(seen) >= n.mark_xid then n.mark_lsn
      else n.complete_lsn
    end,
    mark_lsn = case
      when seen is null or excluded.place <> n.place or pg_snapshot_xmin(seen) >= n.mark_xid
        then excluded.mark_lsn
      else n.mark_lsn
    end,
    mark_xid = case
      when seen is null or excluded.place <> n.place or pg_snapshot_xmin(seen) >= n.mark_xid
        then excluded.mark_xid
      else n.mark_xid
    end;
  if not known then
    -- Past those that report at this moment, or two that come back together wait for each other.
    delete from config_nodes n where n.node in (
      select o.node from config_nodes o
      where o.reported_at < clock_timestamp() - interval '1 hour'
      for update skip locked);
    if (select count(*) from config_nodes) > 10000 then
      raise exception 'no room for node %: 10000 others have reported in the last hour',
        to_json(node) using errcode = 'configuration_limit_exceeded';
    end if;
  end if;
end
$$;

-- The same of a node that follows one prefix.
create or replace function node_applied(
  node text, version text, started_at timestamptz, prefix text, token text,
  refused jsonb default '[]', refused_count bigint default 0, leaving boolean default false)
returns void
language sql security definer set search_path from current as $$
  select node_applied(
    node, version, started_at, array[prefix], token, refused, refused_count, leaving)
$$;

-- The nodes that have reported, and how far each has come: complete_lsn is the furthest place up to
-- which all commits are known to be applied; NULL: not known. silent_ms is how long ago it reported.
--
-- Who lacks no row that can be seen has come as far as the log had been written when the last
-- transaction that could still hide one was seen to have ended: such a one holds its lock on the
-- table until its rows can be seen. That takes a new snapshot after the look at the locks, which only
-- READ COMMITTED gives.
create or replace function applied_nodes()
returns table (
  node text, version text, started_at timestamptz, token text, complete_lsn pg_lsn,
  refused jsonb, refused_count bigint, leaving boolean, reported_at timestamptz, silent_ms bigint)
language plpgsql volatile security definer
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  here pg_lsn := pg_current_wal_insert_lsn();
  place text := token_place();
  hidden boolean := current_setting('transaction_isolation') <> 'read committed' or exists (
    select from pg_locks l
    where l.relation = 'config'::regclass and l.mode = 'RowExclusiveLock'
      and l.database = (select d.oid from pg_database d where d.datname = current_database()));
  n config_nodes;
  seen pg_snapshot;
  lacks boolean;
begin
  for n in select * from config_nodes order by node loop
    seen := token_snapshot_at(place, n.token);
    lacks := hidden or seen is null or exists (
      select from config c
      where (c.txid between pg_snapshot_xmax(seen)::text::bigint and 9223372036854775807
          or c.txid = any (array(select x::text::bigint from pg_snapshot_xip(seen) x)))
        and c.key ^@ any (n.prefixes));
    node := n.node;
    version := n.version;
    started_at := n.started_at;
    token := n.token;
    complete_lsn := case
      when not lacks then here
      when n.place = place then n.complete_lsn
    end;
    refused := n.refused;
    refused_count := n.refused_count;
    leaving := n.leaving;
    reported_at := n.reported_at;
    silent_ms := extract(epoch from clock_timestamp() - n.reported_at) * 1000;
    return next;
  end loop;
end
$$;

revoke execute on function node_applied(text, text, timestamptz, text, text, jsonb, bigint, boolean)
  from public;
revoke execute on function node_applied(text, text, timestamptz, text[], text, jsonb, bigint, boolean)
  from public;
revoke execute on function applied_nodes() from public;
revoke execute on function nodes_collected_ms() from public;

-- Who was granted the one before there was the other has both.
do $$
declare
  granted oid;
begin
  for granted in
    select a.grantee
    from pg_proc p, aclexplode(p.proacl) a
    where p.oid
        = 'node_applied(text, text, timestamptz, text, text, jsonb, bigint, boolean)'::regprocedure
      and a.grantee not in (0, p.proowner)
  loop
    execute format(
      'grant execute on function node_applied(text, text, timestamptz, text[], text, jsonb, bigint, boolean) to %s',
      granted::regrole);
  end loop;
end
$$;
