import type { Clock, Random } from '../model/clock.ts';
import type { Fix, FixCheck, FixRequest } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Cancellation } from '../platform/cancellation.ts';
import { untilAborted } from '../platform/wait.ts';
import { withChanges } from '../runner/lazy-fix.ts';
import { cancelsOf, deferralOf, LazyRequest } from '../runner/request.ts';
import { errorText } from '../text/error-text.ts';
import { declinedBy, digestOfFix, FixApprovals } from './approval.ts';
import type { ApprovalStore } from './approval-store.ts';
import { ApprovalWatch } from './approval-watch.ts';
import { awaitLease, type Shared } from './await-lease.ts';
import { type Denial, denialOf } from './decide.ts';
import type { FixReportBody } from './fix-reports.ts';
import * as reports from './fix-reports.ts';
import { Flight, type FlightEnd } from './flight.ts';
import { began, declined, ended, type FinishedRun, type FixHistory } from './history.ts';
import { uniqueId } from './identity.ts';
import { LocalLockStore } from './local-lock-store.ts';
import type { Lease, LockStore } from './lock-store.ts';
import { ProbeGate } from './probe-gate.ts';

export interface SharingParts {
  readonly clock: Clock;
  readonly random: Random;
  /** The store that processes share; undefined if fixes are shared within this process alone. */
  readonly store?: LockStore | undefined;
  /** The store that machines share; undefined if there is no fleet. */
  readonly fleet?: LockStore | undefined;
  /** Questions to the approvers of the fleet. */
  readonly approvals?: ApprovalStore | undefined;
  /** Called once if they cannot. */
  readonly warn: (message: string) => void;
}

/** How long a fix without a call may wait for its lease, in ms. */
const leaseWaitMs = 30_000;
const maxSuccesses = 1_000;
const maxKnownFixes = 200;

/**
 * Shares fixes between the calls that need the same one: while it runs for one, the others wait for its end, in this
 * process and in others. Holds each back by its cool-down, its budget and its mode.
 */
export class FixSharing {
  readonly #parts: SharingParts;
  readonly #local = new LocalLockStore();
  readonly #probes: ProbeGate;
  readonly #approvals: FixApprovals;
  /** The questions of this process to the approvers of the fleet; undefined if there are none. */
  readonly #watch: ApprovalWatch | undefined;
  /** The name of this process among those that share fixes. */
  readonly #processId = uniqueId();
  readonly #flights = new Map<string, Flight>();
  /** When fixes last succeeded here, on the monotonic clock. */
  readonly #successes = new Map<string, number>();
  /** The fixes used so far, by their shared identity. */
  readonly #known = new Map<string, Shared>();
  #warned = false;

  constructor(parts: SharingParts) {
    this.#parts = parts;
    this.#probes = new ProbeGate(parts.clock);
    const { clock, approvals, warn } = parts;
    this.#approvals = new FixApprovals(clock, approvals);
    this.#watch = approvals && new ApprovalWatch({ clock, store: approvals, warn });
  }

  /** Ends what goes on without a call. */
  async close(): Promise<void> {
    await this.#watch?.close();
  }

  /** Makes a fix that is shared; one without rules stays as it is. */
  share(fix: Fix): Fix {
    const { rules } = fix;
    if (rules === undefined) return fix;
    const shared: Shared = { fix, rules, id: rules.identity ?? fix.key };
    if (this.#known.size < maxKnownFixes || this.#known.has(shared.id)) this.#known.set(shared.id, shared);
    return withChanges(fix, {
      check: fix.check && ((signal, failedStart) => this.#check(shared, signal, failedStart)),
      refuse: (failedStart) => (fix.handover?.status() === 'new' ? null : this.#refuse(shared, failedStart)),
      run: async (request) => {
        const startedAt = this.#parts.clock.monotonic();
        const body = await this.#serve(shared, request);
        this.#approvals.defer(fix, rules, request, body);
        return { ...body, fix: fix.name, durationMs: Math.round(this.#parts.clock.monotonic() - startedAt) };
      },
    });
  }

  /** The cool-downs and budgets of the fixes used so far. */
  snapshot() {
    const now = this.#parts.clock.now();
    const all = [...this.#known.values()].map((shared) => ({
      ...shared,
      history: this.#storeOf(shared).peek(shared.id),
    }));
    return {
      cooldowns: all.flatMap(({ fix: { key, name }, rules, history: { last } }) => {
        const until = last === null ? 0 : last.endedAt + rules.cooldownMs;
        return until > now ? [{ key, fix: name, until }] : [];
      }),
      budgets: all.map(({ fix: { key }, rules: { budget }, history: { starts } }) => ({
        key,
        used: starts.filter((at) => at > now - budget.windowMs).length,
        of: budget.runs,
        windowMs: budget.windowMs,
      })),
    };
  }

  /** Probes once for all calls that ask now. A run that goes on, or has ended since the attempt began, needs no probe. */
  #check(shared: Shared, signal: AbortSignal, failedStart: number): FixCheck | Promise<FixCheck> {
    const { fix, id } = shared;
    const at = this.#parts.clock.monotonic();
    if (this.#flights.get(id)?.ending === false) return { needed: true, reason: `${fix.name} is already running`, at };
    const denial = this.#denial(shared, failedStart, this.#storeOf(shared).peek(id));
    if (denial?.kind === 'already_fixed') return { needed: true, reason: denial.reason, at };
    if (denial !== null) return { needed: false, reason: denial.refusal.reason, at };
    const ask = async (within: AbortSignal): Promise<FixCheck> =>
      (await fix.check?.(within, failedStart)) ?? { needed: false, reason: 'it has no probe', at };
    return this.#probes.ask(id, ask, signal);
  }

  #refuse(shared: Shared, failedStart: number): Refusal | null {
    if (shared.rules.mode === 'dry-run') return null;
    if (this.#flights.get(shared.id)?.ending === false) return null;
    const found = this.#denial(shared, failedStart, this.#storeOf(shared).peek(shared.id));
    return found?.kind === 'refused' ? found.refusal : null;
  }

  /** Takes over what another process has got in place of another run; and after a run in another process, what it got. */
  async #serve(shared: Shared, request: FixRequest): Promise<FixReportBody> {
    const { handover } = shared.fix;
    const isDeclined = declinedBy(shared.fix, request) !== undefined;
    if (handover === undefined || shared.rules.mode === 'dry-run' || isDeclined) return this.#run(shared, request);
    // A run of this process delivers what it gets by itself.
    const taken = this.#flights.has(shared.id) ? null : await this.#takeOver(shared, request);
    if (taken !== null) return taken;
    const body = await this.#run(shared, request);
    if (body.shared !== true) return body;
    // Also if the other process has got it, but could not use it itself.
    const later = await this.#takeOver(shared, request);
    if (later !== null || body.status !== 'succeeded' || handover.status() === 'held') return later ?? body;
    return { status: 'failed', reason: `${body.reason}, but what it got is not there`, shared: true };
  }

  async #takeOver({ fix: { handover }, id }: Shared, request: FixRequest): Promise<FixReportBody | null> {
    if (handover?.status() !== 'new' || cancelsOf(request).aborted) return null;
    const taken = await handover.takeOver(request);
    if (taken?.status === 'not_needed') this.#succeeded(id);
    return taken;
  }

  async #run(shared: Shared, request: FixRequest): Promise<FixReportBody> {
    const { fix, rules, id } = shared;
    if (rules.mode === 'dry-run') return reports.dryRun(fix);
    const cancels = cancelsOf(request);
    if (cancels.aborted || !(request.remainingMs > 0)) return fix.run(request);
    const failedStart = request.failedAttemptStartedAt ?? this.#parts.clock.monotonic() - 1;
    const declined = declinedBy(fix, request);
    let common: FixHistory | undefined;
    for (;;) {
      const asks = rules.mode === 'ask' && !this.#approvals.canAsk(fix, request, rules);
      if (asks) common ??= this.#storeOf(shared).peek(id);
      const found = this.#denial(shared, failedStart, common ?? this.#local.peek(id));
      if (found?.kind === 'already_fixed') return declined ?? reports.alreadyFixedReport(found.reason);
      if (asks) return reports.nobodyToAsk(fix);
      const running = this.#flights.get(id);
      if (running?.ending) {
        await untilAborted(running.end, cancels).catch(() => {});
        if (cancels.aborted) return reports.detachedReport(cancels);
        continue;
      }
      if (running !== undefined && declined !== undefined) return declined;
      const flight = running ?? this.#start(shared, request, failedStart);
      const end = await flight.join(cancels);
      if (end === null) {
        return flight.waitingFor === null
          ? reports.detachedReport(cancels)
          : reports.leaseUnavailable(fix, flight.waitingFor, cancels);
      }
      if (end.kind === 'report') {
        // Another process may have run it in the meantime.
        if (declined !== undefined && end.report.status !== 'refused') return declined;
        if (running === undefined) return end.report;
        // The other call had no decision, and this one has.
        const isDecided = deferralOf(request)?.decision?.digest === digestOfFix(fix);
        if (end.report.code !== 'APPROVAL_PENDING' || !isDecided) return reports.fromThisProcess(end.report);
      } else common = end.common;
    }
  }

  #start(shared: Shared, request: FixRequest, failedStart: number): Flight {
    const startedAt = this.#parts.clock.monotonic();
    const flight = new Flight(async (self) => {
      const report = (body: FixReportBody): FlightEnd => {
        const durationMs = Math.round(this.#parts.clock.monotonic() - startedAt);
        return { kind: 'report', report: { ...body, fix: shared.fix.name, durationMs } };
      };
      // The flight has to be known before it can be over.
      await Promise.resolve();
      try {
        const end = await this.#runFlight(self, shared, request, failedStart);
        return 'common' in end ? { kind: 'already_fixed', common: end.common } : report(end);
      } catch (error) {
        return report({ status: 'failed', reason: errorText(error) });
      } finally {
        this.#flights.delete(shared.id);
      }
    });
    this.#flights.set(shared.id, flight);
    return flight;
  }

  async #runFlight(
    flight: Flight,
    shared: Shared,
    request: FixRequest,
    failedStart: number,
  ): Promise<FixReportBody | { readonly common: FixHistory }> {
    const { fix, rules, id } = shared;
    const deadline = this.#parts.clock.monotonic() + request.remainingMs;
    const { clock, random } = this.#parts;
    const got = await awaitLease(flight, shared, request, {
      ...{ clock, random, local: this.#local, store: this.#storeOf(shared) },
      warn: (error) => this.#warn(error),
    });
    if (!('lease' in got)) return got;
    const { lease, isNew } = got;
    try {
      const common = await lease.read().catch((error) => {
        this.#warn(error);
        return this.#local.peek(id);
      });
      // A run that ended while this flight waited for the lease is the one it waited for.
      if (common.last?.by !== this.#processId && isNew(common.last)) return reports.fromOtherProcess(common.last);
      const found = this.#denial(shared, failedStart, common);
      if (found?.kind === 'already_fixed') return { common };
      if (found !== null) return reports.refused(found.refusal);
      if (rules.mode === 'ask') {
        const cancels = flight.cancellation;
        const no = await this.#approvals.request({ fix, rules, request, lease, cancels, deadline });
        if (no?.startsCooldown)
          await this.#note(shared, lease, common, (h) => declined(h, this.#finished(lease, no.report)));
        if (no?.report.code === 'APPROVAL_PENDING') this.#follow(shared, request);
        if (no !== null) return no.report;
      }
      const at = this.#parts.clock.now();
      await this.#note(shared, lease, common, (history) => began(history, at, rules.budget.windowMs));
      const report = await fix.run(new LazyRequest(request, flight.cancellation, rules.timeoutMs, lease));
      if (report.status === 'succeeded') this.#succeeded(id);
      const run = this.#finished(lease, report);
      await this.#note(shared, lease, began(common, at, rules.budget.windowMs), (history) => ended(history, run));
      return report;
    } finally {
      await lease.end();
    }
  }

  /** Runs the fix once the approvers have said yes, if this process still lives; the call that needed it is not made again. */
  #follow(shared: Shared, request: FixRequest): void {
    const { fix, rules } = shared;
    const id = this.#approvals.askedAbout(fix);
    if (id === undefined) return;
    const { runId, tool, args, diagnosis, attempt } = request;
    const failed = { runId, tool, args, diagnosis, attempt, approve: undefined, onlyIfGranted: true };
    const failedAttemptStartedAt = request.failedAttemptStartedAt ?? this.#parts.clock.monotonic() - 1;
    const run = async (cancellation: Cancellation): Promise<boolean> => {
      const remainingMs = rules.timeoutMs + leaseWaitMs;
      const { status, reason } = await this.#serve(
        shared,
        new LazyRequest({ ...failed, remainingMs, failedAttemptStartedAt }, cancellation),
      );
      const hasRun = status !== 'refused' && status !== 'cancelled';
      if (hasRun) this.#parts.warn(`${fix.name} was approved after its call had ended: ${status} (${reason})`);
      return hasRun;
    };
    this.#watch?.follow(id, { run, seen: (seen) => this.#approvals.noteSeen(digestOfFix(fix), seen) });
  }

  #denial({ fix, rules, id }: Shared, failedStart: number, common: FixHistory): Denial | null {
    const { clock } = this.#parts;
    const now = clock.now();
    const fixedAt = this.#successes.get(id);
    return denialOf({
      fix: fix.name,
      rules,
      own: this.#local.peek(id),
      common,
      now,
      failedAt: now - (clock.monotonic() - failedStart),
      by: this.#processId,
      fixedHere: fixedAt !== undefined && failedStart < fixedAt,
      hasLapsed: fix.hasLapsed?.() ?? false,
    });
  }

  #storeOf({ rules }: Shared): LockStore {
    const { store, fleet } = this.#parts;
    if (rules.identity === undefined) return this.#local;
    return (rules.scope === 'fleet' ? fleet : undefined) ?? store ?? this.#local;
  }

  #finished({ id }: Lease, { status, reason, code }: FixReportBody): FinishedRun {
    return { id, by: this.#processId, endedAt: this.#parts.clock.now(), status, reason, code };
  }

  /** Records it in the store, and here as well, in case the store fails. */
  async #note(
    { id }: Shared,
    lease: Lease,
    common: FixHistory,
    change: (history: FixHistory) => FixHistory,
  ): Promise<void> {
    this.#local.write(id, change(this.#local.peek(id)));
    try {
      await lease.write(change(common));
    } catch (error) {
      this.#warn(error);
    }
  }

  #succeeded(id: string): void {
    this.#successes.delete(id);
    this.#successes.set(id, this.#parts.clock.monotonic());
    const [oldest] = this.#successes.keys();
    if (this.#successes.size > maxSuccesses && oldest !== undefined) this.#successes.delete(oldest);
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#parts.warn(`fixes are shared within this process only: ${errorText(error)}`);
  }
}
