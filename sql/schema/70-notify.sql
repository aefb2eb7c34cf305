-- Announcing by NOTIFY.

-- Everything below lives in the first schema of the search_path, and the functions keep to it.
do $$
begin
  if current_schema() is null then
    raise exception 'no schema of the search_path "%" exists', current_setting('search_path');
  end if;
  perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
end
$$;

-- The channel of a key: its first segment, "config" when it has none. A channel has at most 63
-- bytes, so a longer segment stands as "_" and its MD5 in hexadecimal digits.
create or replace function notify_channel(key text) returns text
language sql immutable set search_path from current as $$
  select case
    when segment = '' then 'config'
    when octet_length(segment) > 63 then '_' || md5(segment)
    else segment
  end
  from (
    select case when left(key, 1) = '/' then split_part(key, '/', 2) else '' end as segment
  ) s;
$$;

-- The payload for a row: the demo's columns as JSON. A payload must stay under 8000 bytes, so a
-- longer one goes without the value, and without the key if need be, and has "truncated":true.
create or replace function notify_payload(c config) returns text
language plpgsql stable set search_path from current as $$
declare
  payload text;
begin
  select row_to_json(p)::text into payload
  from (select c.key, c.value, c.revision, c.tombstone, c.create_time) p;
  if octet_length(payload) >= 8000 then
    select row_to_json(p)::text into payload
    from (select c.key, c.revision, c.tombstone, c.create_time, true as truncated) p;
  end if;
  if octet_length(payload) >= 8000 then
    select row_to_json(p)::text into payload
    from (select c.revision, c.tombstone, c.create_time, true as truncated) p;
  end if;
  return payload;
end
$$;

create or replace function notify_config_change() returns trigger
language plpgsql set search_path from current as $$
begin
  perform pg_notify(notify_channel(new.key), notify_payload(new));
  return null;
end
$$;

-- Replaced only when it differs, for that waits for writers. Rows stamped otherwise do not fire it,
-- so a transaction that straddles a change of mode is announced once, by whom its stamp names.
do $$
begin
  if not exists (
    select from pg_trigger
    where tgrelid = 'config'::regclass
      and tgname = 'notify_config_change'
      and tgfoid = 'notify_config_change()'::regprocedure
      and tgqual is not null
      and tgenabled = 'O'
  ) then
    create or replace trigger notify_config_change after insert on config
      for each row when (new.notify_mode = 'trigger')
      execute function notify_config_change();
    alter table config enable trigger notify_config_change;
  end if;
end
$$;

-- Who announces the rows written from now on: 'trigger', 'hub' or 'off'; NULL changes nothing.
-- Returns the mode that now holds.
create or replace function notify_mode(mode text default null) returns text
language plpgsql security definer set search_path from current as $$
begin
  if mode not in ('trigger', 'hub', 'off') then
    raise exception 'invalid notify mode %: expected trigger, hub or off', to_json(left(mode, 100))
      using errcode = 'invalid_parameter_value';
  end if;
  if mode is not null then
    update config_settings s set notify_mode = mode where s.notify_mode <> mode;
  end if;
  return (select s.notify_mode from config_settings s);
end
$$;

revoke execute on function notify_mode(text) from public;
