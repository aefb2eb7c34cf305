-- The settings, what the installer has applied, and whether this is still the cluster it was.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- notify_mode         the mode that the next rows are stamped with
-- compacted_txid      the highest transaction id of a row that compaction removed
-- compacted_revision  the highest revision of such a row
-- cluster             system identifier of the cluster that the transaction ids belong to
create table if not exists config_settings (
  only_row boolean primary key default true check (only_row),
  notify_mode text not null default 'trigger' check (notify_mode in ('trigger', 'hub', 'off')),
  compacted_txid bigint not null default 0,
  compacted_revision bigint not null default 0,
  cluster text not null
);

insert into config_settings (cluster)
select system_identifier::text from pg_control_system()
on conflict do nothing;

create table if not exists config_schema (
  file text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);

-- A dump restored elsewhere brings transaction ids of the cluster it came from. Tokens of that
-- cluster are refused by its name; those given out here before this point by compacted_txid.
do $$
declare
  here text := (select system_identifier::text from pg_control_system());
begin
  if (select cluster = here from config_settings) then
    return;
  end if;
  lock table config in share row exclusive mode;
  update config set txid = pg_current_xact_id()::text::bigint;
  perform setval('config_revision_seq', highest)
  from (
    select greatest(max(c.revision), max(s.compacted_revision)) as highest
    from config_settings s left join config c on true
  ) used
  where highest >= (select last_value from config_revision_seq);
  update config_settings
  set cluster = here, compacted_txid = pg_current_xact_id()::text::bigint;
end
$$;
