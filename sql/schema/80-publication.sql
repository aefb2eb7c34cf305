-- The publication that hubs read: inserts of this table only, so that compaction reaches nobody.
-- It is "watchhub" in the schema public, "watchhub_" and the schema's name elsewhere.

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
  name text := 'watchhub' || case current_schema()
    when 'public' then '' else '_' || current_schema() end;
begin
  if octet_length(name) > 63 then
    raise exception 'the name of the publication, "%", is longer than 63 bytes: use a shorter schema name',
      name;
  end if;
  -- One for all tables cannot be made into one for this table, and is somebody else's.
  if exists (select from pg_publication where pubname = name and puballtables) then
    raise exception
      'the publication "%" is FOR ALL TABLES, expected one of this table: if nothing uses it, run DROP PUBLICATION %;',
      name, quote_ident(name);
  end if;
  if not exists (select from pg_publication where pubname = name) then
    execute format('create publication %I for table config with (publish = ''insert'')', name);
    return;
  end if;
  if not exists (
    select from pg_publication
    where pubname = name and pubinsert and not (pubupdate or pubdelete or pubtruncate)
  ) then
    execute format('alter publication %I set (publish = ''insert'')', name);
  end if;
  if array(
    select r.prrelid::oid || coalesce(r.prattrs::text, '') || coalesce(r.prqual::text, '')
    from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
    where p.pubname = name
    union all
    select 'schema'
    from pg_publication p join pg_publication_namespace n on n.pnpubid = p.oid
    where p.pubname = name
  ) <> array['config'::regclass::oid::text] then
    execute format('alter publication %I set table config', name);
  end if;
end
$$;
