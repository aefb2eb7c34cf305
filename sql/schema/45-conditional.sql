-- Writing on a condition, and many keys at once. These run with the owner's rights, like the
-- functions that they write by: grant EXECUTE on them.
--
-- A result goes from function to function column by column, since a call that is an expression costs
-- less than one that is a table. A condition on a key is a number, see condition_holds.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- Gives a key a value, if the condition holds and it does not have that value already: with the
-- outcomes of write_value, written, unchanged and refused.
create or replace function put_if(
  k text, v text, expected bigint default null, author text default null, note text default null)
returns table (
  outcome text, revision bigint, create_revision bigint, version bigint, prev_revision bigint,
  create_time bigint)
language plpgsql security definer set search_path from current as $$
declare
  row record;
begin
  row := write_value(k, v, false, expected, author, note);
  outcome := row.outcome;
  revision := row.revision;
  create_revision := row.create_revision;
  version := row.version;
  prev_revision := row.prev_revision;
  create_time := row.create_time;
  return next;
end
$$;

-- Takes a key's value away, if the condition holds: with the outcomes of remove_value, written, refused
-- and absent.
create or replace function remove_if(
  k text, expected bigint default null, author text default null, note text default null)
returns table (
  outcome text, revision bigint, create_revision bigint, version bigint, prev_revision bigint,
  create_time bigint)
language plpgsql security definer set search_path from current as $$
declare
  row record;
begin
  row := remove_value(k, expected, author, note);
  outcome := row.outcome;
  revision := row.revision;
  create_revision := row.create_revision;
  version := row.version;
  prev_revision := row.prev_revision;
  create_time := row.create_time;
  return next;
end
$$;

-- Locks keys until the transaction ends, all in the order of their locks' ids: transactions that do
-- so cannot wait for each other in a ring. At most 5,000, since the server has room for some 12,000
-- locks at its default settings.
create or replace function lock_keys(keys text[]) returns void
language plpgsql as $$
declare
  k text;
  ordered text[] := array(
    select u from (select distinct unnest(keys) as u) d order by hashtextextended(u, 9080));
begin
  if cardinality(ordered) > 5000 then
    raise exception 'there are % keys, 5000 are the most in one transaction', cardinality(ordered)
      using errcode = 'program_limit_exceeded';
  end if;
  foreach k in array ordered loop
    perform lock_key(k);
  end loop;
end
$$;

-- Refuses what txn cannot take: SQLSTATE 22023.
create or replace function check_txn(request jsonb) returns void
language plpgsql immutable as $$
declare
  part text;
  element jsonb;
  what jsonb;
  fault text;
begin
  if jsonb_typeof(request) is distinct from 'object' then
    raise exception 'a transaction is a JSON object with compare, then and else'
      using errcode = 'invalid_parameter_value';
  end if;
  select k into part from jsonb_object_keys(request) k where k not in ('compare', 'then', 'else');
  if found then
    raise exception 'a transaction has no %: expected compare, then, else', to_json(left(part, 100))
      using errcode = 'invalid_parameter_value';
  end if;
  foreach part in array array['compare', 'then', 'else'] loop
    if jsonb_typeof(request -> part) is distinct from 'array' then
      raise exception '% is not an array', part using errcode = 'invalid_parameter_value';
    end if;
  end loop;

  for element in select jsonb_array_elements(request -> 'compare') loop
    fault := case
      when jsonb_typeof(element) <> 'object' or jsonb_typeof(element -> 'key') is distinct from 'string'
        then 'it is not an object with a key'
      when (select count(*) from jsonb_object_keys(element)) <> 2
          or not element ?| array['revision', 'exists', 'value']
        then 'expected key and one of revision, exists, value'
      when element ? 'revision' and (jsonb_typeof(element -> 'revision') <> 'number'
          or element ->> 'revision' !~ '^[0-9]{1,18}$')
        then 'revision is not a whole number from 0 on'
      when element ? 'exists' and jsonb_typeof(element -> 'exists') <> 'boolean'
        then 'exists is not true or false'
      when element ? 'value' and jsonb_typeof(element -> 'value') <> 'string'
        then 'value is not a string'
    end;
    if fault is not null then
      raise exception 'cannot compare %: %', left(element::text, 100), fault
        using errcode = 'invalid_parameter_value';
    end if;
    perform check_key(element ->> 'key');
  end loop;

  foreach part in array array['then', 'else'] loop
    for element in select jsonb_array_elements(request -> part) loop
      what := case
        when jsonb_typeof(element) = 'object' then coalesce(element -> 'put', element -> 'delete')
      end;
      fault := case
        when what is null or (select count(*) from jsonb_object_keys(element)) <> 1
          then 'expected an object with put or delete'
        when jsonb_typeof(what) <> 'object' or jsonb_typeof(what -> 'key') is distinct from 'string'
          then 'it has no key'
        when what - array['key', 'value'] <> '{}' or element ? 'delete' and what ? 'value'
          then 'expected key and, in a put, value'
        when element ? 'put' and jsonb_typeof(what -> 'value') is distinct from 'string'
          then 'value is not a string'
      end;
      if fault is not null then
        raise exception 'cannot do %: %', left(element::text, 100), fault
          using errcode = 'invalid_parameter_value';
      end if;
      perform check_key(what ->> 'key');
    end loop;
    select o.k into part
    from (
      select coalesce(e -> 'put', e -> 'delete') ->> 'key' as k
      from jsonb_array_elements(request -> part) e
    ) o
    group by o.k having count(*) > 1
    limit 1;
    if found then
      raise exception 'key % is written twice in one branch', to_json(part)
        using errcode = 'invalid_parameter_value';
    end if;
  end loop;
end
$$;

-- Compares, and then writes one of two lists: then if everything compared holds, else otherwise.
-- All or nothing, and one commit to watchers:
--
--   {"compare": [{"key": "/a", "revision": 5}, {"key": "/b", "exists": false},
--                {"key": "/c", "value": "x"}],
--    "then": [{"put": {"key": "/a", "value": "y"}}, {"delete": {"key": "/c"}}],
--    "else": []}
--
-- A list that is missing is empty, and no list may write a key twice. The answer is a row for each
-- write, in the order of the list, with the outcomes of put_if and remove_if. Before these, if
-- something compared does not hold, a row with op 'compare' for each such key: outcome refused, and
-- the revision that is there, NULL if the key has no value. When there is nothing to tell there is
-- one row, whose key is NULL.
create or replace function txn(request jsonb, author text default null, note text default null)
returns table (
  succeeded boolean, op text, key text, outcome text, revision bigint, create_revision bigint,
  version bigint, prev_revision bigint, create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
declare
  holds boolean;
  rows bigint := 0;
  step jsonb;
  row record;
begin
  if jsonb_typeof(request) = 'object' then
    request := '{"compare": [], "then": [], "else": []}' || request;
  end if;
  perform check_txn(request);
  perform lock_keys(array(
    select c ->> 'key' from jsonb_array_elements(request -> 'compare') c
    union all
    select coalesce(w -> 'put', w -> 'delete') ->> 'key'
    from jsonb_array_elements((request -> 'then') || (request -> 'else')) w));

  return query
    select distinct on (c ->> 'key')
      false, 'compare', c ->> 'key', 'refused', r.revision,
      coalesce(r.create_revision, r.revision),
      case when r.revision is not null then coalesce(r.version, 1) end,
      r.prev_revision, r.create_time
    from jsonb_array_elements(request -> 'compare') c
    left join lateral (
      select * from config n where n.key = c ->> 'key' order by n.revision desc limit 1
    ) r on not r.tombstone
    where not case
      when c ? 'value' then r.revision is not null and coalesce(r.value, '') = c ->> 'value'
      when c ? 'exists' then (r.revision is not null) = (c ->> 'exists')::boolean
      else condition_holds((c ->> 'revision')::bigint, r.revision)
    end
    order by c ->> 'key';
  get diagnostics rows = row_count;
  holds := rows = 0;

  for step in select jsonb_array_elements(request -> case when holds then 'then' else 'else' end) loop
    rows := rows + 1;
    op := case when step ? 'put' then 'put' else 'delete' end;
    key := step -> op ->> 'key';
    if op = 'put' then
      row := write_value(key, step -> op ->> 'value', false, null, author, note);
    else
      row := remove_value(key, null, author, note);
    end if;
    succeeded := holds;
    outcome := row.outcome;
    revision := row.revision;
    create_revision := row.create_revision;
    version := row.version;
    prev_revision := row.prev_revision;
    create_time := row.create_time;
    return next;
  end loop;
  if rows = 0 then
    succeeded := true;
    return next;
  end if;
end
$$;

revoke execute on function put_if(text, text, bigint, text, text) from public;
revoke execute on function remove_if(text, bigint, text, text) from public;
revoke execute on function lock_keys(text[]) from public;
revoke execute on function txn(jsonb, text, text) from public;
