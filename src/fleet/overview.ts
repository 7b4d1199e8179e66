import { historyOf } from '../sharing/history-file.ts';
import { isRecord } from '../text/is-record.ts';
import type { Queryable } from './database.ts';
import { databaseError, FleetDatabaseError, isForbidden } from './database-error.ts';
import type { FleetFixRow, FleetOverview } from './overview-model.ts';

const maxRows = 200;

const ms = (time: string): string => `round(extract(epoch from ${time}) * 1000)::float8`;

const list = (rows: string): string => `(select coalesce(json_agg(rows), '[]') from (${rows}) rows)`;

const machines = `select m.id, m.host, m.version, ${ms('greatest(m.last_seen, l.copied_at)')} as "seenAt",
    case when l.machine is not null then json_build_object('events', l.events, 'behindBytes', l.behind_bytes,
      'copiedAt', ${ms('l.copied_at')}, 'clockAheadMs', l.clock_ahead_ms) end as log
  from healflow.machines m left join (
    select machine, sum(events)::float8 as events, sum(behind_bytes)::float8 as behind_bytes, max(updated_at) as copied_at,
      (array_agg(clock_ahead_ms order by updated_at desc))[1] as clock_ahead_ms
    from healflow.event_logs group by machine) l on l.machine = m.id
  order by "seenAt" desc limit ${maxRows}`;

const leases = `select key, holder, ${ms('since')} as since, ${ms('until')} as until, ${ms('ended')} as ended,
    case when ended is not null then 'ended' when free_at is not null then 'gone' when overdue then 'overdue' else 'running' end as state
  from healflow.leases l order by l.ended is not null, l.since desc limit ${maxRows}`;

const histories = `select key, body from healflow.histories h order by h.updated_at desc limit ${maxRows}`;

const approvals = `select id, state, key, action, tool, reason, ${ms('asked_at')} as "askedAt", asked_by as "askedBy",
    ${ms('expires_at')} as "expiresAt", ${ms('decided_at')} as "decidedAt", decided_by as "decidedBy",
    decision_reason as "decisionReason", ${ms('used_at')} as "usedAt"
  from healflow.approvals a
  order by a.state <> 'pending', a.state in ('used', 'expired'), a.asked_at desc limit ${maxRows}`;

const overviewSql = `select healflow.space() as space, session_user::text as role, ${ms('clock_timestamp()')} as now,
  coalesce(has_function_privilege(
    to_regprocedure('healflow.decide_approval(text, boolean, text)')::oid, 'execute'), false) as "canDecide",
  (select count(*)::int from healflow.machines) as "machineCount",
  ${list(machines)} as machines, ${list(leases)} as leases, ${list(histories)} as histories, ${list(approvals)} as approvals`;

interface OverviewRow extends Omit<FleetOverview, 'fixes'> {
  readonly histories: readonly { readonly key: string; readonly body: unknown }[];
}

/**
 * Reads what the fleet does now, in one statement; only a reader or an approver may.
 *
 * @throws FleetDatabaseError
 */
export const readOverview = async (database: Queryable): Promise<FleetOverview> => {
  const { histories: bodies, ...overview } = (await asReader(database.query<OverviewRow>(overviewSql, []))).row;
  return { ...overview, fixes: bodies.map(({ key, body }) => fixOf(key, body, overview.now)) };
};

/** Without the right, the database names a view; this names the way out. */
export const asReader = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    const failure = databaseError(error);
    // A role without a space has a hint of its own.
    const { hint } = (failure.cause ?? {}) as { readonly hint?: unknown };
    if (!isForbidden(failure) || hint !== undefined) throw failure;
    const advice = `${failure.message}; use the URL of a reader or an approver of the fleet`;
    throw new FleetDatabaseError('unusable', advice, { cause: failure.cause });
  }
};

/** What a machine wrote may be of any shape. */
const limitsIn = (body: unknown): { cooldownMs: number; runs: number; windowMs: number } | null => {
  const { cooldownMs, runs, windowMs } = isRecord(body) && isRecord(body.limits) ? body.limits : {};
  return typeof cooldownMs === 'number' && typeof runs === 'number' && typeof windowMs === 'number'
    ? { cooldownMs, runs, windowMs }
    : null;
};

const fixOf = (key: string, body: unknown, now: number): FleetFixRow => {
  const { starts, last } = historyOf(body);
  const limits = limitsIn(body);
  const coolsUntil = last === null || limits === null ? 0 : last.endedAt + limits.cooldownMs;
  return {
    key,
    last: last && { at: last.endedAt, status: last.status, reason: last.reason },
    coolsUntil: coolsUntil > now ? coolsUntil : null,
    budget: limits && {
      used: starts.filter((at) => at <= now && at > now - limits.windowMs).length,
      of: limits.runs,
      windowMs: limits.windowMs,
    },
  };
};
