-- Approvals of fixes with `mode: ask`, for machines that have nobody to ask.

-- A question to an approver, and the decision. It is bound to a digest of what would run: a changed command is another question.
-- Its texts are redacted by the machine that asks.
create table healflow.approval (
  space text not null,
  id text not null check (length(id) <= 64),
  -- The fix, as the name of its history, and for people.
  identity text not null check (length(identity) <= 64),
  key text not null check (length(key) <= 300),
  digest text not null check (length(digest) <= 64),
  -- What would run, the tool that has failed, and why.
  action text not null check (length(action) <= 1000),
  tool text not null check (length(tool) <= 300),
  reason text not null check (length(reason) <= 1000),
  asked_at timestamptz not null default clock_timestamp(),
  machine text not null check (length(machine) <= 64),
  asked_by text not null check (length(asked_by) <= 300),
  -- The end of the question, and later of the decision.
  expires_at timestamptz not null,
  -- `expired`: nobody decided in time.
  decision text check (decision in ('approved', 'denied', 'expired')),
  decided_at timestamptz,
  decided_by text,
  decision_reason text check (length(decision_reason) <= 1000),
  uses_left smallint not null default 1 check (uses_left in (0, 1)),
  used_at timestamptz,
  -- The machine and the run that used it.
  used_by text check (length(used_by) <= 64),
  used_run text check (length(used_run) <= 64),
  primary key (space, id)
);

create unique index approval_open on healflow.approval (space, identity, digest) where decision is null;
create index approval_of_fix on healflow.approval (space, identity, digest, asked_at);

-- How long a question is open, and how long a decision holds.
create function healflow.approval_lifetime() returns interval
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select interval '24 hours';
$$;

create function healflow.approval_state(p_decision text, p_uses_left integer, p_expires_at timestamptz) returns text
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_uses_left = 0 then 'used'
    when p_expires_at <= clock_timestamp() then 'expired'
    else coalesce(p_decision, 'pending')
  end;
$$;

-- The question of a fix that counts now: `pending`, `approved` or `denied`; `none` if there is none.
create function healflow.look_at_approval(
  p_identity text, p_digest text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.id, coalesce(a.decision, 'pending'), healflow.ms(a.expires_at), a.decided_by, a.decision_reason
    into id, state, expires_ms, decided_by, decision_reason
    from healflow.approval a
    where a.space = healflow.tenant(session_user) and a.identity = p_identity and a.digest = p_digest
      and a.uses_left > 0 and a.expires_at > clock_timestamp()
    order by a.asked_at desc limit 1;
  state := coalesce(state, 'none');
  now_ms := healflow.ms(clock_timestamp());
end
$$;

-- Asks, unless the question is open or decided already.
create function healflow.ask_approval(
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
      from healflow.look_at_approval(p_identity, p_digest) seen;
    exit when state <> 'none';
    insert into healflow.approval (space, id, identity, digest, key, action, tool, reason, machine, asked_by, expires_at)
      values (own_space, left(replace(gen_random_uuid()::text, '-', ''), 12), p_identity, p_digest, p_key, p_action,
        p_tool, p_reason, p_machine, p_asked_by, clock_timestamp() + healflow.approval_lifetime())
      on conflict (space, identity, digest) where decision is null do nothing;
  end loop;
end
$$;

-- Takes the one use of an approval: then `state` is `granted`. Else it is that of `look_at_approval`. A run that asks again,
-- because it did not hear the response, is granted its own use again.
create function healflow.use_approval(
  p_identity text, p_digest text, p_machine text, p_run text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  update healflow.approval a set uses_left = 0, used_at = clock_timestamp(), used_by = p_machine, used_run = p_run
    where a.space = own_space and a.identity = p_identity and a.digest = p_digest
      and a.decision = 'approved' and a.uses_left > 0 and a.expires_at > clock_timestamp()
    returning a.id, healflow.ms(a.expires_at), a.decided_by into id, expires_ms, decided_by;
  if not found then
    select a.id, healflow.ms(a.expires_at), a.decided_by into id, expires_ms, decided_by from healflow.approval a
      where a.space = own_space and a.identity = p_identity and a.digest = p_digest
        and a.used_run = p_run and a.used_by = p_machine;
  end if;
  if found then
    state := 'granted';
    now_ms := healflow.ms(clock_timestamp());
    return;
  end if;
  select seen.id, seen.state, seen.expires_ms, seen.decided_by, seen.decision_reason, seen.now_ms
    into id, state, expires_ms, decided_by, decision_reason, now_ms
    from healflow.look_at_approval(p_identity, p_digest) seen;
end
$$;

-- Decides a question, or changes a decision that has not been used. `decided` is false if it is used or has expired; `state` is
-- null if there is none of this id.
create function healflow.decide_approval(
  p_id text, p_approve boolean, p_reason text,
  out decided boolean, out state text, out key text, out action text, out expires_at timestamptz, out decided_by text
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  update healflow.approval a set
      decision = case when p_approve then 'approved' else 'denied' end,
      decided_at = clock_timestamp(), decided_by = session_user, decision_reason = p_reason,
      expires_at = clock_timestamp() + healflow.approval_lifetime()
    where a.space = own_space and a.id = p_id and a.uses_left > 0 and a.expires_at > clock_timestamp()
      and a.decision is distinct from 'expired';
  decided := found;
  select healflow.approval_state(a.decision, a.uses_left, a.expires_at), a.key, a.action, a.expires_at, a.decided_by
    into state, key, action, expires_at, decided_by
    from healflow.approval a where a.space = own_space and a.id = p_id;
end
$$;

grant execute on function
  healflow.ask_approval(text, text, text, text, text, text, text, text), healflow.use_approval(text, text, text, text)
  to healflow_app;
grant execute on function healflow.decide_approval(text, boolean, text) to healflow_approver;

create view healflow.approvals with (security_barrier) as
  select a.id, healflow.approval_state(a.decision, a.uses_left, a.expires_at) as state, a.key, a.action, a.tool, a.reason,
      a.asked_at, a.asked_by, a.machine, a.expires_at, a.decided_at, a.decided_by, a.decision_reason, a.used_at, a.used_by,
      a.identity, a.digest
    from healflow.approval a where a.space = healflow.space();

grant execute on function healflow.approval_state(text, integer, timestamptz) to healflow_reader, healflow_approver;
grant select on healflow.approvals to healflow_reader, healflow_approver;
