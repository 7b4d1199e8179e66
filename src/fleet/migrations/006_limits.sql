-- An approval counts only for the texts that the approver has seen; limits of what a process can have the database keep; one kind
-- of rights for each login role.

-- The role that has logged in to ask: `asked_by` is what the process says of itself. Null if it was asked before this migration.
alter table healflow.approval add column asked_role text check (length(asked_role) <= 64);

-- A digest of what an approver sees of a fix.
create function healflow.shown_digest(p_key text, p_action text) returns text
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(length(p_key) || ':' || p_key || p_action, 'UTF8')), 'hex');
$$;

drop index healflow.approval_open;
create unique index approval_open
  on healflow.approval (space, identity, digest, healflow.shown_digest(key, action)) where decision is null;

-- How many questions of a space may be open.
create function healflow.max_open_approvals() returns integer
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 1000;
$$;

-- As the one without the texts, which an older version of healflow calls: only a question with these texts counts.
create function healflow.look_at_approval(
  p_identity text, p_digest text, p_key text, p_action text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.id, coalesce(a.decision, 'pending'), healflow.ms(a.expires_at), a.decided_by, a.decision_reason
    into id, state, expires_ms, decided_by, decision_reason
    from healflow.approval a
    where a.space = healflow.tenant(session_user) and a.identity = p_identity and a.digest = p_digest
      and a.key = p_key and a.action = p_action and a.uses_left > 0 and a.expires_at > clock_timestamp()
    order by a.asked_at desc limit 1;
  state := coalesce(state, 'none');
  now_ms := healflow.ms(clock_timestamp());
end
$$;

create or replace function healflow.ask_approval(
  p_identity text, p_digest text, p_key text, p_action text, p_tool text, p_reason text, p_machine text, p_asked_by text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  update healflow.approval a set decision = 'expired'
    where a.space = own_space and a.identity = p_identity and a.digest = p_digest
      and a.decision is null and a.expires_at <= clock_timestamp();
  -- Another one may ask at the same time, and what it asked may be used before it is seen here.
  for try in 1..10 loop
    select seen.id, seen.state, seen.expires_ms, seen.decided_by, seen.decision_reason, seen.now_ms
      into id, state, expires_ms, decided_by, decision_reason, now_ms
      from healflow.look_at_approval(p_identity, p_digest, p_key, p_action) seen;
    exit when state <> 'none';
    if (select count(*) from healflow.approval a
        where a.space = own_space and a.decision is null and a.expires_at > clock_timestamp()) >= healflow.max_open_approvals()
    then
      raise configuration_limit_exceeded using
        message = format('the space %s has 1,000 open questions to approvers', own_space),
        hint = 'Each ends after a day, or once it is decided.';
    end if;
    insert into healflow.approval
        (space, id, identity, digest, key, action, tool, reason, machine, asked_by, asked_role, expires_at)
      values (own_space, left(replace(gen_random_uuid()::text, '-', ''), 12), p_identity, p_digest, p_key, p_action,
        p_tool, p_reason, p_machine, p_asked_by, session_user, clock_timestamp() + healflow.approval_lifetime())
      on conflict (space, identity, digest, healflow.shown_digest(key, action)) where decision is null do nothing;
  end loop;
end
$$;

-- As the one without the texts: only an approval of these texts is granted.
create function healflow.use_approval(
  p_identity text, p_digest text, p_machine text, p_run text, p_key text, p_action text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  update healflow.approval a set uses_left = 0, used_at = clock_timestamp(), used_by = p_machine, used_run = p_run
    where a.space = own_space and a.identity = p_identity and a.digest = p_digest and a.key = p_key and a.action = p_action
      and a.decision = 'approved' and a.uses_left > 0 and a.expires_at > clock_timestamp()
    returning a.id, healflow.ms(a.expires_at), a.decided_by into id, expires_ms, decided_by;
  if not found then
    select a.id, healflow.ms(a.expires_at), a.decided_by into id, expires_ms, decided_by from healflow.approval a
      where a.space = own_space and a.identity = p_identity and a.digest = p_digest and a.key = p_key and a.action = p_action
        and a.used_run = p_run and a.used_by = p_machine;
  end if;
  if found then
    state := 'granted';
    now_ms := healflow.ms(clock_timestamp());
    return;
  end if;
  select seen.id, seen.state, seen.expires_ms, seen.decided_by, seen.decision_reason, seen.now_ms
    into id, state, expires_ms, decided_by, decision_reason, now_ms
    from healflow.look_at_approval(p_identity, p_digest, p_key, p_action) seen;
end
$$;

grant execute on function healflow.use_approval(text, text, text, text, text, text) to healflow_app;

create or replace view healflow.approvals with (security_barrier) as
  select a.id, healflow.approval_state(a.decision, a.uses_left, a.expires_at) as state, a.key, a.action, a.tool, a.reason,
      a.asked_at, a.asked_by || coalesce(' (role ' || a.asked_role || ')', '') as asked_by, a.machine, a.expires_at,
      a.decided_at, a.decided_by, a.decision_reason, a.used_at, a.used_by, a.identity, a.digest, a.asked_role
    from healflow.approval a where a.space = healflow.space();

create or replace function healflow.use_request_state(
  p_id text, p_expires_ms double precision, out outcome text, out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  now_ms := healflow.ms(clock_timestamp());
  if p_expires_ms <= now_ms then
    outcome := 'expired';
    return;
  end if;
  -- No question is open for longer than a day.
  if p_expires_ms > now_ms + 90000000 then
    raise invalid_parameter_value using message = 'a signed state ends within 25 hours';
  end if;
  -- Not at once at its end: another use of the same state may have begun before.
  delete from healflow.used_request u where u.space = own_space and u.id in (
    select e.id from healflow.used_request e
      where e.space = own_space and e.expires_at <= clock_timestamp() - interval '1 minute'
      limit 100 for update skip locked);
  insert into healflow.used_request (space, id, expires_at)
    values (own_space, p_id, to_timestamp(p_expires_ms / 1000)) on conflict (space, id) do nothing;
  outcome := case when found then 'first' else 'used' end;
end
$$;

alter function healflow.append_events(text, text, bigint, jsonb, bigint, jsonb, double precision, integer)
  rename to append_batch;
revoke execute on function healflow.append_batch(text, text, bigint, jsonb, bigint, jsonb, double precision, integer)
  from healflow_app;

-- As `append_batch`; a machine may keep its events for ten years at most.
create function healflow.append_events(
  p_machine text, p_log text, p_revision bigint, p_place jsonb, p_behind_bytes bigint, p_events jsonb,
  p_now_ms double precision, p_retention_days integer,
  out appended boolean, out revision bigint, out place jsonb, out now_ms double precision
) language sql security definer set search_path = pg_catalog, pg_temp as $$
  select b.appended, b.revision, b.place, b.now_ms
    from healflow.append_batch(p_machine, p_log, p_revision, p_place, p_behind_bytes, p_events, p_now_ms,
      least(3650, p_retention_days)) b;
$$;

grant execute on function
  healflow.append_events(text, text, bigint, jsonb, bigint, jsonb, double precision, integer)
  to healflow_app;

-- As before, and takes away what the role had of another kind.
create or replace function healflow.admit(p_role name, p_space text, p_kind text default 'app') returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  other name;
begin
  if p_kind not in ('app', 'reader', 'approver') then
    raise invalid_parameter_value using message = format('%s is not app, reader or approver', quote_literal(p_kind));
  end if;
  for other in
    select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
      where r.rolname = p_role and g.rolname in ('healflow_app', 'healflow_reader', 'healflow_approver')
        and g.rolname <> 'healflow_' || p_kind
  loop
    execute format('revoke %I from %I', other, p_role);
    -- Since PostgreSQL 16 only the role that granted a membership takes it away.
    if exists (
      select from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
        where r.rolname = p_role and g.rolname = other
    ) then
      raise insufficient_privilege using
        message = format('the role %s is still a member of %s, which another role has granted', quote_ident(p_role), other),
        hint = format('The role that granted it, or a superuser, runs: revoke %I from %I granted by ROLE;', other, p_role);
    end if;
  end loop;
  insert into healflow.tenant (role, space) values (p_role, p_space)
    on conflict (role) do update set space = excluded.space;
  execute format('grant %I to %I', 'healflow_' || p_kind, p_role);
  execute format('alter role %I set statement_timeout = ''5s''', p_role);
  execute format('alter role %I set tcp_keepalives_idle = 5', p_role);
  execute format('alter role %I set tcp_keepalives_interval = 2', p_role);
  execute format('alter role %I set tcp_keepalives_count = 3', p_role);
end
$$;
