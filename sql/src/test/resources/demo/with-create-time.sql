create table config (
  key text,
  value text,
  revision bigserial,
  tombstone boolean not null default false,
  create_time bigint not null default (extract(epoch from now()) * 1000)::bigint,
  primary key (key, revision)
);
create index idx_config_create_time on config (create_time);

create function get(kk text, rev bigint default 0)
returns table (r bigint, k text, v text, c bigint) as $$
  select revision, key, value, create_time from config where key = kk
$$ language sql;

create function set(k text, v text) returns bigint as $$
  insert into config (key, value) values (k, v) returning revision
$$ language sql;

create function del(k text) returns bigint as $$
  insert into config (key, tombstone) values (k, true) returning revision
$$ language sql;

create function get_all(prefix text)
returns table (r bigint, k text, v text, c bigint) as $$
  select revision, key, value, create_time from config
$$ language sql;

create function get_all_from_rev_with_stale(prefix text, rev bigint)
returns table (r bigint, k text, v text, c bigint, tomb boolean) as $$
  select revision, key, value, create_time, tombstone from config
$$ language sql;

create function notify_config_change() returns trigger as $$
begin
  perform pg_notify('demo', row_to_json(new)::text);
  return null;
end
$$ language plpgsql;

create trigger notify_config_change after insert on config
  for each row execute function notify_config_change();
