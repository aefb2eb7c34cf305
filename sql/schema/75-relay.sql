-- What the hub's relay has announced of the rows stamped 'hub'.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- One row, which the relay writes in each of its transactions. It has no index, so that an old
-- snapshot somewhere, which keeps its versions from being removed, does not slow the relay down.
--
-- cluster   system identifier of the cluster that the rest belongs to
-- position  the relay has read everything up to here; NULL: ask the table, by the horizon
-- horizon   all rows that are visible in this snapshot have been announced, or were not the
--           relay's to announce; NULL: those of now
create table if not exists config_relay (
  cluster text not null,
  position text,
  horizon pg_snapshot
);

-- What is written before the first hub starts is announced when it does.
insert into config_relay (cluster, horizon)
select system_identifier::text, pg_current_snapshot() from pg_control_system()
where not exists (select from config_relay);

-- A dump that was restored elsewhere: its rows were announced where it came from.
update config_relay set cluster = system_identifier::text, position = null, horizon = null
from pg_control_system()
where cluster <> system_identifier::text;

revoke insert, update, delete, truncate on config_relay from public;
