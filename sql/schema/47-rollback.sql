-- Going back: giving keys the values again that they had as of a revision.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- Refuses a revision that cannot be gone back to: SQLSTATE WH404 when it has not been given out yet,
-- WH410 when compaction took what it needs. The detail is a number: the newest revision that has
-- been given out, the oldest that can still be read.
create or replace function check_past(rev bigint, oldest bigint) returns void
language plpgsql as $$
declare
  newest bigint := newest_revision();
begin
  if rev is null or rev < 1 then
    raise exception 'invalid revision %: expected one from 1 on', rev
      using errcode = 'invalid_parameter_value';
  elsif rev > newest then
    raise exception 'there is no revision % yet', rev using errcode = 'WH404', detail = newest;
  elsif oldest is not null then
    raise exception 'compaction took rows as of revision %', rev
      using errcode = 'WH410', detail = oldest;
  end if;
end
$$;

-- Gives keys the values again that they had as of a revision, for the functions below, which lock
-- them: a row for each that has another now. Those that had none are deleted. With dry_run nothing
-- is written, and the columns from revision on are NULL.
create or replace function write_past(
  keys text[], rev bigint, dry_run boolean, author text, note text)
returns table (
  op text, key text, from_revision bigint, to_revision bigint, revision bigint, version bigint,
  create_time bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  step record;
  row record;
begin
  for step in
    select k.key, n.revision as now_at, t.revision as then_at, coalesce(t.value, '') as value
    from unnest(keys) k(key)
    left join lateral (
      select c.* from config c where c.key = k.key order by c.revision desc limit 1
    ) n on not n.tombstone
    left join lateral (
      select c.* from config c
      where c.key = k.key and c.revision <= rev order by c.revision desc limit 1
    ) t on not t.tombstone
    where (n.revision is null) <> (t.revision is null)
      or coalesce(n.value, '') <> coalesce(t.value, '')
    order by k.key
  loop
    op := case when step.then_at is null then 'delete' else 'put' end;
    key := step.key;
    from_revision := step.now_at;
    to_revision := step.then_at;
    if not dry_run then
      if op = 'put' then
        row := write_value(step.key, step.value, true, null, author, note);
      else
        row := remove_value(step.key, null, author, note);
      end if;
      revision := row.revision;
      version := row.version;
      create_time := row.create_time;
    end if;
    return next;
  end loop;
end
$$;

-- What all of these called before.
drop function if exists write_value(text, text, text, text);
drop function if exists write_if(text, text, bigint, text, text);

-- Gives a key the value again that it had as of a revision: one row, with the revisions from which
-- and to which it went (NULL: no value) and what was written; no row if it has that value.
create or replace function rollback(
  k text, rev bigint, dry_run boolean default false, author text default null,
  note text default null)
returns table (
  op text, key text, from_revision bigint, to_revision bigint, revision bigint, version bigint,
  create_time bigint)
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
begin
  perform check_key(k);
  perform lock_key(k);
  perform check_past(rev, oldest_readable(k, rev));
  return query select * from write_past(array[k], rev, dry_run, rollback.author, rollback.note);
  -- And after the reads: compaction may run at the same time.
  perform check_past(rev, oldest_readable(k, rev));
end
$$;

-- The same for all keys that start with the prefix, in one transaction: a row for each that changes.
-- One that somebody else writes meanwhile counts as written after it. At most 5,000 keys may have
-- been written since the revision.
create or replace function rollback_prefix(
  prefix text, rev bigint, dry_run boolean default false, author text default null,
  note text default null)
returns table (
  op text, key text, from_revision bigint, to_revision bigint, revision bigint, version bigint,
  create_time bigint)
language plpgsql security definer
set search_path from current set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  written text[];
begin
  perform check_past(rev, oldest_readable_under(prefix, rev));
  written := array(
    select distinct c.key from config c where c.key ^@ prefix and c.revision > rev limit 5001);
  perform lock_keys(written);
  return query
    select * from write_past(written, rev, dry_run, rollback_prefix.author, rollback_prefix.note);
  perform check_past(rev, oldest_readable_under(prefix, rev));
end
$$;

revoke execute on function check_past(bigint, bigint) from public;
revoke execute on function write_past(text[], bigint, boolean, text, text) from public;
revoke execute on function rollback(text, bigint, boolean, text, text) from public;
revoke execute on function rollback_prefix(text, bigint, boolean, text, text) from public;
