import type { Clock, Random } from '../model/clock.ts';
import type { Fix, FixRequest, FixRules } from '../model/fix.ts';
import { sleep } from '../platform/wait.ts';
import { isNewRun } from './decide.ts';
import type { FixReportBody } from './fix-reports.ts';
import * as reports from './fix-reports.ts';
import type { Flight } from './flight.ts';
import type { FinishedRun } from './history.ts';
import type { LocalLockStore } from './local-lock-store.ts';
import type { Lease, LeaseRequest, LockStore } from './lock-store.ts';

/** A fix that is shared, by the name that it goes by here. */
export interface Shared {
  readonly fix: Fix;
  readonly rules: FixRules;
  readonly id: string;
}

export interface AwaitLeaseParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: LockStore;
  /** The store of this process, in case the other one fails. */
  readonly local: LocalLockStore;
  readonly warn: (error: unknown) => void;
}

/**
 * Time between two attempts to take a lease, in ms, plus or minus half: a dead holder is noticed within it. It grows once the wait is
 * long, as many processes may be waiting.
 */
const askAgainMs = 100;
const askAgainMaxMs = 400;
const quickAsksMs = 2_000;

const pauseMs = (waitedMs: number): number =>
  Math.min(askAgainMaxMs, askAgainMs + Math.max(0, waitedMs - quickAsksMs) / 5);

/** Waits for the lease, or for the result of another process that holds it. */
export const awaitLease = async (
  flight: Flight,
  { fix, rules, id }: Shared,
  { remainingMs, approve }: FixRequest,
  { clock, random, store, local, warn }: AwaitLeaseParts,
): Promise<{ lease: Lease; isNew: (run: FinishedRun | null) => run is FinishedRun } | FixReportBody> => {
  const since = clock.monotonic();
  const seen = store.peek(id).last?.id;
  const isNew = (run: FinishedRun | null): run is FinishedRun =>
    isNewRun(run, { scope: rules.scope, seen, began: clock.now() - (clock.monotonic() - since) });
  const wanted: LeaseRequest = {
    key: fix.key,
    identity: id,
    exclusive: rules.exclusive ?? id,
    limitMs: rules.mode === 'ask' && approve !== undefined ? null : rules.timeoutMs,
    whenLost: rules.whenLost,
    limits: rules,
    cancels: flight.cancellation,
    remainingMs,
    onHeld: (held) => {
      flight.waitingFor = held;
    },
  };
  for (;;) {
    let taken: Awaited<ReturnType<LockStore['take']>>;
    try {
      taken = await store.take(wanted);
    } catch (error) {
      warn(error);
      taken = await local.take(wanted);
    }
    if ('denied' in taken) return reports.refused(taken.denied);
    if (!taken.busy) {
      flight.waitingFor = null;
      return { lease: taken, isNew };
    }
    flight.waitingFor = taken;
    const { last } = store.peek(id);
    if (isNew(last)) return reports.fromOtherProcess(last);
    if (taken.overdue) return reports.leaseUnavailable(fix, taken, flight.cancellation);
    const waited = await sleep(clock, pauseMs(clock.monotonic() - since) * (0.5 + random()), flight.cancellation);
    if (!waited) return reports.leaseUnavailable(fix, taken, flight.cancellation);
    // It may have ended meanwhile: then there is no need of the lease.
    const { last: latest } = store.peek(id);
    if (isNew(latest)) return reports.fromOtherProcess(latest);
  }
};
