import type { Fix, FixReport, FixRequest, FixRules, FixStatus } from '../model/fix.ts';
import type { FixName } from '../model/terms.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { isTimeout, startTimeLimit } from '../platform/time-limit.ts';
import { sleep } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import { oneLine } from '../text/one-line.ts';
import { plainText } from '../text/sanitize.ts';
import type { FixContext } from './context.ts';
import { LazyFix } from './lazy-fix.ts';
import type { Probe, ProbeResult } from './probe.ts';
import { cancelsOf, LazyRequest } from './request.ts';

/** How the work of a fix ended. */
export interface WorkResult {
  readonly status: 'succeeded' | 'failed' | 'refused';
  /** What was done, or why not, for people. */
  readonly reason: string;
  readonly output?: string | undefined;
  /** Whether the probe has succeeded as part of the work. */
  readonly isHealthy?: boolean | undefined;
  /** Ends what the work has left running; called if the fix as a whole fails. */
  readonly undo?: (() => Promise<void>) | undefined;
}

/** One fix as its file describes it; `makeFix` adds probes, time limit and report. */
export interface FixSpec {
  readonly name: FixName;
  readonly target: string;
  readonly description: string;
  /** The longest that probe, work and probe may take together, in ms; undefined if only the deadline counts. */
  readonly timeoutMs: number | undefined;
  readonly probe?: Probe | undefined;
  /** Time between two probes after the work, in ms; undefined for a single probe. */
  readonly pollMs?: number | undefined;
  /** How long the effect of the work takes, in ms: then it is probed, and the call retried. 0 by default. */
  readonly settleMs?: number | undefined;
  /** Whether the effect of its last run has ended by itself. */
  readonly hasLapsed?: (() => boolean) | undefined;
  /** Its sharing and limits, if known already. */
  readonly rules?: FixRules | undefined;
  /** Runs it. The request's signal and remaining time already include the fix's own limit. */
  work(request: FixRequest): Promise<WorkResult>;
}

/** Makes the key of a fix: runs with equal keys fix the same thing. */
export const fixKey = (name: FixName, target: string): string => `host:${name}:${target}`;

const probeUntilHealthy = async (
  probe: Probe,
  pollMs: number | undefined,
  context: FixContext,
  cancels: CancelSource,
): Promise<ProbeResult> => {
  let last: ProbeResult | undefined;
  for (;;) {
    const result = await probe(cancels);
    // A probe that was cut off says less than the last one that finished.
    if (cancels.aborted && !result.healthy) return last ?? result;
    if (result.healthy || pollMs === undefined) return result;
    last = result;
    if (!(await sleep(context.clock, pollMs, cancels))) return result;
  }
};

/** How long the failure of a probe counts, in ms: until then it is not asked again before the work. */
const probeCountsMs = 1_000;

/** Asks the probe before the work, unless it has just failed: a probe that nobody responds to takes its whole timeout. */
const probeBefore = async (
  probe: Probe | undefined,
  { probeFailedAt, cancellation }: LazyRequest,
  { clock }: FixContext,
): Promise<ProbeResult | undefined> => {
  const isFresh = probeFailedAt !== undefined && clock.monotonic() - probeFailedAt < probeCountsMs;
  return isFresh ? undefined : probe?.(cancellation);
};

/** Waits for the effect of the work, and probes whether it is there. */
const settle = async (
  { probe, pollMs, settleMs = 0 }: FixSpec,
  done: WorkResult,
  { cancellation }: LazyRequest,
  context: FixContext,
): Promise<WorkResult> => {
  const { reason } = done;
  const failed = (because: string): WorkResult => ({ ...done, status: 'failed', reason: `${reason}, but ${because}` });
  if (settleMs > 0 && !(await sleep(context.clock, settleMs, cancellation))) {
    return failed(`there was no time to settle (\`settleMs: ${settleMs}\`)`);
  }
  if (probe === undefined || (done.isHealthy === true && settleMs === 0)) return done;
  const after = await probeUntilHealthy(probe, pollMs, context, cancellation);
  if (after.healthy) return { ...done, reason: `${reason}; ${after.reason}` };
  return failed(`the probe still fails: ${after.reason}`);
};

/** Probes, works and probes again. */
const execute = async (
  spec: FixSpec,
  request: LazyRequest,
  context: FixContext,
): Promise<Omit<FixReport, 'fix' | 'durationMs'>> => {
  const { probe } = spec;
  const { cancellation } = request;
  const before = await probeBefore(probe, request, context);
  if (before?.healthy) return { status: 'not_needed', reason: `not needed: ${before.reason}` };
  if (cancellation.aborted)
    return { status: 'failed', reason: `the probe was still being asked: ${before?.reason ?? ''}` };
  const done = await spec.work(request);
  const result = done.status === 'succeeded' ? await settle(spec, done, request, context) : done;
  if (result.status !== 'succeeded') await done.undo?.();
  const { status, reason, output } = result;
  return { status, reason, ...(output === undefined || output === '' ? {} : { output }) };
};

/** Makes a fix of its spec. */
export const makeFix = (spec: FixSpec, context: FixContext): Fix => {
  const { clock, redact } = context;
  const run = async (request: FixRequest): Promise<FixReport> => {
    const startedAt = clock.monotonic();
    const outer = cancelsOf(request);
    const report = (status: FixStatus, reason: string, output?: string): FixReport => ({
      fix: spec.name,
      status,
      reason: oneLine(redact(plainText(reason))),
      durationMs: Math.round(clock.monotonic() - startedAt),
      ...(output === undefined ? {} : { output: redact(plainText(output)) }),
    });
    const late = (limitMs: number): string =>
      outer.aborted ? 'not done when the deadline came' : `not done within ${Math.round(limitMs)} ms`;
    if (outer.aborted) {
      return isTimeout(outer)
        ? report('refused', 'not started: the deadline has passed')
        : report('cancelled', 'not started: the caller gave up');
    }
    const limitMs = Math.min(spec.timeoutMs ?? Number.POSITIVE_INFINITY, request.remainingMs);
    if (!(limitMs > 0)) return report('refused', 'not started: the deadline leaves 0 ms for it');
    const limit = startTimeLimit(clock, limitMs, outer);
    const { cancellation } = limit;
    try {
      const inner = new LazyRequest(request, cancellation, limitMs);
      const { status, reason, output } = await execute(spec, inner, context);
      if (status !== 'failed' || !cancellation.aborted) return report(status, reason, output);
      return isTimeout(cancellation)
        ? report('timed_out', `${late(limitMs)}: ${reason}`, output)
        : report('cancelled', `the caller gave up: ${reason}`, output);
    } catch (error) {
      if (!cancellation.aborted) return report('failed', errorText(error));
      return isTimeout(cancellation) ? report('timed_out', late(limitMs)) : report('cancelled', 'the caller gave up');
    } finally {
      limit.release();
    }
  };
  const { probe } = spec;
  const check: Fix['check'] =
    probe &&
    (async (signal) => {
      const { healthy, reason } = await probe(signal);
      return { needed: !healthy, reason: oneLine(redact(plainText(reason))), at: clock.monotonic() };
    });
  return new LazyFix({
    name: spec.name,
    key: fixKey(spec.name, spec.target),
    describe: () => oneLine(redact(plainText(spec.description))),
    rules: spec.rules,
    check,
    hasLapsed: spec.hasLapsed,
    run,
  });
};
