-- Writing. These run with the owner's rights, so that writers need no INSERT on the table: grant
-- EXECUTE on them. Revision order within a key is commit order, because a writer locks the key
-- before it reads anything of it or draws the revision.

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
declare
  outdated regprocedure;
begin
  for outdated in
    select p.oid
    from pg_proc p
    join (values
      ('set', 'text, text', 'k text, v text', 'bigint'),
      ('del', 'text', 'k text', 'bigint')
    ) as wanted (name, types, arguments, result)
      on p.proname = wanted.name and oidvectortypes(p.proargtypes) = wanted.types
    where p.pronamespace = quote_ident(current_schema())::regnamespace
      and (pg_get_function_identity_arguments(p.oid) <> wanted.arguments
        or pg_get_function_result(p.oid) <> wanted.result)
  loop
    execute format('drop function %s', outdated);
  end loop;
end
$$;

-- check_key and lock_key use nothing but the system's functions and get by without a search_path
-- of their own, which would cost each write a tenth.

-- Refuses what is not a key: SQLSTATE 22023, or 22004 for NULL.
create or replace function check_key(k text) returns void
language plpgsql immutable as $$
declare
  fault text;
begin
  if k is null then
    raise exception 'invalid key: it is null' using errcode = 'null_value_not_allowed';
  end if;
  fault := case
    when left(k, 1) <> '/' then 'it must start with /'
    when octet_length(convert_to(k, 'UTF8')) > 512 then
      format('it is %s bytes long, 512 is the most', octet_length(convert_to(k, 'UTF8')))
    when k collate "C" ~ '[\u0001-\u001f\u007f-\u009f]' then 'it has a control character'
    when k || '/' like '%//%' then 'it has an empty segment, or ends with /'
    when k || '/' like '%/./%' or k || '/' like '%/../%' then 'it has a segment . or ..'
  end;
  if fault is not null then
    -- As JSON, so that control characters show; shortened, for it may be of any length.
    raise exception 'invalid key %: %', to_json(left(k, 100)), fault
      using errcode = 'invalid_parameter_value';
  end if;
end
$$;

-- Fails with SQLSTATE 40001 unless the newest row of a locked key is the one that the transaction
-- sees: for one that reads by a snapshot from before the lock. It looks for the row that would follow
-- among those of each transaction that was committed since, in the way that sees all rows: it tries
-- to write that row into the unique index, and takes it back. After 10,000 transactions it fails
-- without looking.
create or replace function require_newest(k text) returns void
language plpgsql as $$
declare
  seen pg_snapshot := pg_current_snapshot();
  first bigint := pg_snapshot_xmax(seen)::text::bigint;
  id bigint := first;
  committed bigint[] := array(
    select x::text::bigint from pg_snapshot_xip(seen) x where pg_xact_status(x) = 'committed');
  newest bigint;
begin
  begin
    while id < first + 10000 loop
      if pg_xact_status(id::text::xid8) = 'committed' then
        committed := committed || id;
      end if;
      id := id + 1;
    end loop;
  exception when invalid_parameter_value then
    null; -- The first that has not been given out.
  end;
  if id = first + 10000 then
    raise exception 'could not serialize access: over 10000 transactions since its beginning'
      using errcode = 'serialization_failure';
  elsif committed = '{}' then
    return;
  end if;

  -- Where compaction took the row meanwhile, this lock on it fails.
  select c.revision into newest
  from config c where c.key = k order by c.revision desc limit 1 for key share;
  if newest is null then
    -- It may have taken the one that began the key.
    perform from config_settings for share;
  end if;
  begin
    insert into config (key, revision, tombstone, prev_revision, txid, notify_mode)
    select k, -row_number() over (), true, coalesce(newest, 0), x, 'off'
    from unnest(committed) x
    on conflict (txid, key, prev_revision) do nothing;
    raise exception sqlstate 'WH000';
  exception when sqlstate 'WH000' then
    null;
  end;
end
$$;

-- Locks a key until the transaction ends. A statement that waits for a lock goes on with the
-- snapshot from before the wait, so this stands alone, and what is read after it is read anew.
-- Under REPEATABLE READ nothing is read anew: what is read is the newest, or this fails.
create or replace function lock_key(k text) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(k, 9080));
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    perform require_newest(k);
  end if;
end
$$;

-- Of a life of a key whose newest row was inserted directly, which does not say them: where it began,
-- and how many values it has had.
create or replace function life_begin(k text) returns bigint
language sql stable as $$
  select min(c.revision) from config c
  where c.key = k and c.revision > coalesce(
    (select max(t.revision) from config t where t.key = k and t.tombstone), 0)
$$;

create or replace function life_length(k text) returns bigint
language sql stable as $$
  select count(*) from config c
  where c.key = k and c.revision > coalesce(
    (select max(t.revision) from config t where t.key = k and t.tombstone), 0)
$$;

-- Whether a condition holds for a key; there is the revision of its value, NULL if it has none. A
-- condition is a number: NULL for none, 0 for "it has no value", -1 for "it has one", else the
-- revision of the value that it must have.
create or replace function condition_holds(expected bigint, there bigint) returns boolean
language sql immutable as $$
  select case expected
    when 0 then there is null
    when -1 then there is not null
    else expected is null or there is not distinct from expected
  end
$$;

-- Gives a key a value, for the functions that write, whose rights and search_path it runs with. Always,
-- whatever is there, or else if the condition holds and the key does not have that value; then
-- outcome says what was done, of which there is no doubt otherwise:
--   written    the columns are those of the new row
--   unchanged  it has this value already, whoever wrote it: those of the row that is there
--   refused    the condition does not hold: those of the row that is there, NULL if it has no value
--
-- It is made to be fast, for it is most of what a writer costs: two plain statements are cheaper than
-- one that joins, and what check_key and lock_key do stands here again, since each call of them costs
-- more than the entry in an index.
create or replace function write_value(
  k text, v text, always boolean, expected bigint, author text, note text,
  out outcome text, out revision bigint, out create_revision bigint, out version bigint,
  out prev_revision bigint, out create_time bigint)
language plpgsql as $$
#variable_conflict use_variable
declare
  done text;
  deleted boolean; -- NULL: the key has no row
  there text;
  mode text;
begin
  -- Of other encodings a byte may be three of UTF-8.
  if k is null or octet_length(k) > 170 or k like '%/.%'
    or k collate "C" !~ '^(/[^/\u0001-\u001f\u007f-\u009f]+)+$'
  then
    done := check_key(k);
  end if;
  if v is null then
    raise exception 'the value of key % is null', to_json(k)
      using errcode = 'null_value_not_allowed';
  end if;
  done := pg_advisory_xact_lock(hashtextextended(k, 9080));
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    done := require_newest(k);
  end if;

  select c.revision, c.tombstone, c.create_revision, c.version + 1, c.value,
    (select s.notify_mode from config_settings s)
  into prev_revision, deleted, create_revision, version, there, mode
  from config c where c.key = k order by c.revision desc limit 1;
  if not always then
    outcome := case
      when not condition_holds(expected, case when not deleted then prev_revision end)
        then 'refused'
      when not deleted and coalesce(there, '') = v then 'unchanged'
      else 'written'
    end;
    if outcome <> 'written' then
      select c.revision, coalesce(c.create_revision, c.revision), coalesce(c.version, 1),
        c.prev_revision, c.create_time
      into revision, create_revision, version, prev_revision, create_time
      from config c where c.key = k and c.revision = prev_revision and not c.tombstone;
      return;
    end if;
  end if;

  revision := nextval('config_revision_seq');
  if deleted is null then
    prev_revision := 0;
    mode := (select s.notify_mode from config_settings s);
  end if;
  if deleted is not false then
    create_revision := revision;
    version := 1;
  elsif create_revision + version is null then
    create_revision := coalesce(create_revision, life_begin(k));
    version := coalesce(version, life_length(k) + 1);
  end if;
  insert into config as c (
    key, value, revision, create_revision, version, prev_revision, author, note, notify_mode)
  values (k, v, revision, create_revision, version, prev_revision, author, note, mode)
  returning c.create_time into create_time;
end
$$;

-- Takes a key's value away, the same way. outcome: written, refused, or absent: the condition holds
-- and there is nothing to take away.
create or replace function remove_value(
  k text, expected bigint, author text, note text,
  out outcome text, out revision bigint, out create_revision bigint, out version bigint,
  out prev_revision bigint, out create_time bigint)
language plpgsql as $$
#variable_conflict use_variable
begin
  perform lock_key(k);
  select c.revision, coalesce(c.create_revision, c.revision), coalesce(c.version, 1),
    c.prev_revision, c.create_time
  into revision, create_revision, version, prev_revision, create_time
  from (select * from config n where n.key = k order by n.revision desc limit 1) c
  where not c.tombstone;
  if revision is null then
    -- Only here, so that a key from before the rules can still be removed.
    perform check_key(k);
  end if;
  if not condition_holds(expected, revision) then
    outcome := 'refused';
  elsif revision is null then
    outcome := 'absent';
  else
    outcome := 'written';
    version := 0;
    prev_revision := revision;
    revision := nextval('config_revision_seq');
    insert into config as c (
      key, revision, tombstone, create_revision, version, prev_revision, author, note, notify_mode)
    values (
      k, revision, true, create_revision, version, prev_revision, author, note,
      (select s.notify_mode from config_settings s))
    returning c.create_time into create_time;
  end if;
end
$$;

-- Gives a key a value.
create or replace function put(
  k text, v text, author text default null, note text default null)
returns table (
  revision bigint, create_revision bigint, version bigint, prev_revision bigint, create_time bigint)
language plpgsql security definer set search_path from current as $$
declare
  row record;
begin
  row := write_value(k, v, true, null, author, note);
  revision := row.revision;
  create_revision := row.create_revision;
  version := row.version;
  prev_revision := row.prev_revision;
  create_time := row.create_time;
  return next;
end
$$;

-- Takes a key's value away; no row, and nothing written, when it has none.
create or replace function remove(k text, author text default null, note text default null)
returns table (
  revision bigint, create_revision bigint, version bigint, prev_revision bigint, create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
begin
  return query
    select r.revision, r.create_revision, r.version, r.prev_revision, r.create_time
    from remove_value(k, null, remove.author, remove.note) r
    where r.outcome = 'written';
end
$$;

-- The demo's put: the new revision.
create or replace function set(k text, v text) returns bigint
language plpgsql security definer set search_path from current as $$
begin
  return (write_value(k, v, true, null, null, null)).revision;
end
$$;

-- The demo's remove: the new revision, 0 when there was nothing to delete.
create or replace function del(k text) returns bigint
language plpgsql security definer set search_path from current as $$
begin
  return coalesce((select d.revision from remove_value(k, null, null, null) d where d.outcome = 'written'), 0);
end
$$;

revoke execute on function life_begin(text) from public;
revoke execute on function life_length(text) from public;
revoke execute on function write_value(text, text, boolean, bigint, text, text) from public;
revoke execute on function remove_value(text, bigint, text, text) from public;
revoke execute on function put(text, text, text, text) from public;
revoke execute on function remove(text, text, text) from public;
revoke execute on function set(text, text) from public;
revoke execute on function del(text) from public;
revoke execute on function lock_key(text) from public;
revoke execute on function require_newest(text) from public;
