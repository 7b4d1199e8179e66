import type { Clock } from '../model/clock.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { sleep, untilAborted } from '../platform/wait.ts';
import type { CheckResult } from './model.ts';
import type { CheckReport } from './waiting-calls.ts';

type Checked = Pick<CheckReport, 'result' | 'isOver'> & Partial<Pick<CheckReport, 'signature'>>;

export interface BracketOptions {
  /** Makes the failing call, or runs the probe. Must not reject. */
  readonly check: () => Promise<Checked>;
  /** The id of the signature of the failure: a call that fails in another way says nothing of it. @default any failure counts */
  readonly sig?: string | undefined;
  /** Repairs. What it throws ends everything. */
  readonly act: () => Promise<void>;
  readonly clock: Clock;
  /** How long it is checked after the repair, in ms. @default 30000 */
  readonly patienceMs?: number | undefined;
  /** Whether it acts also if the check before has succeeded. */
  readonly force?: boolean | undefined;
  /** Ends the checks. */
  readonly cancels?: CancelSource | undefined;
}

export interface Bracket {
  readonly ran: boolean;
  readonly before: CheckResult;
  readonly after: CheckResult;
  /** From the check before to the last check after, in ms. */
  readonly windowMs: number;
  /** All the time in which the call could have succeeded, in ms. */
  readonly limitMs: number;
}

/** The longest time of one check, in ms. */
export const checkMs = 30_000;

const defaultPatienceMs = 30_000;
const firstPauseMs = 250;
const maxPauseMs = 4_000;

/** Checks right before and right after a repair: a failure has no time to end by itself in between. */
export const bracketRepair = async (options: BracketOptions): Promise<Bracket> => {
  const { act, clock, sig, patienceMs = defaultPatienceMs, force = false, cancels } = options;
  const check = async (): Promise<Checked> => {
    const checking = options.check();
    // It rejects only if it is cancelled.
    const found = await (cancels === undefined ? checking : untilAborted(checking, cancels)).catch(() => undefined);
    const isOther = found?.result === 'failed' && found.signature && sig !== undefined && found.signature.id !== sig;
    return found === undefined || isOther ? { ...found, result: 'unknown' } : found;
  };
  const { result: before } = await check();
  // From its end: a check that waits for the failure takes no part in the repair.
  const startedAt = clock.monotonic();
  if (before === 'succeeded' && !force) return { ran: false, before, after: 'succeeded', windowMs: 0, limitMs: 0 };
  await act();
  const endedAt = clock.monotonic();
  let after: CheckResult = 'unknown';
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    const found = await check();
    after = found.result;
    const leftMs = endedAt + patienceMs - clock.monotonic();
    if (after === 'succeeded' || leftMs <= 0) break;
    // The process that made the call has ended, or the call may not be made again.
    if (found.isOver) break;
    if (await sleep(clock, Math.min(pauseMs, leftMs), cancels)) continue;
    // It could still have succeeded.
    after = 'unknown';
    break;
  }
  const windowMs = clock.monotonic() - startedAt;
  return { ran: true, before, after, windowMs, limitMs: Math.max(windowMs, endedAt - startedAt + patienceMs) };
};
