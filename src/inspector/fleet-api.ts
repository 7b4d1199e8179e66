import { type Decision, decideApproval } from '../fleet/approval-list.ts';
import type { Queryable } from '../fleet/database.ts';
import { databaseError, isForbidden } from '../fleet/database-error.ts';
import { countEvents } from '../fleet/event-counts.ts';
import { readOverview } from '../fleet/overview.ts';
import type { FleetEvents, FleetOverview } from '../fleet/overview-model.ts';
import type { Clock } from '../model/clock.ts';
import { isRecord } from '../text/is-record.ts';
import { oneLine, shortLine } from '../text/one-line.ts';
import type { DecisionRequest, Read } from './fleet-model.ts';
import type { ChangeHandler, JsonResponse } from './request-handler.ts';
import { SharedRead } from './shared-read.ts';

/** The database of a fleet, as the role that looks at it. */
export interface FleetSource {
  readonly database: Queryable;
  /** Masks secrets in messages of the database, and in reasons of decisions. */
  readonly redact: (text: string) => string;
}

/** Just under the time after which each page asks again, so that all viewers share one read. */
const overviewFreshMs = 1_900;
/** Counting looks at all events of a day. */
const eventsFreshMs = 20_000;
const maxReason = 1_000;
const decisionPath = /^\/api\/fleet\/approvals\/([\w-]{1,64})$/;

/**
 * The part of the API that shows a fleet. The database is asked only when the page asks: without a viewer there are no
 * statements.
 */
export class FleetApi {
  readonly #source: FleetSource;
  readonly #overview: SharedRead<FleetOverview>;
  readonly #events: SharedRead<FleetEvents>;

  constructor(source: FleetSource, clock: Clock) {
    this.#source = source;
    const { database } = source;
    const explain = (error: unknown): string => this.#explain(error);
    const shared = { explain, clock };
    this.#overview = new SharedRead({ ...shared, read: () => readOverview(database), freshMs: overviewFreshMs });
    this.#events = new SharedRead({ ...shared, read: () => countEvents(database), freshMs: eventsFreshMs });
  }

  /** Handles a request; resolves with undefined if the path is unknown. */
  async handle(path: string): Promise<Read<FleetOverview> | Read<FleetEvents> | undefined> {
    if (path === '/api/fleet') return this.#overview.get();
    if (path === '/api/fleet/events') return this.#events.get();
    return undefined;
  }

  /** The decisions of approvals. The database decides whether the role may decide. */
  get changes(): ChangeHandler {
    return {
      accepts: (path) => decisionPath.test(path),
      handle: (path, body) => this.#decide(decisionPath.exec(path)?.[1] ?? '', body),
    };
  }

  async #decide(id: string, body: unknown): Promise<JsonResponse> {
    const wanted = decisionIn(body);
    if (wanted === undefined) {
      return refusal(400, 'BODY', 'a decision has `approve`, true or false, and `reason`, a text or null');
    }
    const { database, redact } = this.#source;
    const reason = wanted.reason === null ? '' : shortLine(redact(wanted.reason), maxReason);
    try {
      const made = await decideApproval(database, {
        id,
        approve: wanted.approve,
        reason: reason === '' ? null : reason,
      });
      return made.decided ? { status: 200, body: made } : undecided(id, made.state);
    } catch (error) {
      if (isForbidden(databaseError(error)))
        return refusal(403, 'NOT_APPROVER', 'this role may not decide: only an approver may');
      return refusal(503, 'DATABASE', this.#explain(error));
    } finally {
      this.#overview.expire();
    }
  }

  #explain(error: unknown): string {
    const { failure, message } = databaseError(error);
    const what = failure === 'lost' ? 'cannot be reached' : 'cannot be used';
    return `The database of the fleet ${what}: ${oneLine(this.#source.redact(message))}`;
  }
}

const decisionIn = (body: unknown): DecisionRequest | undefined => {
  if (!isRecord(body)) return undefined;
  const { approve, reason = null } = body;
  if (typeof approve !== 'boolean' || (reason !== null && typeof reason !== 'string')) return undefined;
  return { approve, reason };
};

const refusal = (status: number, code: string, message: string): JsonResponse => ({
  status,
  body: { error: { code, message } },
});

const undecided = (id: string, state: Decision['state']): JsonResponse => {
  if (state === null) return refusal(404, 'GONE', `there is no question ${id}`);
  if (state === 'used')
    return refusal(409, 'USED', 'this approval has been used: the decision can no longer be changed');
  return refusal(409, 'EXPIRED', 'this question has expired: the next such failure asks again');
};
