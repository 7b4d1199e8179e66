-- Roles, spaces, machines, leases and histories of fixes.
--
-- Roles: healflow_owner owns everything, healflow_app may call the functions of processes, healflow_reader reads the views,
-- healflow_approver may also decide approvals. None of them can log in: `healflow.admit` makes a login role a member.
-- A space is a tenant: the functions take it from the role that has logged in, never from their caller.

do $$
declare
  each text;
begin
  foreach each in array array['healflow_owner', 'healflow_app', 'healflow_reader', 'healflow_approver'] loop
    begin
      execute format('create role %I nologin', each);
    exception when duplicate_object or unique_violation then
      null; -- Roles belong to the server: another database has healflow too.
    end;
  end loop;
  execute format('grant healflow_owner to %I', current_user);
end
$$;

create schema healflow authorization healflow_owner;

set local role healflow_owner;

-- A function can be called by everybody as soon as it is made, unless its owner says otherwise.
alter default privileges revoke execute on functions from public;

grant usage on schema healflow to healflow_app, healflow_reader, healflow_approver;

create table healflow.migration (
  version integer primary key,
  name text not null,
  applied_at timestamptz not null default clock_timestamp()
);

create table healflow.tenant (
  role name primary key,
  space text not null check (space ~ '^[a-z0-9][a-z0-9_.-]{0,62}$')
);

create table healflow.machine (
  space text not null,
  id text not null check (length(id) <= 64),
  host text not null check (length(host) <= 255),
  version text not null check (length(version) <= 64),
  last_seen timestamptz not null default clock_timestamp(),
  primary key (space, id)
);

-- What must not run at the same time. The lease itself is an advisory lock of an open transaction: it ends with the connection
-- of its holder. The row outlasts it, and tells a holder that has ended from one whose connection broke.
create table healflow.lease (
  space text not null,
  lock text not null check (length(lock) <= 64),
  id text not null check (length(id) <= 64),
  key text not null check (length(key) <= 300),
  machine text not null check (length(machine) <= 64),
  holder text not null check (length(holder) <= 300),
  since timestamptz not null default clock_timestamp(),
  -- When the run must have ended; null if a person is asked.
  until timestamptz,
  ended timestamptz,
  -- When the lock was first seen free although the run has not ended.
  free_at timestamptz,
  primary key (space, lock)
);

-- The recorded runs of a fix, as of src/sharing/history.ts. Its times are of this server's clock, in ms since the epoch.
create table healflow.history (
  space text not null,
  identity text not null check (length(identity) <= 64),
  key text not null check (length(key) <= 300),
  body jsonb not null check (pg_column_size(body) <= 131072),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (space, identity)
);

create function healflow.tenant(p_role name) returns text
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_space text;
begin
  select t.space into found_space from healflow.tenant t where t.role = p_role;
  if found_space is null then
    raise insufficient_privilege using
      message = format('the role %s belongs to no space of healflow', quote_ident(p_role)),
      hint = format('An administrator runs: select healflow.admit(%L, ''SPACE'');', p_role);
  end if;
  return found_space;
end
$$;

-- The space of the role that has logged in.
create function healflow.space() returns text
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select healflow.tenant(session_user);
$$;

-- The number of the newest migration.
create function healflow.schema_version() returns integer
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select max(m.version) from healflow.migration m;
$$;

create function healflow.ms(p_at timestamptz) returns double precision
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select extract(epoch from p_at)::double precision * 1000;
$$;

-- What a process says first: its machine. Answers with the version of the schema and the clock.
create function healflow.hello(
  p_machine text, p_host text, p_version text,
  out schema_version integer, out space text, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  space := healflow.tenant(session_user);
  insert into healflow.machine as m (space, id, host, version) values (hello.space, p_machine, p_host, p_version)
    on conflict on constraint machine_pkey
    do update set host = excluded.host, version = excluded.version, last_seen = clock_timestamp();
  schema_version := healflow.schema_version();
  now_ms := healflow.ms(clock_timestamp());
end
$$;

create function healflow.lock_key(p_space text, p_kind text, p_lock text) returns bigint
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select hashtextextended(concat_ws(chr(31), 'healflow', p_space, p_kind, p_lock), 0);
$$;

-- Who holds a lease, and what is known of earlier runs. `restarted`: the server was started after the lease was taken.
create function healflow.look_at_lease(
  p_lock text, p_identity text,
  out open boolean, out id text, out key text, out machine text, out holder text,
  out since_ms double precision, out until_ms double precision, out free_ms double precision, out restarted boolean,
  out history jsonb, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  open := false;
  select l.ended is null, l.id, l.key, l.machine, l.holder, healflow.ms(l.since), healflow.ms(l.until), healflow.ms(l.free_at),
      l.since < pg_postmaster_start_time()
    into open, id, key, machine, holder, since_ms, until_ms, free_ms, restarted
    from healflow.lease l where l.space = own_space and l.lock = p_lock;
  open := coalesce(open, false);
  select h.body into history from healflow.history h where h.space = own_space and h.identity = p_identity;
  now_ms := healflow.ms(clock_timestamp());
end
$$;

-- Tries to take the lock of a lease until the end of the transaction. If the run of an earlier holder has not ended although
-- its lock is free, that holder has a grace to come back (`p_grace_ms`), or, if the server was restarted, until its run must
-- have ended. Then `taken` is false, and the transaction has to be committed.
create function healflow.try_lease(
  p_lock text, p_identity text, p_grace_ms integer,
  out taken boolean, out open boolean, out id text, out key text, out machine text, out holder text,
  out since_ms double precision, out until_ms double precision, out free_ms double precision, out restarted boolean,
  out history jsonb, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  taken := pg_try_advisory_xact_lock(healflow.lock_key(own_space, 'lease', p_lock));
  select seen.open, seen.id, seen.key, seen.machine, seen.holder, seen.since_ms, seen.until_ms, seen.free_ms, seen.restarted,
      seen.history, seen.now_ms
    into open, id, key, machine, holder, since_ms, until_ms, free_ms, restarted, history, now_ms
    from healflow.look_at_lease(p_lock, p_identity) seen;
  if taken and open then
    if restarted then
      -- Nobody knows for how long a person is asked: an hour.
      taken := now_ms > coalesce(until_ms, since_ms + 3600000);
    elsif free_ms is null then
      update healflow.lease l set free_at = clock_timestamp() where l.space = own_space and l.lock = p_lock;
      free_ms := now_ms;
      taken := false;
    else
      taken := now_ms - free_ms >= p_grace_ms;
    end if;
  end if;
  -- Since PostgreSQL 17 a server may limit how long a transaction lasts.
  if taken and current_setting('server_version_num')::integer >= 170000 then
    perform set_config('transaction_timeout', '0', true);
  end if;
end
$$;

-- Takes the lock again for a holder whose connection broke. False if another one has it, or has had it.
create function healflow.retake_lease(p_lock text, p_id text, out retaken boolean, out lost boolean)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  lost := not exists (
    select from healflow.lease l where l.space = own_space and l.lock = p_lock and l.id = p_id and l.ended is null);
  retaken := not lost and pg_try_advisory_xact_lock(healflow.lock_key(own_space, 'lease', p_lock));
  if retaken and current_setting('server_version_num')::integer >= 170000 then
    perform set_config('transaction_timeout', '0', true);
  end if;
end
$$;

-- Records the holder. Only the one that has the lock calls it, through another connection: the row is there at once.
create function healflow.begin_lease(
  p_lock text, p_id text, p_key text, p_machine text, p_holder text, p_limit_ms integer
) returns double precision
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  insert into healflow.lease as l (space, lock, id, key, machine, holder, until)
    values (own_space, p_lock, p_id, p_key, p_machine, p_holder, clock_timestamp() + p_limit_ms * interval '1 millisecond')
    on conflict on constraint lease_pkey do update set
      id = excluded.id, key = excluded.key, machine = excluded.machine, holder = excluded.holder,
      since = clock_timestamp(), until = excluded.until, ended = null, free_at = null;
  return healflow.ms(clock_timestamp());
end
$$;

-- The holder is back: its lock was free for a moment. False if the lease is not its own any more.
create function healflow.continue_lease(p_lock text, p_id text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- After a restart of the server, the next holder that is gone has the short grace again.
  update healflow.lease l set free_at = null, since = greatest(l.since, pg_postmaster_start_time())
    where l.space = healflow.tenant(session_user) and l.lock = p_lock and l.id = p_id and l.ended is null;
  return found;
end
$$;

-- Tries to take one of `p_count` numbered locks until the end of the transaction: that is the maximum number of
-- machines that run a fix at the same time.
create function healflow.try_slot(p_key text, p_count integer) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  -- Machines that begin at different numbers find a free one sooner.
  first integer := floor(random() * p_count);
begin
  for i in 0 .. p_count - 1 loop
    if pg_try_advisory_xact_lock(healflow.lock_key(own_space, 'slot', concat_ws(':', (first + i) % p_count, p_key))) then
      if current_setting('server_version_num')::integer >= 170000 then
        perform set_config('transaction_timeout', '0', true);
      end if;
      return true;
    end if;
  end loop;
  return false;
end
$$;

-- Writes the history of a fix for the holder of the lease. False if another one has taken the lease since.
create function healflow.write_history(p_lock text, p_id text, p_identity text, p_key text, p_body jsonb) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  perform from healflow.lease l where l.space = own_space and l.lock = p_lock and l.id = p_id for update;
  if not found then
    return false;
  end if;
  insert into healflow.history as h (space, identity, key, body) values (own_space, p_identity, p_key, p_body)
    on conflict on constraint history_pkey
    do update set key = excluded.key, body = excluded.body, updated_at = clock_timestamp();
  return true;
end
$$;

-- The run of the holder has ended.
create function healflow.end_lease(p_lock text, p_id text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update healflow.lease l set ended = clock_timestamp()
    where l.space = healflow.tenant(session_user) and l.lock = p_lock and l.id = p_id and l.ended is null;
  return found;
end
$$;

grant execute on function
  healflow.space(), healflow.schema_version(), healflow.hello(text, text, text), healflow.look_at_lease(text, text),
  healflow.try_lease(text, text, integer), healflow.try_slot(text, integer), healflow.retake_lease(text, text),
  healflow.begin_lease(text, text, text, text, text, integer), healflow.continue_lease(text, text),
  healflow.write_history(text, text, text, text, jsonb), healflow.end_lease(text, text)
  to healflow_app;
grant execute on function healflow.space(), healflow.schema_version() to healflow_reader, healflow_approver;

create view healflow.machines with (security_barrier) as
  select m.id, m.host, m.version, m.last_seen from healflow.machine m where m.space = healflow.space();

create view healflow.leases with (security_barrier) as
  select l.lock, l.id, l.key, l.machine, l.holder, l.since, l.until, l.ended, l.free_at,
      l.ended is null and l.until < clock_timestamp() as overdue
    from healflow.lease l where l.space = healflow.space();

create view healflow.histories with (security_barrier) as
  select h.identity, h.key, h.body, h.updated_at from healflow.history h where h.space = healflow.space();

create view healflow.migrations as select m.version, m.name, m.applied_at from healflow.migration m;

grant select on healflow.machines, healflow.leases, healflow.histories, healflow.migrations
  to healflow_reader, healflow_approver;

-- Lets a login role into a space, as `app`, `reader` or `approver`. An administrator calls it, with rights of its own.
-- Its connections break within 12 seconds of a host that vanishes, and its statements after 5.
create function healflow.admit(p_role name, p_space text, p_kind text default 'app') returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if p_kind not in ('app', 'reader', 'approver') then
    raise invalid_parameter_value using message = format('%s is not app, reader or approver', quote_literal(p_kind));
  end if;
  insert into healflow.tenant (role, space) values (p_role, p_space)
    on conflict (role) do update set space = excluded.space;
  execute format('grant %I to %I', 'healflow_' || p_kind, p_role);
  execute format('alter role %I set statement_timeout = ''5s''', p_role);
  execute format('alter role %I set tcp_keepalives_idle = 5', p_role);
  execute format('alter role %I set tcp_keepalives_interval = 2', p_role);
  execute format('alter role %I set tcp_keepalives_count = 3', p_role);
end
$$;
