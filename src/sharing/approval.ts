import type { Clock } from '../model/clock.ts';
import type { Fix, FixRequest, FixRules } from '../model/fix.ts';
import { type CancelSource, signalOf } from '../platform/cancellation.ts';
import { isTimeout, startTimeLimit } from '../platform/time-limit.ts';
import { untilAborted } from '../platform/wait.ts';
import { deferralOf, LazyRequest } from '../runner/request.ts';
import { errorText } from '../text/error-text.ts';
import type { ApprovalQuestion, ApprovalSeen, ApprovalStore } from './approval-store.ts';
import { type FixReportBody, pendingApproval, pendingDecision, questionText, refused } from './fix-reports.ts';
import { digest } from './identity.ts';
import type { Lease } from './lock-store.ts';

/**
 * What a person said here. `later`: the response to the call asks · `none`: nobody responded in time, or nobody could be asked.
 */
type Answer =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' | 'later' | 'none' | 'cancelled'; readonly report: FixReportBody };

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

/** A digest of what a fix would run, to which a decision is bound. */
export const digestOfFix = ({ key, description, rules }: Pick<Fix, 'key' | 'description' | 'rules'>): string =>
  rules?.approvalDigest ?? digest({ key, description, identity: rules?.identity });

/** Whether the user of the caller may decide, and can be asked or has responded. */
const hasUser = (fix: Fix, rules: FixRules, request: FixRequest): boolean => {
  if (rules.approval === 'approvers') return false;
  const { canAsk = false, decision } = deferralOf(request) ?? {};
  return request.approve !== undefined || canAsk || decision?.digest === digestOfFix(fix);
};

const notApprovedReport = ({ name }: Fix): FixReportBody =>
  refused({ code: 'FIX_NOT_APPROVED', reason: `${name} was not approved` });

/** The report of a fix to which the user of the caller has said no; undefined if that user has not. */
export const declinedBy = (fix: Fix, request: FixRequest): FixReportBody | undefined => {
  const decision = deferralOf(request)?.decision;
  const isDeclined = decision?.isApproved === false && decision.digest === digestOfFix(fix);
  return isDeclined ? notApprovedReport(fix) : undefined;
};

/** Asks the caller's user whether the fix may run. No response in time means no. Never rejects. */
const askHere = async (fix: Fix, request: FixRequest, cancels: CancelSource): Promise<Answer> => {
  const { tool, approve } = request;
  const { name, description } = fix;
  const no: Answer = { kind: 'no', report: notApprovedReport(fix) };
  const because = (reason: string): Answer => ({
    kind: 'none',
    report: refused({ code: 'FIX_NOT_APPROVED', reason: `${name} ${reason}` }),
  });
  const deferral = deferralOf(request);
  if (deferral !== undefined) {
    const { decision } = deferral;
    if (decision?.digest !== digestOfFix(fix)) return { kind: 'later', report: pendingDecision(fix) };
    return decision.isApproved ? { kind: 'yes' } : no;
  }
  const signal = signalOf(cancels);
  try {
    const question = { fix: name, tool, description, text: questionText(fix, request), signal };
    const answer = await untilAborted((async () => approve?.(question))(), signal);
    return answer === true ? { kind: 'yes' } : no;
  } catch (error) {
    if (!signal.aborted) return because(`could not be offered for approval: ${errorText(error)}`);
    if (isTimeout(signal)) return because('was not approved before the deadline');
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
  /** The last question to the approvers, by digest, with its end on the monotonic clock. */
  readonly #asked = new Map<string, { readonly id: string; readonly endsAt: number }>();
  /** What the approvers have denied, by digest, with its end on the monotonic clock: it holds while the database is lost. */
  readonly #denied = new Map<string, { readonly seen: ApprovalSeen; readonly endsAt: number }>();

  constructor(clock: Clock, fleet: ApprovalStore | undefined) {
    this.#clock = clock;
    this.#fleet = fleet;
  }

  /** Whether somebody can be asked, here or in the fleet. */
  canAsk(fix: Fix, request: FixRequest, rules: FixRules): boolean {
    return hasUser(fix, rules, request) || this.#storeOf(rules) !== undefined;
  }

  /** Has the response to the call ask, if a fix did not run without a decision. */
  defer(fix: Fix, rules: FixRules, request: FixRequest, { code }: FixReportBody): void {
    const deferral = deferralOf(request);
    if (code !== 'APPROVAL_PENDING' || deferral === undefined) return;
    const digested = digestOfFix(fix);
    const decides = hasUser(fix, rules, request);
    const asked = decides ? undefined : this.#asked.get(digested);
    if (!decides && asked === undefined) return;
    deferral.question = {
      fix: fix.name,
      digest: digested,
      text: questionText(fix, request),
      isFleetWide: this.#storeOf(rules) !== undefined,
      asked: asked && { id: asked.id, endsInMs: asked.endsAt - this.#clock.monotonic() },
    };
  }

  /** The question to the approvers that was asked last about a fix. */
  askedAbout(fix: Fix): string | undefined {
    return this.#asked.get(digestOfFix(fix))?.id;
  }

  /** Records what was seen of the question about a fix. */
  noteSeen(digest: string, seen: ApprovalSeen): void {
    if (seen.state !== 'denied') this.#denied.delete(digest);
    else this.#denied.set(digest, { seen, endsAt: this.#clock.monotonic() + (seen.endsInMs ?? 0) });
  }

  /** Resolves with null if the fix may run. Never rejects. */
  async request(occasion: ApprovalOccasion): Promise<NotApproved | null> {
    const { fix, rules, request, lease, cancels } = occasion;
    // The no of this user counts more than the yes of an approver.
    const declined = declinedBy(fix, request);
    if (declined !== undefined) return { report: declined, startsCooldown: true };
    const store = this.#storeOf(rules);
    if (store === undefined) return notApproved(await askHere(fix, request, cancels));
    const lost = (reason: string): Promise<NotApproved | null> => this.#withoutFleet(occasion, reason);
    // The lease is of this machine alone if the fleet could not be reached.
    if (lease.isFleetWide !== true) return lost('the database of the fleet cannot be reached');
    const question = questionOf(occasion, rules.approvalDigest ?? '');
    try {
      const seen = await store.use(question, lease.id, this.#wait(occasion));
      this.noteSeen(question.digest, seen);
      if (seen.state === 'granted') return null;
      if (seen.state === 'denied') return denied(fix, seen);
    } catch (error) {
      return lost(errorText(error));
    }
    if (request instanceof LazyRequest && request.onlyIfGranted) {
      return { report: pendingDecision(fix), startsCooldown: false };
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
    if (!hasUser(fix, rules, request)) return undefined;
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
    this.noteSeen(question.digest, seen);
    if (seen.state === 'granted') return null;
    if (seen.state === 'denied') return denied(fix, seen);
    if (seen.id !== null && seen.endsInMs !== null) {
      this.#asked.set(question.digest, { id: seen.id, endsAt: this.#clock.monotonic() + seen.endsInMs });
    }
    return { report: pendingApproval(fix, seen), startsCooldown: false };
  }

  /**
   * An approval is never assumed: without the database, only the caller's user can give it, unless an approver has denied it.
   */
  async #withoutFleet({ fix, rules, request, cancels }: ApprovalOccasion, reason: string): Promise<NotApproved | null> {
    const known = this.#denied.get(digestOfFix(fix));
    if (known !== undefined && this.#clock.monotonic() < known.endsAt) return denied(fix, known.seen);
    if (!hasUser(fix, rules, request)) return unreachable(fix, reason);
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
  answer.kind === 'yes'
    ? null
    : { report: answer.report, startsCooldown: answer.kind === 'no' || answer.kind === 'none' };

const denied = ({ name }: Fix, { decidedBy, decisionReason }: ApprovalSeen): NotApproved => {
  const why = decisionReason === null ? '' : `: ${decisionReason}`;
  const reason = `${name} was denied by ${decidedBy ?? 'an approver'} of the fleet${why}`;
  return { report: refused({ code: 'FIX_NOT_APPROVED', reason }), startsCooldown: false };
};

const unreachable = ({ name }: Fix, reason: string): NotApproved => ({
  report: refused({ code: 'FLEET_LOST', reason: `${name} needs an approval, and nobody could be asked: ${reason}` }),
  startsCooldown: false,
});
