-- Lessons of a fleet, and how they were tried; events are kept for as long as the machine of a space that asks for the longest.

-- How far up a lesson is: the further, the more it may do.
create function healflow.rung_height(p_rung text) returns integer
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array_position(array['retired', 'proposed', 'shadow', 'ask', 'auto'], p_rung);
$$;

create table healflow.lesson (
  space text not null,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  -- Grows by one with each move.
  version integer not null,
  -- The pattern and the fix, as JSON, byte for byte as they were published.
  body text not null check (octet_length(body) <= 16384),
  -- A digest of the name and the body.
  digest text not null,
  rung text not null check (healflow.rung_height(rung) is not null),
  -- Who has last published it or moved it up, and to which rung: a machine may have moved it down since.
  approved_rung text not null,
  approved_by text not null,
  approved_at timestamptz not null,
  primary key (space, name)
);

-- Who moved a lesson, and why. Rows are only ever added.
create table healflow.lesson_move (
  space text not null,
  name text not null,
  version integer not null,
  at timestamptz not null default clock_timestamp(),
  -- The role that has logged in.
  by text not null,
  -- The machine that moved it down; null if a person moved it.
  machine text check (length(machine) <= 64),
  -- Null for a lesson that is new.
  from_rung text,
  to_rung text not null,
  digest text not null,
  reason text check (length(reason) <= 1000),
  primary key (space, name, version)
);

-- A number that grows with every change of the lessons of a space, and how many trials it has.
create table healflow.lesson_state (
  space text primary key,
  revision bigint not null default 0,
  trials bigint not null default 0
);

-- How a lesson was tried, or how a failure that it is for ended by itself. Rows are only ever added, and deleted once they are old.
create table healflow.lesson_trial (
  space text collate "C" not null,
  -- A digest of the record. A record that is sent twice has the same.
  id text collate "C" not null check (id ~ '^[0-9a-f]{32}$'),
  machine text not null check (length(machine) <= 64),
  lesson text not null,
  -- Of the lesson as the machine had it; null for a failure that ended by itself or went on.
  digest text check (digest ~ '^[0-9a-f]{64}$'),
  mode text not null check (mode in ('run', 'shadow', 'control', 'natural')),
  -- Whether the call succeeded after it; null if that is unknown.
  succeeded boolean,
  -- In the shadow: whether the failure ended by itself in the time of the fix.
  needless boolean,
  window_ms double precision not null check (window_ms >= 0 and window_ms <= 1e12),
  -- By the clock of the machine, but not after it was received.
  at timestamptz not null,
  received_at timestamptz not null,
  primary key (space, id),
  check ((mode = 'natural') = (digest is null))
);

create index lesson_trial_of on healflow.lesson_trial (space, lesson, at);
create index lesson_trial_age on healflow.lesson_trial (space, at);

-- How many lessons of a space may be in use, and how many trials it keeps.
create function healflow.max_lessons() returns integer
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 200;
$$;
create function healflow.max_trials() returns integer
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 200000;
$$;
-- After this time, what a trial says counts for less than one percent.
create function healflow.trial_lifetime() returns interval
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select interval '730 days';
$$;

-- Of two that change lessons of a space at the same time, the second one waits for the first.
create function healflow.touch_lessons(p_space text) returns bigint
  language sql set search_path = pg_catalog, pg_temp as $$
  insert into healflow.lesson_state as s (space, revision) values (p_space, 1)
    on conflict (space) do update set revision = s.revision + 1
    returning revision;
$$;

-- Publishes a lesson, or moves it, for a person. `published` is false if the person has not seen the newest version, which is then
-- `version` (0 if there is none). A body of null stays as it is.
create function healflow.publish_lesson(
  p_name text, p_body text, p_rung text, p_version integer, p_reason text,
  out published boolean, out version integer, out rung text, out digest text, out approved_by text
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  known healflow.lesson;
  new_body text;
begin
  if healflow.rung_height(p_rung) is null then
    raise invalid_parameter_value using message = format('%s is no rung of a lesson', quote_literal(p_rung));
  end if;
  if p_rung = 'retired' and coalesce(btrim(p_reason), '') = '' then
    raise invalid_parameter_value using message = 'retiring a lesson needs a reason';
  end if;
  perform healflow.touch_lessons(own_space);
  select * into known from healflow.lesson l where l.space = own_space and l.name = p_name;
  if coalesce(known.version, 0) <> p_version then
    published := false;
    version := coalesce(known.version, 0);
    rung := known.rung;
    digest := known.digest;
    approved_by := known.approved_by;
    return;
  end if;
  new_body := coalesce(p_body, known.body);
  if new_body is null then
    raise invalid_parameter_value using message = format('there is no lesson %s', quote_literal(p_name));
  end if;
  if jsonb_typeof(new_body::jsonb -> 'pattern') is distinct from 'object'
    or jsonb_typeof(new_body::jsonb -> 'fix') is distinct from 'object'
  then
    raise invalid_parameter_value using message = 'the body of a lesson is a JSON object with `pattern` and `fix`';
  end if;
  if p_rung <> 'retired' and coalesce(known.rung, 'retired') = 'retired' and (
    select count(*) from healflow.lesson l where l.space = own_space and l.rung <> 'retired') >= healflow.max_lessons()
  then
    raise configuration_limit_exceeded using
      message = format('the space %s has %s lessons in use', own_space, healflow.max_lessons()),
      hint = 'Retire one that is not needed.';
  end if;
  published := true;
  version := p_version + 1;
  rung := p_rung;
  digest := healflow.shown_digest(p_name, new_body);
  approved_by := session_user;
  insert into healflow.lesson as l
      (space, name, version, body, digest, rung, approved_rung, approved_by, approved_at)
    values (own_space, p_name, publish_lesson.version, new_body, publish_lesson.digest, p_rung, p_rung, session_user,
      clock_timestamp())
    on conflict on constraint lesson_pkey do update set
      version = excluded.version, body = excluded.body, digest = excluded.digest, rung = excluded.rung,
      approved_rung = excluded.approved_rung, approved_by = excluded.approved_by, approved_at = excluded.approved_at;
  insert into healflow.lesson_move (space, name, version, by, from_rung, to_rung, digest, reason)
    values (own_space, p_name, publish_lesson.version, session_user, known.rung, p_rung, publish_lesson.digest, p_reason);
end
$$;

-- Moves a lesson down for a machine: `proposed`, `shadow` or `ask`. Nothing happens if it is no higher than that, or if its body is
-- another one now.
create function healflow.demote_lesson(
  p_name text, p_digest text, p_rung text, p_machine text, p_reason text,
  out demoted boolean, out version integer, out rung text
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  known healflow.lesson;
begin
  if p_rung is null or p_rung not in ('proposed', 'shadow', 'ask') then
    raise insufficient_privilege using
      message = format('a machine moves a lesson down to proposed, shadow or ask, and not to %s', quote_nullable(p_rung)),
      hint = 'An approver publishes and retires lessons.';
  end if;
  perform healflow.touch_lessons(own_space);
  select * into known from healflow.lesson l where l.space = own_space and l.name = p_name;
  version := known.version;
  rung := known.rung;
  demoted := coalesce(
    known.digest = p_digest and healflow.rung_height(known.rung) > healflow.rung_height(p_rung), false);
  if not demoted then
    return;
  end if;
  version := known.version + 1;
  rung := p_rung;
  update healflow.lesson l set version = known.version + 1, rung = p_rung where l.space = own_space and l.name = p_name;
  insert into healflow.lesson_move (space, name, version, by, machine, from_rung, to_rung, digest, reason)
    values (own_space, p_name, demote_lesson.version, session_user, p_machine, known.rung, p_rung, known.digest,
      left(p_reason, 1000));
end
$$;

-- The lessons of a space, if they have changed since a revision; else `lessons` is null. A retired one has no body.
create function healflow.read_lessons(p_revision bigint, out revision bigint, out lessons jsonb, out now_ms double precision)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  now_ms := healflow.ms(clock_timestamp());
  revision := coalesce((select s.revision from healflow.lesson_state s where s.space = own_space), 0);
  if revision = p_revision then
    return;
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
      'name', l.name, 'version', l.version, 'rung', l.rung, 'digest', l.digest,
      'body', case when l.rung <> 'retired' then l.body end,
      'approvedBy', l.approved_by, 'approvedMs', healflow.ms(l.approved_at)) order by l.name), '[]')
    into lessons from healflow.lesson l where l.space = own_space;
end
$$;

-- What is known of lessons as they are now: the last 300 runs, and the last 300 times that nothing was run, each as
-- [time, window, whether the call succeeded], and the machines of the last day (500 of them, in the order of their ids).
create function healflow.lesson_outcomes(p_names text[], out outcomes jsonb, out machines jsonb, out now_ms double precision)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  now_ms := healflow.ms(clock_timestamp());
  select coalesce(jsonb_object_agg(l.name, jsonb_build_object(
      'digest', l.digest,
      'trials', (select coalesce(jsonb_agg(jsonb_build_array(healflow.ms(t.at), t.window_ms, t.succeeded) order by t.at), '[]')
        from (select r.at, r.window_ms, r.succeeded from healflow.lesson_trial r
          where r.space = own_space and r.lesson = l.name and r.digest = l.digest and r.mode = 'run' and r.succeeded is not null
          order by r.at desc limit 300) t),
      'gaps', (select coalesce(jsonb_agg(jsonb_build_array(healflow.ms(t.at), t.window_ms, t.succeeded) order by t.at), '[]')
        from (select r.at, r.window_ms, r.succeeded from healflow.lesson_trial r
          where r.space = own_space and r.lesson = l.name and r.mode in ('control', 'natural') and r.succeeded is not null
          order by r.at desc limit 300) t))), '{}')
    into outcomes from healflow.lesson l where l.space = own_space and l.name = any (p_names);
  select coalesce(jsonb_agg(m.id order by m.id), '[]') into machines from (
    select a.id from healflow.machine a where a.space = own_space and a.last_seen > clock_timestamp() - interval '1 day'
      order by a.id limit 500) m;
end
$$;

-- Adds the trials that are not there yet, of lessons that are; one that does not fit does not keep the others back.
create function healflow.insert_trials(p_space text, p_machine text, p_received timestamptz, p_trials jsonb) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  inserted integer;
begin
  insert into healflow.lesson_trial
      (space, id, machine, lesson, digest, mode, succeeded, needless, window_ms, at, received_at)
    select p_space, e.id, p_machine, l.name, e.digest, e.mode, e.succeeded, e.needless, e.window_ms,
        coalesce(least(to_timestamp(e.at / 1000), p_received), p_received), p_received
      from jsonb_to_recordset(p_trials) as e(
        id text, lesson text, digest text, mode text, succeeded boolean, needless boolean, window_ms double precision,
        at double precision)
      join healflow.lesson l on l.space = p_space and l.name = e.lesson
      where e.at is null or e.at > healflow.ms(p_received - healflow.trial_lifetime())
      on conflict do nothing;
  get diagnostics inserted = row_count;
  return inserted;
end
$$;

create function healflow.append_trials(
  p_machine text, p_trials jsonb, out appended integer, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  received timestamptz := clock_timestamp();
  trial jsonb;
  excess bigint;
begin
  now_ms := healflow.ms(received);
  if jsonb_array_length(p_trials) > 500 then
    raise invalid_parameter_value using message = 'at most 500 trials are added at once';
  end if;
  begin
    appended := healflow.insert_trials(own_space, p_machine, received, p_trials);
  exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
    appended := 0;
    for trial in select value from jsonb_array_elements(p_trials) loop
      begin
        appended := appended + healflow.insert_trials(own_space, p_machine, received, jsonb_build_array(trial));
      exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
        null;
      end;
    end loop;
  end;
  insert into healflow.lesson_state as s (space, trials) values (own_space, appended)
    on conflict (space) do update set trials = s.trials + excluded.trials
    returning s.trials - healflow.max_trials() into excess;
  if excess > 0 then
    -- The oldest make room.
    delete from healflow.lesson_trial t where t.space = own_space and t.id in (
      select o.id from healflow.lesson_trial o where o.space = own_space order by o.at limit excess);
    update healflow.lesson_state s set trials = healflow.max_trials() where s.space = own_space;
  end if;
end
$$;

grant execute on function
  healflow.read_lessons(bigint), healflow.lesson_outcomes(text[]), healflow.append_trials(text, jsonb),
  healflow.demote_lesson(text, text, text, text, text)
  to healflow_app;
grant execute on function healflow.lesson_outcomes(text[]) to healflow_reader, healflow_approver;
grant execute on function healflow.publish_lesson(text, text, text, integer, text) to healflow_approver;

create view healflow.lessons with (security_barrier) as
  select l.name, l.version, l.rung, l.body, l.digest, l.approved_rung, l.approved_by, l.approved_at
    from healflow.lesson l where l.space = healflow.space();

create view healflow.lesson_moves with (security_barrier) as
  select m.name, m.version, m.at, m.by, m.machine, m.from_rung, m.to_rung, m.digest, m.reason
    from healflow.lesson_move m where m.space = healflow.space();

create view healflow.lesson_trials with (security_barrier) as
  select t.id, t.machine, t.lesson, t.digest, t.mode, t.succeeded, t.needless, t.window_ms, t.at, t.received_at
    from healflow.lesson_trial t where t.space = healflow.space();

grant select on healflow.lessons, healflow.lesson_moves, healflow.lesson_trials to healflow_reader, healflow_approver;

-- For how many days a machine wants the events of its log to be kept, as of its last batch.
alter table healflow.event_log add column retention_days integer not null default 90;

-- What an administrator has set for a space, in place of what its machines ask for; null if nothing.
alter table healflow.retention add column days integer check (days between 1 and 3650);

-- Sets for how many days a space keeps its events; null leaves it to its machines. An administrator calls it, with rights of its own.
create function healflow.set_retention(p_space text, p_days integer) returns void
  language sql set search_path = pg_catalog, pg_temp as $$
  insert into healflow.retention as r (space, enforced_at, days) values (p_space, '-infinity', p_days)
    on conflict (space) do update set days = excluded.days;
$$;

-- For how many days a space keeps its events: for as long as the log that asks for the longest. One that has copied nothing for
-- that long has nothing left to keep.
create function healflow.retention_days(p_space text, p_machine text, p_log text, p_days integer) returns integer
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select least(3650, greatest(1, coalesce(
    (select r.days from healflow.retention r where r.space = p_space),
    greatest(p_days, (
      select max(l.retention_days) from healflow.event_log l
        where l.space = p_space and (l.machine, l.log) is distinct from (p_machine, p_log)
          and l.updated_at > clock_timestamp() - make_interval(days => l.retention_days))))));
$$;

-- As before, but `p_retention_days` is only what this machine asks for: the longest of its space counts.
create or replace function healflow.append_events(
  p_machine text, p_log text, p_revision bigint, p_place jsonb, p_behind_bytes bigint, p_events jsonb,
  p_now_ms double precision, p_retention_days integer,
  out appended boolean, out revision bigint, out place jsonb, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
  asked integer := least(3650, greatest(1, p_retention_days));
begin
  select b.appended, b.revision, b.place, b.now_ms into appended, revision, place, now_ms
    from healflow.append_batch(p_machine, p_log, p_revision, p_place, p_behind_bytes, p_events, p_now_ms,
      healflow.retention_days(own_space, p_machine, p_log, asked)) b;
  if appended then
    update healflow.event_log l set retention_days = asked
      where l.space = own_space and l.machine = p_machine and l.log = p_log and l.retention_days <> asked;
  end if;
end
$$;

-- As before; trials that are too old to count are deleted, too.
create or replace function healflow.drop_events(p_space text, p_before timestamptz) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
  begin
    delete from healflow.approval a where a.space = p_space and a.expires_at < p_before;
  exception when lock_not_available then
    null; -- Another day.
  end;
  begin
    delete from healflow.lesson_trial t
      where t.space = p_space and t.at < clock_timestamp() - healflow.trial_lifetime();
    update healflow.lesson_state s
      set trials = (select count(*) from healflow.lesson_trial t where t.space = p_space) where s.space = p_space;
  exception when lock_not_available then
    null;
  end;
  return healflow.drop_event_months(p_space, p_before);
end
$$;
