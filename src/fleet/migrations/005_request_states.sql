-- Questions that a client comes back with: what signs them, and which of them have been used.

-- The key with which the machines of a space sign what a client brings back to any of them.
create table healflow.request_key (
  space text primary key,
  -- 32 bytes of SHA-256, over 244 random bits.
  key text not null check (key ~ '^[0-9a-f]{64}$'),
  made_at timestamptz not null default clock_timestamp()
);

-- A signed state is used once; the row is needed only until the state expires.
create table healflow.used_request (
  space text not null,
  id text not null check (length(id) <= 64),
  expires_at timestamptz not null,
  primary key (space, id)
);

create index used_request_end on healflow.used_request (space, expires_at);

create function healflow.request_state_key(out key text, out now_ms double precision)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  own_space text := healflow.tenant(session_user);
begin
  select k.key into key from healflow.request_key k where k.space = own_space;
  if key is null then
    insert into healflow.request_key (space, key) values (own_space,
        encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'))
      on conflict (space) do nothing;
    select k.key into key from healflow.request_key k where k.space = own_space;
  end if;
  now_ms := healflow.ms(clock_timestamp());
end
$$;

-- Takes the one use of a signed state: `first`, `used` or `expired`.
create function healflow.use_request_state(
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
  delete from healflow.used_request u where u.space = own_space and u.id in (
    select e.id from healflow.used_request e where e.space = own_space and e.expires_at <= clock_timestamp()
      limit 100 for update skip locked);
  insert into healflow.used_request (space, id, expires_at)
    values (own_space, p_id, to_timestamp(p_expires_ms / 1000)) on conflict (space, id) do nothing;
  outcome := case when found then 'first' else 'used' end;
end
$$;

-- What became of a question: `pending`, `approved`, `denied`, `used` or `expired`; `none` if there is none of this id.
create function healflow.see_approval(
  p_id text,
  out id text, out state text, out expires_ms double precision, out decided_by text, out decision_reason text,
  out now_ms double precision
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.id, healflow.approval_state(a.decision, a.uses_left, a.expires_at), healflow.ms(a.expires_at), a.decided_by,
      a.decision_reason
    into id, state, expires_ms, decided_by, decision_reason
    from healflow.approval a where a.space = healflow.tenant(session_user) and a.id = p_id;
  state := coalesce(state, 'none');
  now_ms := healflow.ms(clock_timestamp());
end
$$;

grant execute on function
  healflow.request_state_key(), healflow.use_request_state(text, double precision), healflow.see_approval(text)
  to healflow_app;
