-- Approvals are deleted together with the events of their time.

alter function healflow.drop_events(text, timestamptz) rename to drop_event_months;

-- Deletes what a space no longer keeps: months of events, and approvals that ended before a time. `append_events` calls it once a
-- day. One that is used counts until its decision would have ended: no run of that time asks for it any more.
create function healflow.drop_events(p_space text, p_before timestamptz) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
  begin
    delete from healflow.approval a where a.space = p_space and a.expires_at < p_before;
  exception when lock_not_available then
    null; -- Another day.
  end;
  return healflow.drop_event_months(p_space, p_before);
end
$$;
