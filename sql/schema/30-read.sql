-- Reading. These run with the caller's rights: whoever may SELECT from the table may use them.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- CREATE OR REPLACE keeps grants, but cannot change result columns or parameter names: what an
-- older version of the demo left is dropped, and only that.
do $$
declare
  outdated regprocedure;
begin
  for outdated in
    select p.oid
    from pg_proc p
    join (values
      ('get1', 'text', 'kk text', 'TABLE(r bigint, k text, v text)'),
      ('get', 'text, bigint', 'kk text, rev bigint', 'TABLE(r bigint, k text, v text)'),
      ('get_all', 'text', 'prefix text', 'TABLE(r bigint, k text, v text)'),
      ('get_all_from_rev_with_stale', 'text, bigint', 'prefix text, rev bigint',
        'TABLE(r bigint, k text, v text, tomb boolean)')
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

-- The value of a key now; no row when it has none.
create or replace function get1(kk text)
returns table (r bigint, k text, v text)
language plpgsql stable set search_path from current as $$
begin
  return query
    select c.revision, c.key, c.value
    from (select * from config where key = kk order by revision desc limit 1) c
    where not c.tombstone;
end
$$;

-- The row of a key with exactly this revision, 0 for its newest; no row when that is a tombstone.
create or replace function get(kk text, rev bigint default 0)
returns table (r bigint, k text, v text)
language plpgsql stable set search_path from current as $$
begin
  return query
    select c.revision, c.key, c.value
    from (
      select * from config
      where key = kk and (rev = 0 or revision = rev)
      order by revision desc limit 1
    ) c
    where not c.tombstone;
end
$$;

-- The functions that take a prefix are planned at each call: only a plan made for this very prefix
-- can use the index. A prefix stands for itself, '%' and '_' too.

-- The keys that start with the prefix and have a value now.
create or replace function get_all(prefix text)
returns table (r bigint, k text, v text)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select c.revision, c.key, c.value
    from (
      select distinct on (key) * from config
      where key ^@ prefix
      order by key, revision desc
    ) c
    where not c.tombstone;
end
$$;

-- Of each key that starts with the prefix the newest row above the revision, tombstones too.
-- Revisions of different keys commit in any order, so this is no way to resume: changes_since is.
create or replace function get_all_from_rev_with_stale(prefix text, rev bigint)
returns table (r bigint, k text, v text, tomb boolean)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select distinct on (key) revision, key, value, tombstone
    from config
    where key ^@ prefix and revision > rev
    order by key, revision desc;
end
$$;

-- What a row that was inserted directly, past the functions, does not say is filled in below: no
-- value is an empty one, and its life begins with itself.

-- The value of a key as of a revision, NULL for now. Where compaction took the row there is none.
create or replace function read_at(k text, rev bigint default null)
returns table (
  key text, value text, revision bigint, create_revision bigint, version bigint,
  create_time bigint, author text, note text)
language plpgsql stable set search_path from current as $$
#variable_conflict use_column
begin
  return query
    select c.key, coalesce(c.value, ''), c.revision, coalesce(c.create_revision, c.revision),
      coalesce(c.version, 1), c.create_time, c.author, c.note
    from (
      select * from config
      where key = k and revision <= coalesce(rev, 9223372036854775807)
      order by revision desc limit 1
    ) c
    where not c.tombstone;
end
$$;

-- The keys that start with the prefix as of a revision, in the order of their bytes; those after
-- after_key only, at most max_rows of them.
create or replace function list_at(
  prefix text, rev bigint default null, after_key text default null, max_rows bigint default null)
returns table (
  key text, value text, revision bigint, create_revision bigint, version bigint,
  create_time bigint, author text, note text)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
    select c.key, coalesce(c.value, ''), c.revision, coalesce(c.create_revision, c.revision),
      coalesce(c.version, 1), c.create_time, c.author, c.note
    from (
      select distinct on (key) * from config
      where key ^@ prefix
        and (rev is null or revision <= rev)
        and (after_key is null or key > after_key)
      order by key, revision desc
    ) c
    where not c.tombstone
    order by c.key
    limit max_rows;
end
$$;
