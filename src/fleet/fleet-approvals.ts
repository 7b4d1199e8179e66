import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { startTimeLimit, type TimeLimit } from '../platform/time-limit.ts';
import { sleep, untilAborted } from '../platform/wait.ts';
import type { ApprovalQuestion, ApprovalSeen, ApprovalStore, ApprovalWait } from '../sharing/approval-store.ts';
import { shortLine } from '../text/one-line.ts';
import type { Queryable } from './database.ts';
import { databaseError, FleetDatabaseError } from './database-error.ts';

export interface FleetApprovalsParts {
  readonly database: Queryable;
  readonly clock: Clock;
  /** The id of this machine in the fleet. */
  readonly machine: string;
  /** Names this process, for people on other machines. */
  readonly holder: string;
  readonly redact: Redact;
}

/** A row of `healflow.ask_approval`, `healflow.use_approval` and `healflow.see_approval`. */
interface SeenRow {
  readonly id: string | null;
  readonly state: ApprovalSeen['state'];
  readonly expires_ms: number | null;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
  readonly now_ms: number;
}

/** The time that the database has to respond, in ms; less if the call has less than twice that. */
const patienceMs = 5_000;
const retryMs = 100;
/** The longest texts that the schema takes. */
const maxChars = { key: 300, tool: 300, action: 1_000, reason: 1_000, asker: 300 };

const useSql = 'select * from healflow.use_approval($1, $2, $3, $4, $5, $6)';
const seeSql = 'select * from healflow.see_approval($1)';
const askSql = 'select * from healflow.ask_approval($1, $2, $3, $4, $5, $6, $7, $8)';

/** Questions to the approvers of a fleet, in its database. All statements may be sent twice without harm. */
export class FleetApprovals implements ApprovalStore {
  readonly #parts: FleetApprovalsParts;

  constructor(parts: FleetApprovalsParts) {
    this.#parts = parts;
  }

  use(question: ApprovalQuestion, run: string, wait: ApprovalWait): Promise<ApprovalSeen> {
    const { identity, digest } = question;
    return this.#send(useSql, [identity, digest, this.#parts.machine, run, ...this.#shown(question)], wait);
  }

  ask(question: ApprovalQuestion, wait: ApprovalWait): Promise<ApprovalSeen> {
    const { machine, holder } = this.#parts;
    const { identity, digest, tool, reason } = question;
    const values = [
      identity,
      digest,
      ...this.#shown(question),
      this.#text(tool, maxChars.tool),
      this.#text(reason, maxChars.reason),
      machine,
      this.#text(holder, maxChars.asker),
    ];
    return this.#send(askSql, values, wait);
  }

  see(id: string, wait: ApprovalWait): Promise<ApprovalSeen> {
    return this.#send(seeSql, [id], wait);
  }

  /** Sends it until the database responds, or time is up. */
  async #send(text: string, values: readonly unknown[], { remainingMs, cancels }: ApprovalWait): Promise<ApprovalSeen> {
    const { database, clock } = this.#parts;
    const limit = startTimeLimit(clock, Math.max(0, Math.min(patienceMs, remainingMs / 2)), cancels);
    let failure: FleetDatabaseError | undefined;
    try {
      for (;;) {
        try {
          return this.#seen((await untilAborted(database.query<SeenRow>(text, values), limit.cancellation)).row);
        } catch (error) {
          if (limit.cancellation.aborted) throw lost(failure, limit);
          failure = databaseError(error);
          if (failure.failure === 'unusable') throw failure;
        }
        if (!(await sleep(clock, retryMs, limit.cancellation))) throw lost(failure, limit);
      }
    } finally {
      limit.release();
    }
  }

  #seen({ id, state, expires_ms: ends, now_ms: now, ...decided }: SeenRow): ApprovalSeen {
    const { redact } = this.#parts;
    const shown = (text: string | null): string | null => text && shortLine(redact(text), maxChars.reason);
    return {
      state,
      id,
      endsInMs: ends === null ? null : Math.round(ends - now),
      decidedBy: shown(decided.decided_by),
      decisionReason: shown(decided.decision_reason),
    };
  }

  /** What an approver sees of the fix. An approval of the same digest with other texts does not count. */
  #shown({ key, action }: ApprovalQuestion): readonly [key: string, action: string] {
    return [this.#text(key, maxChars.key), this.#text(action, maxChars.action)];
  }

  #text(text: string, limit: number): string {
    return shortLine(this.#parts.redact(text), limit);
  }
}

const lost = (failure: FleetDatabaseError | undefined, { cancellation }: TimeLimit): FleetDatabaseError =>
  failure ?? new FleetDatabaseError('lost', 'its database did not respond in time', { cause: cancellation.reason });
