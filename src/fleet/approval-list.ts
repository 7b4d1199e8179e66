import type { Queryable } from './database.ts';
import type { ApprovalFacts } from './overview-model.ts';

/** A question to the approvers of a fleet, as they see it. Times are in ISO 8601, in UTC. */
export interface Approval extends ApprovalFacts<string> {
  /** A digest of what would run. */
  readonly digest: string;
}

const maxApprovals = 100;

const inUtc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const listSql = `select coalesce(json_agg(a order by a."askedAt" desc), '[]') as approvals from (
  select id, state, key, action, tool, reason, ${inUtc('asked_at')} as "askedAt", asked_by as "askedBy",
      ${inUtc('expires_at')} as "expiresAt", ${inUtc('decided_at')} as "decidedAt", decided_by as "decidedBy",
      decision_reason as "decisionReason", ${inUtc('used_at')} as "usedAt", digest
    from healflow.approvals where $1 or state in ('pending', 'approved', 'denied')
    order by asked_at desc limit ${maxApprovals}) a`;

/**
 * Lists the last questions, the newest first; only a reader or an approver may.
 *
 * @param all - Also those that are used or have expired.
 * @throws FleetDatabaseError
 */
export const listApprovals = async (database: Queryable, all: boolean): Promise<readonly Approval[]> =>
  (await database.query<{ approvals: Approval[] }>(listSql, [all])).row.approvals;

/** What became of a decision. */
export interface Decision {
  /** Whether it counts; if not, the question has expired or has been used. */
  readonly decided: boolean;
  /** The state of the question now; null if there is none of this id. */
  readonly state: Approval['state'] | null;
  readonly key: string;
  readonly action: string;
  readonly expiresAt: string;
}

const decideSql = `select decided, state, key, action, ${inUtc('expires_at')} as "expiresAt"
  from healflow.decide_approval($1, $2, $3)`;

/**
 * Decides a question, or changes a decision that has not been used; only an approver may.
 *
 * @throws FleetDatabaseError
 */
export const decideApproval = async (
  database: Queryable,
  { id, approve, reason }: { readonly id: string; readonly approve: boolean; readonly reason: string | null },
): Promise<Decision> => (await database.query<Decision>(decideSql, [id, approve, reason])).row;
