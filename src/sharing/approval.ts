import type { Clock } from '../model/clock.ts';
import type { Fix, FixRequest, FixRules } from '../model/fix.ts';
import { type CancelSource, signalOf } from '../platform/cancellation.ts';
import { isTimeout, startTimeLimit } from '../platform/time-limit.ts';
import { untilAborted } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import type { ApprovalQuestion, ApprovalSeen, ApprovalStore } from './approval-store.ts';
import { type FixReportBody, pendingApproval, questionText, refused } from './fix-reports.ts';
import type { Lease } from './lock-store.ts';

/** What a person said here. `none`: nobody responded in time, or nobody could be asked. */
type Answer = { readonly kind: 'yes' } | { readonly kind: 'no' | 'none' | 'cancelled'; readonly report: FixReportBody };

/** Why a fix does not run. */
export interface NotApproved {
  readonly report: FixReportBody;
  /** Whether a person was asked here: that starts a cool-down. */
  readonly startsCooldown: boolean;
}

/** A fix with `mode: ask` that is about to run. */
export interface ApprovalOccasion {
  readonly fix: Fix;
  readonly rules: FixRules;
  readonly request: FixRequest;
  readonly lease: Lease;
  readonly cancels: CancelSource;
  /** When the call must have ended, in ms on the monotonic clock. */
  readonly deadline: number;
}

/** The time that is kept for asking the fleet after a person here, in ms; less if the call has little. */
const fleetReserveMs = 1_000;

/** Asks the caller's user whether the fix may run. No response in time means no. Never rejects. */
const askHere = async (fix: Fix, request: FixRequest, cancels: CancelSource): Promise<Answer> => {
  const { tool, approve } = request;
  const { name, description } = fix;
  const because = (kind: 'no' | 'none', reason: string): Answer => ({
    kind,
    report: refused({ code: 'FIX_NOT_APPROVED', reason: `${name} ${reason}` }),
  });
  const signal = signalOf(cancels);
  try {
    const question = { fix: name, tool, description, text: questionText(fix, request), signal };
    const answer = await untilAborted((async () => approve?.(question))(), signal);
    return answer === true ? { kind: 'yes' } : because('no', 'was not approved');
  } catch (error) {
    if (!signal.aborted) return because('none', `could not be offered for approval: ${errorText(error)}`);
    if (isTimeout(signal)) return because('none', 'was not approved before the deadline');
    return {
      kind: 'cancelled',
      report: { status: 'cancelled', reason: 'the caller gave up before the answer' },
    };
  }
};

/**
 * Finds out whether a fix with `mode: ask` may run: by asking the caller's user and, for a fix of a fleet, by the decision of an
 * approver, who may decide when the call has long ended.
 */
export class FixApprovals {
  readonly #clock: Clock;
  readonly #fleet: ApprovalStore | undefined;
  /** Until when nobody is asked here, by digest: nobody has responded. On the monotonic clock. */
  readonly #unanswered = new Map<string, number>();

  constructor(clock: Clock, fleet: ApprovalStore | undefined) {
    this.#clock = clock;
    this.#fleet = fleet;
  }

  /** Whether somebody can be asked, here or in the fleet. */
  canAsk({ approve }: FixRequest, rules: FixRules): boolean {
    return approve !== undefined || this.#storeOf(rules) !== undefined;
  }

  /** Resolves with null if the fix may run. Never rejects. */
  async request(occasion: ApprovalOccasion): Promise<NotApproved | null> {
    const { fix, rules, request, lease, cancels } = occasion;
    const store = this.#storeOf(rules);
    if (store === undefined) return notApproved(await askHere(fix, request, cancels));
    const lost = (reason: string): Promise<NotApproved | null> => this.#withoutFleet(occasion, reason);
    // The lease is of this machine alone if the fleet could not be reached.
    if (lease.isFleetWide !== true) return lost('the database of the fleet cannot be reached');
    const question = questionOf(occasion, rules.approvalDigest ?? '');
    try {
      const seen = await store.use(question, lease.id, this.#wait(occasion));
      if (seen.state === 'granted') return null;
      if (seen.state === 'denied') return denied(fix, seen);
    } catch (error) {
      return lost(errorText(error));
    }
    const answer = await this.#askHereFirst(occasion, question);
    if (answer !== undefined && (answer.kind !== 'none' || cancels.aborted)) return notApproved(answer);
    try {
      return await this.#askFleet(store, occasion, question);
    } catch (error) {
      return unreachable(fix, errorText(error));
    }
  }

  /** Asks the caller's user, if there is one, and leaves some time for asking the fleet. */
  async #askHereFirst(
    { fix, request, rules, cancels, deadline }: ApprovalOccasion,
    { digest }: ApprovalQuestion,
  ): Promise<Answer | undefined> {
    if (request.approve === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (now < (this.#unanswered.get(digest) ?? now)) return undefined;
    const leftMs = Math.max(0, deadline - now);
    const limit = startTimeLimit(this.#clock, leftMs - Math.min(fleetReserveMs, leftMs / 4), cancels);
    try {
      const answer = await askHere(fix, request, limit.cancellation);
      if (answer.kind === 'none') this.#unanswered.set(digest, this.#clock.monotonic() + rules.cooldownMs);
      return answer;
    } finally {
      limit.release();
    }
  }

  async #askFleet(
    store: ApprovalStore,
    occasion: ApprovalOccasion,
    question: ApprovalQuestion,
  ): Promise<NotApproved | null> {
    const { fix, lease } = occasion;
    let seen = await store.ask(question, this.#wait(occasion));
    // Somebody has decided in the meantime.
    if (seen.state === 'approved') seen = await store.use(question, lease.id, this.#wait(occasion));
    if (seen.state === 'granted') return null;
    if (seen.state === 'denied') return denied(fix, seen);
    return { report: pendingApproval(fix, seen), startsCooldown: false };
  }

  /** An approval is never assumed: without the database, only the caller's user can give it. */
  async #withoutFleet({ fix, request, cancels }: ApprovalOccasion, reason: string): Promise<NotApproved | null> {
    if (request.approve === undefined) return unreachable(fix, reason);
    return notApproved(await askHere(fix, request, cancels));
  }

  #storeOf({ scope, approvalDigest }: FixRules): ApprovalStore | undefined {
    return scope === 'fleet' && approvalDigest !== undefined ? this.#fleet : undefined;
  }

  #wait({ cancels, deadline }: ApprovalOccasion) {
    return { cancels, remainingMs: deadline - this.#clock.monotonic() };
  }
}

const questionOf = ({ fix, rules, request }: ApprovalOccasion, digest: string): ApprovalQuestion => ({
  identity: rules.identity ?? fix.key,
  digest,
  key: fix.key,
  action: fix.description,
  tool: request.tool,
  reason: request.diagnosis.summary,
});

const notApproved = (answer: Answer): NotApproved | null =>
  answer.kind === 'yes' ? null : { report: answer.report, startsCooldown: answer.kind !== 'cancelled' };

const denied = ({ name }: Fix, { decidedBy, decisionReason }: ApprovalSeen): NotApproved => {
  const why = decisionReason === null ? '' : `: ${decisionReason}`;
  const reason = `${name} was denied by ${decidedBy ?? 'an approver'} of the fleet${why}`;
  return { report: refused({ code: 'FIX_NOT_APPROVED', reason }), startsCooldown: false };
};

const unreachable = ({ name }: Fix, reason: string): NotApproved => ({
  report: refused({ code: 'FLEET_LOST', reason: `${name} needs an approval, and nobody could be asked: ${reason}` }),
  startsCooldown: false,
});
