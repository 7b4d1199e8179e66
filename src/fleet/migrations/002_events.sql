-- The events of all machines: copies of their logs.

-- How far the log of a machine has been copied. `place` is for the machine that copies; `revision` changes with each batch, and
-- a batch is refused if its sender does not know the newest one: of two that copy the same events, one is refused.
create table healflow.event_log (
  space text not null,
  machine text not null check (length(machine) <= 64),
  log text not null check (length(log) <= 64),
  revision bigint not null,
  place jsonb not null check (pg_column_size(place) <= 65536),
  -- Bytes that were not copied yet with the last batch.
  behind_bytes bigint not null,
  events bigint not null,
  -- How far the clock of the machine is ahead of the server's, in ms.
  clock_ahead_ms bigint not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (space, machine, log)
);

create table healflow.retention (
  space text primary key,
  enforced_at timestamptz not null
);

-- Partitioned by space and month: a month of one space is dropped without a look at the others.
create table healflow.event (
  space text collate "C" not null,
  -- When the run ended, by the clock of its machine.
  at timestamptz not null,
  -- The id of the run, or a digest of a record without one. A record that is copied twice has the same.
  id text collate "C" not null check (length(id) <= 64),
  machine text not null,
  log text not null,
  received_at timestamptz not null,
  tool text not null check (length(tool) <= 600),
  error text check (length(error) <= 2000),
  fix_applied text check (length(fix_applied) <= 600),
  result text not null check (result in ('success', 'failure', 'unknown')),
  retry_count integer not null,
  class text check (length(class) <= 600),
  pattern text check (length(pattern) <= 600),
  outcome text check (length(outcome) <= 600),
  attempts integer,
  duration_ms bigint,
  fixes jsonb check (pg_column_size(fixes) <= 16384),
  refusal text check (length(refusal) <= 600),
  refusal_reason text check (length(refusal_reason) <= 2000),
  pid bigint,
  kind text check (length(kind) <= 600),
  primary key (space, at, id)
) partition by range (space, at);

create index event_tool on healflow.event (space, tool, at);

create function healflow.event_partition(p_space text) returns text
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'event_' || left(md5(p_space), 12);
$$;

-- Makes the partition of a month unless it exists. It is attached, which lets other statements go on.
create function healflow.make_event_partition(p_space text, p_month timestamp) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  part text := healflow.event_partition(p_space) || to_char(p_month, '_YYYY_MM');
  utc constant text := 'YYYY-MM-DD HH24:MI:SS"+00"';
begin
  if to_regclass('healflow.' || part) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(healflow.lock_key('', 'partition', ''));
  if to_regclass('healflow.' || part) is not null then
    return;
  end if;
  execute format('create table healflow.%I (like healflow.event including all)', part);
  execute format('comment on table healflow.%I is %L', part, format('events of %s in %s', p_space, to_char(p_month, 'YYYY-MM')));
  execute format('alter table healflow.event attach partition healflow.%I for values from (%L, %L) to (%L, %L)', part,
    p_space, to_char(p_month, utc), p_space, to_char(p_month + interval '1 month', utc));
end
$$;

-- Drops the months of a space that ended before a time. One that is in use is dropped another day.
create function healflow.drop_events(p_space text, p_before timestamptz) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
declare
  part name;
  dropped integer := 0;
begin
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'healflow.event'::regclass
        and left(c.relname, 18) = healflow.event_partition(p_space)
        and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= p_before at time zone 'UTC'
      order by c.relname
  loop
    begin
      execute format('drop table healflow.%I', part);
      dropped := dropped + 1;
    exception when lock_not_available then
      null;
    end;
  end loop;
  return dropped;
end
$$;

-- Inserts events, without those that are there already, and those that are older than the retention. An event without a time of
-- its own, or with one after `p_latest_ms`, counts as of now. The times are compared in here: a function costs more than the rest.
create function healflow.insert_events(
  p_space text, p_machine text, p_log text, p_received timestamptz, p_oldest_ms double precision, p_latest_ms double precision,
  p_events jsonb
) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  inserted integer;
begin
  insert into healflow.event (
    space, at, id, machine, log, received_at, tool, error, fix_applied, result, retry_count, class, pattern, outcome, attempts,
    duration_ms, fixes, refusal, refusal_reason, pid, kind
  ) select
      p_space, case when e.at <= p_latest_ms then to_timestamp(e.at / 1000) else p_received end, e.id, p_machine, p_log, p_received, e.tool, e.error,
      e.fix_applied, e.result, e.retry_count, e.class, e.pattern, e.outcome, e.attempts, e.duration_ms, e.fixes, e.refusal,
      e.refusal_reason, e.pid, e.kind
    from jsonb_to_recordset(p_events) as e(
      at double precision, id text, tool text, error text, fix_applied text, result text, retry_count integer, class text,
      pattern text, outcome text, attempts integer, duration_ms bigint, fixes jsonb, refusal text, refusal_reason text,
      pid bigint, kind text
    )
    where e.at is null or e.at >= p_oldest_ms
    on conflict do nothing;
  get diagnostics inserted = row_count;
  return inserted;
end
$$;

-- Appends a batch of events and moves the place of their log, in one transaction. `appended` is false if the sender does not
-- know the newest revision: `revision` and `place` are then the newest ones, 0 and null if the log is not known.
create function healflow.append_events(
  p_machine text, p_log text, p_revision bigint, p_place jsonb, p_behind_bytes bigint, p_events jsonb,
  p_now_ms double precision, p_retention_days integer,
  out appended boolean, out revision bigint, out place jsonb, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  received timestamptz := clock_timestamp();
  ahead_ms bigint := round(greatest(-1e15, least(1e15, p_now_ms - healflow.ms(received))));
  -- Of a machine whose clock is wrong by more than a day, no time counts.
  is_clock_wrong boolean := abs(ahead_ms) > 86400000;
  oldest timestamptz := received - make_interval(days => greatest(1, p_retention_days));
  oldest_ms double precision := case when is_clock_wrong then '-infinity' else healflow.ms(oldest) end;
  latest_ms double precision := case when is_clock_wrong then '-infinity' else healflow.ms(received) + 86400000 end;
  event_month timestamp;
  event jsonb;
  inserted integer := 0;
begin
  now_ms := healflow.ms(received);
  if p_revision = 0 then
    insert into healflow.event_log as l (space, machine, log, revision, place, behind_bytes, events, clock_ahead_ms)
      values (own_space, p_machine, p_log, 1, p_place, p_behind_bytes, 0, ahead_ms)
      on conflict do nothing;
  else
    update healflow.event_log l set revision = l.revision + 1, place = p_place, behind_bytes = p_behind_bytes,
        clock_ahead_ms = ahead_ms, updated_at = received
      where l.space = own_space and l.machine = p_machine and l.log = p_log and l.revision = p_revision;
  end if;
  appended := found;
  select l.revision, l.place into revision, place from healflow.event_log l
    where l.space = own_space and l.machine = p_machine and l.log = p_log;
  revision := coalesce(revision, 0);
  if not appended then
    return;
  end if;

  -- Once a day, by whichever machine comes first.
  insert into healflow.retention as r (space, enforced_at) values (own_space, received)
    on conflict on constraint retention_pkey do update set enforced_at = excluded.enforced_at
      where r.enforced_at < received - interval '1 day';
  if found then
    perform healflow.drop_events(own_space, oldest);
  end if;

  for event_month in
    select distinct date_trunc('month',
        case when e.at <= latest_ms then to_timestamp(e.at / 1000) else received end at time zone 'UTC')
      from jsonb_to_recordset(p_events) as e(at double precision)
      where e.at is null or e.at >= oldest_ms
      order by 1
  loop
    perform healflow.make_event_partition(own_space, event_month);
  end loop;

  begin
    inserted := healflow.insert_events(own_space, p_machine, p_log, received, oldest_ms, latest_ms, p_events);
  exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
    -- One that does not fit must not keep the others back.
    for event in select value from jsonb_array_elements(p_events) loop
      begin
        inserted := inserted + healflow.insert_events(
          own_space, p_machine, p_log, received, oldest_ms, latest_ms, jsonb_build_array(event));
      exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
        null;
      end;
    end loop;
  end;
  update healflow.event_log l set events = l.events + inserted
    where l.space = own_space and l.machine = p_machine and l.log = p_log;
end
$$;

grant execute on function
  healflow.append_events(text, text, bigint, jsonb, bigint, jsonb, double precision, integer)
  to healflow_app;

create view healflow.events with (security_barrier) as
  select e.at, e.id, e.machine, e.log, e.received_at, e.tool, e.error, e.fix_applied, e.result, e.retry_count, e.class, e.pattern,
      e.outcome, e.attempts, e.duration_ms, e.fixes, e.refusal, e.refusal_reason, e.pid, e.kind
    from healflow.event e where e.space = healflow.space();

create view healflow.event_logs with (security_barrier) as
  select l.machine, l.log, l.events, l.behind_bytes, l.clock_ahead_ms, l.updated_at
    from healflow.event_log l where l.space = healflow.space();

grant select on healflow.events, healflow.event_logs to healflow_reader, healflow_approver;
