-- Writing with references kept whole: a route that names an upstream is not written without it, and
-- an upstream is not deleted while a live route names it. The functions of 40 to 47 check nothing of
-- this; those below do as they do, and fail where a reference would not hold:
--
--   WHREF  what is written refers to a key that has no value
--   WHUSE  a key that is to be deleted is referred to
--
-- The detail of both is JSON, with 21 routes at most: [{"key": "/routes/a", "upstream":
-- "/upstreams/b"}, ...].
--
-- Who writes a route shares the lock of the key that it refers to, and who deletes that key has it
-- alone; each looks in a statement after the lock. So of two that overlap the second sees what the
-- first has done.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- The key that a value refers to: a route's {"upstream": {"ref": "b"}} to /upstreams/b. The value is
-- JSON or the base64 of it, whichever it is; NULL where it is neither, or refers to nothing.
create or replace function referred_upstream(k text, v text) returns text
language plpgsql immutable as $$
begin
  if not k ^@ '/routes/' then
    return null;
  end if;
  return '/upstreams/' || (
    case
      when ltrim(v, E' \t\n\r') ^@ '{' then v::jsonb
      else convert_from(decode(v, 'base64'), 'UTF8')::jsonb
    end #>> '{upstream,ref}');
exception when data_exception or program_limit_exceeded then
  return null;
end
$$;

-- The same of the value that a key had as of a revision.
create or replace function referred_upstream_at(k text, rev bigint) returns text
language plpgsql stable as $$
begin
  if not k ^@ '/routes/' then
    return null;
  end if;
  return (
    select referred_upstream(k, c.value) from config c
    where c.key = k and c.revision <= rev order by c.revision desc limit 1);
end
$$;

-- The live routes that refer to one of these keys, but those of except_keys: 21 at most, by key.
create or replace function referring_routes(upstreams text[], except_keys text[] default '{}')
returns table (key text, upstream text)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  -- What a route that refers to them has in its text, unless it has escapes or is base64: looking
  -- for that is much cheaper than reading JSON.
  trace text := case
    when cardinality(upstreams) = 1 then substr(upstreams[1], length('/upstreams/') + 1) else '"ref"'
  end;
begin
  return query
    select c.key, u.key
    from (
      select r.key, r.value from config r
      where r.key ^@ '/routes/' and not r.tombstone
        and (strpos(r.value, trace) > 0 or strpos(r.value, '\') > 0 or not r.value ^@ '{')
        and not exists (select from config n where n.key = r.key and n.revision > r.revision)
      offset 0 -- reads no value as JSON that was replaced since
    ) c
    join unnest(upstreams) u(key) on u.key = referred_upstream(c.key, c.value)
    where not exists (select from unnest(except_keys) e(key) where e.key = c.key)
    order by c.key
    limit 21;
end
$$;

-- Locks keys that are to be written, and shares the locks of those that they are to refer to, all
-- in the order of their locks' ids as lock_keys does. Only for that order: what has to be locked for
-- the sake of a reference, check_references locks. More keys than lock_keys takes are left to it.
create or replace function lock_referring(keys text[], upstreams text[]) returns void
language plpgsql as $$
declare
  one record;
begin
  if cardinality(keys) > 5000 then
    return;
  end if;
  for one in
    select u.k, hashtextextended(u.k, 9080) as id, bool_or(u.written) as written
    from (
      select unnest(keys) as k, true as written
      union all
      select unnest(upstreams), false
    ) u
    where u.k is not null
    group by u.k
    order by id
  loop
    if one.written then
      perform lock_key(one.k);
    else
      perform pg_advisory_xact_lock_shared(one.id);
    end if;
  end loop;
end
$$;

-- Fails where a reference does not hold once these keys have been written: puts got values, each of
-- which refers to the key of the same place in upstreams (NULL: to none), and deleted had values and
-- have none. It does not matter whether that has been done already.
create or replace function check_references(puts text[], upstreams text[], deleted text[])
returns void
language plpgsql as $$
declare
  upstream text;
  done text;
  broken jsonb;
  gone text[];
begin
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    raise exception 'references are checked in transactions of READ COMMITTED only'
      using errcode = 'feature_not_supported';
  end if;

  foreach upstream in array upstreams loop
    if upstream is not null then
      done := pg_advisory_xact_lock_shared(hashtextextended(upstream, 9080));
    end if;
  end loop;
  for i in 1 .. cardinality(puts) loop
    upstream := upstreams[i];
    if upstream is not null and upstream <> all (puts)
      and (upstream = any (deleted) or coalesce((
        select c.tombstone from config c where c.key = upstream order by c.revision desc limit 1),
        true))
    then
      broken := coalesce(broken, '[]')
        || jsonb_build_object('key', puts[i], 'upstream', upstream);
      exit when jsonb_array_length(broken) = 21;
    end if;
  end loop;
  if broken is not null then
    raise exception 'the key % refers to %, which has no value',
      broken -> 0 -> 'key', broken -> 0 -> 'upstream' using errcode = 'WHREF', detail = broken;
  end if;

  gone := array(select d from unnest(deleted) d where d ^@ '/upstreams/');
  if gone = '{}' then
    return;
  end if;
  select jsonb_agg(r) into broken from referring_routes(gone, puts || deleted) r;
  if broken is not null then
    raise exception 'the key % is referred to by %',
      broken -> 0 -> 'upstream', broken -> 0 -> 'key' using errcode = 'WHUSE', detail = broken;
  end if;
end
$$;

-- As put_if.
create or replace function put_if_checked(
  k text, v text, expected bigint default null, author text default null, note text default null)
returns table (
  outcome text, revision bigint, create_revision bigint, version bigint, prev_revision bigint,
  create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
declare
  upstreams text[] := array[referred_upstream(k, v)];
begin
  perform lock_referring(array[k], upstreams);
  select p.* into strict outcome, revision, create_revision, version, prev_revision, create_time
  from put_if(k, v, expected, put_if_checked.author, put_if_checked.note) p;
  if outcome <> 'refused' then
    perform check_references(array[k], upstreams, '{}');
  end if;
  return next;
end
$$;

-- As remove_if.
create or replace function remove_if_checked(
  k text, expected bigint default null, author text default null, note text default null)
returns table (
  outcome text, revision bigint, create_revision bigint, version bigint, prev_revision bigint,
  create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
begin
  select r.* into strict outcome, revision, create_revision, version, prev_revision, create_time
  from remove_if(k, expected, remove_if_checked.author, remove_if_checked.note) r;
  if outcome = 'written' then
    perform check_references('{}', '{}', array[k]);
  end if;
  return next;
end
$$;

-- As txn. What counts is how things are after all of its writes.
create or replace function txn_checked(
  request jsonb, author text default null, note text default null)
returns table (
  succeeded boolean, op text, key text, outcome text, revision bigint, create_revision bigint,
  version bigint, prev_revision bigint, create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
declare
  part record;
  puts text[];
  upstreams text[];
  deleted text[] := '{}';
begin
  if jsonb_typeof(request) = 'object' then
    request := '{"compare": [], "then": [], "else": []}' || request;
  end if;
  perform check_txn(request);
  perform lock_referring(array_agg(distinct w.key), array_agg(distinct w.upstream))
  from (
    select c ->> 'key' as key, null as upstream from jsonb_array_elements(request -> 'compare') c
    union all
    select d.what ->> 'key', referred_upstream(d.what ->> 'key', d.what ->> 'value')
    from (
      select coalesce(e -> 'put', e -> 'delete') as what
      from jsonb_array_elements((request -> 'then') || (request -> 'else')) e
    ) d
  ) w;

  for succeeded, op, key, outcome, revision, create_revision, version, prev_revision, create_time in
    select * from txn(request, txn_checked.author, txn_checked.note)
  loop
    if op = 'delete' and outcome = 'written' then
      deleted := deleted || key;
    end if;
    return next;
  end loop;

  select array_agg(p.key), array_agg(referred_upstream(p.key, p.value)) into puts, upstreams
  from (
    select e -> 'put' ->> 'key' as key, e -> 'put' ->> 'value' as value
    from jsonb_array_elements(request -> case when succeeded then 'then' else 'else' end) e
    where e ? 'put'
  ) p;
  perform check_references(coalesce(puts, '{}'), coalesce(upstreams, '{}'), deleted);
end
$$;

-- As rollback, of what it writes, or with dry_run would.
create or replace function rollback_checked(
  k text, rev bigint, dry_run boolean default false, author text default null,
  note text default null)
returns table (
  op text, key text, from_revision bigint, to_revision bigint, revision bigint, version bigint,
  create_time bigint)
language plpgsql security definer
set search_path from current as $$
#variable_conflict use_column
declare
  puts text[] := '{}';
  upstreams text[] := '{}';
  deleted text[] := '{}';
begin
  perform lock_referring(array[k], array[referred_upstream_at(k, rev)]);
  for op, key, from_revision, to_revision, revision, version, create_time in
    select * from rollback(k, rev, dry_run, rollback_checked.author, rollback_checked.note)
  loop
    if op = 'put' then
      puts := puts || key;
      upstreams := upstreams || referred_upstream_at(key, to_revision);
    else
      deleted := deleted || key;
    end if;
    return next;
  end loop;
  perform check_references(puts, upstreams, deleted);
end
$$;

-- As rollback_prefix, the same.
create or replace function rollback_prefix_checked(
  prefix text, rev bigint, dry_run boolean default false, author text default null,
  note text default null)
returns table (
  op text, key text, from_revision bigint, to_revision bigint, revision bigint, version bigint,
  create_time bigint)
language plpgsql security definer
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  puts text[] := '{}';
  upstreams text[] := '{}';
  deleted text[] := '{}';
begin
  perform lock_referring(array_agg(w.key), array_agg(distinct referred_upstream_at(w.key, rev)))
  from (
    select distinct c.key from config c where c.key ^@ prefix and c.revision > rev limit 5001
  ) w;
  for op, key, from_revision, to_revision, revision, version, create_time in
    select * from rollback_prefix(
      prefix, rev, dry_run, rollback_prefix_checked.author, rollback_prefix_checked.note)
  loop
    if op = 'put' then
      puts := puts || key;
      upstreams := upstreams || referred_upstream_at(key, to_revision);
    else
      deleted := deleted || key;
    end if;
    return next;
  end loop;
  perform check_references(puts, upstreams, deleted);
end
$$;

revoke execute on function lock_referring(text[], text[]) from public;
revoke execute on function check_references(text[], text[], text[]) from public;
revoke execute on function put_if_checked(text, text, bigint, text, text) from public;
revoke execute on function remove_if_checked(text, bigint, text, text) from public;
revoke execute on function txn_checked(jsonb, text, text) from public;
revoke execute on function rollback_checked(text, bigint, boolean, text, text) from public;
revoke execute on function rollback_prefix_checked(text, bigint, boolean, text, text) from public;
