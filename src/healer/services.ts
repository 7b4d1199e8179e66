import { healingMachine } from '../../machines/healing.ts';
import { exhausted } from '../../machines/refusals.ts';
import { fromService } from '../../machines/service.ts';
import type {
  ApplyFixInput,
  AttemptInput,
  AttemptResult,
  FixDecision,
  FixResult,
  PlanFixInput,
} from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Fix, FixReport } from '../model/fix.ts';
import type { Refusal } from '../model/run.ts';
import type { FixName } from '../model/terms.ts';
import { isClientClosed } from '../policy/client-closed.ts';
import type { FixCall } from '../runner/context.ts';
import { LazyRequest } from '../runner/request.ts';
import { messageOf } from '../text/error-text.ts';
import { CallCount, callOnce, toOutcome } from './attempt.ts';
import type { LessonsAtWork, Recognised } from './lessons-at-work.ts';
import type { HealerParts, LogRun } from './parts.ts';
import { planFix } from './plan.ts';
import { type AttemptCalls, makeRetry, type Pauses } from './retry.ts';
import { cancelled, type HealingRun } from './run.ts';
import { Turns } from './turns.ts';

/** What the services have of the engine that they belong to. */
export interface EngineParts {
  readonly selectFix: (name: FixName, call: FixCall) => Fix | Refusal;
  /** Whether `tools:` globs bind the fix to the tool; by default none is bound. */
  readonly isBound?: ((name: FixName, tool: string) => boolean) | undefined;
  readonly limits: Limits;
  /** Restarts the server if that is possible now; undefined if it is none that healflow has started. */
  readonly restartIfIdle?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** The pauses between two tries to reach a service; null if nothing is tried again within an attempt. */
  readonly pauses: Pauses | null;
  /** The lessons; undefined if there are none. */
  readonly learn?: LessonsAtWork | undefined;
}

/** The run that a service works for: the engine puts it into the machine's input. */
const runFrom = ({ run }: { readonly run?: unknown }): HealingRun<unknown> => run as HealingRun<unknown>;

/** Gives the machine its services; once per healer, since it costs about 200 us. */
export const provideServices = (
  parts: HealerParts,
  { limits, selectFix, isBound = () => false, pauses, restartIfIdle, learn }: EngineParts,
  log: LogRun,
) => {
  const { clock, random, healForNextCall } = parts;
  const retryParts = { clock, random, limits, pauses, turns: new Turns(clock) };

  /** The first attempt, if it was made before the actor started. */
  const firstAttempt = (input: AttemptInput): AttemptResult | undefined => {
    const run = runFrom(input);
    const { first, firstDiagnosis = null, firstCalls } = run.call;
    if (input.attempt !== 1 || first === undefined) return undefined;
    run.remember(first, firstDiagnosis);
    const isHarmless = run.isHarmless(firstDiagnosis);
    return { settled: first, diagnosis: firstDiagnosis, isHarmless, timeLeft: true, calls: firstCalls };
  };

  /** Restarts a server whose client is closed for good, and decides again whether the call may be retried. */
  const reopenClient = async (
    run: HealingRun<unknown>,
    { diagnosis }: Pick<AttemptInput, 'diagnosis'>,
  ): Promise<Refusal | null> => {
    run.isClientClosed = false;
    const wasRestarted = await restartIfIdle?.(run.cancellation.signal).catch((error: unknown) => {
      parts.warn(`the MCP server was not restarted: ${messageOf(error)}`);
      return false;
    });
    if (wasRestarted !== true || diagnosis === null) return null;
    // The new server may have other annotations.
    await run.readKind();
    const { allowed, code, reason } = run.mayRepeat(diagnosis, 'retry_backoff');
    return allowed ? null : { code, reason };
  };

  const attemptTool = (input: AttemptInput): Promise<AttemptResult> => {
    const run = runFrom(input);
    const { call } = run;
    // The first attempt gets the caller's signal and no time limit of the run; a retry ends with the run.
    const isFirst = input.attempt === 1;
    const { attempts = parts.attempts, timeoutMs = parts.attemptTimeoutMs } = call.rules;
    const calls = new CallCount(attempts - input.attempt + 1);
    const callTool: AttemptCalls['callTool'] = async (last, replacesLast = false) => {
      const refusal = run.isClientClosed ? await reopenClient(run, last) : null;
      if (!isFirst && (run.cancellation.aborted || refusal !== null))
        return { ...run.uncalled(last), calls: calls.made, ...(refusal && { refusal, kind: run.kind }) };
      if (!isFirst) run.attemptStartedAt = clock.monotonic();
      if (!replacesLast) calls.take();
      const raw = await callOnce(input.tool, call.task, input.attempt, {
        signal: isFirst ? call.options.signal : run.cancellation,
        abortSignal: isFirst ? undefined : run.cancellation,
        timeoutMs,
        clock,
        calls,
      });
      if (raw === null) return { ...run.abandoned(last), calls: calls.made };
      const diagnosis = parts.diagnoseAttempt(input.tool, raw, call.options.args);
      const settled = toOutcome(raw, diagnosis !== null);
      run.remember(settled, diagnosis);
      run.isClientClosed = !isFirst && isClientClosed(diagnosis);
      const isHarmless = run.isHarmless(diagnosis);
      return { settled, diagnosis, isHarmless, timeLeft: !run.cancellation.aborted, calls: calls.made };
    };
    return isFirst ? callTool(input) : makeRetry(run, input, { callTool, calls }, retryParts);
  };

  const decideFix = (input: PlanFixInput): FixDecision | Promise<FixDecision> => {
    const { tool, settled } = input;
    // The attempt has its diagnosis, unless the service that makes it broke.
    const error = settled.ok || !settled.thrown ? undefined : settled.error;
    const diagnosis = input.diagnosis ?? parts.diagnose({ tool, channel: 'exception', error });
    const learned = learn?.recognise(runFrom(input), diagnosis, input);
    if (learned === undefined) return decide(input, { diagnosis });
    return learned instanceof Promise ? learned.then((each) => decide(input, each)) : decide(input, learned);
  };

  const decide = (input: PlanFixInput, { diagnosis, control }: Recognised): FixDecision | Promise<FixDecision> => {
    const run = runFrom(input);
    const { tool, attempt, maxAttempts, fixes } = input;
    const noneLeft = attempt < maxAttempts ? null : exhausted(maxAttempts);
    const now = (): number => clock.monotonic();
    if (attempt === 1) limits.recordCall(tool, run.upstream, true, now());
    const { args } = run.call.options;
    const select = (name: FixName) => selectFix(name, { tool, args, diagnosis, remainingMs: run.remainingMs, attempt });
    const planned = planFix(run, diagnosis, {
      control,
      ...{ fixes, select, limits, now, healForNextCall },
      isBound: (name) => isBound(name, tool),
      exhausted: noneLeft,
    });
    return planned instanceof Promise ? planned.then((plan) => ({ diagnosis, plan })) : { diagnosis, plan: planned };
  };

  const applyFix = async (input: ApplyFixInput): Promise<FixResult> => {
    const run = runFrom(input);
    const { diagnosis, fix } = input;
    const { attempts = parts.attempts } = run.call.rules;
    const approve = run.call.options.approve ?? parts.approve;
    // A client that is asked by the response gives up the response for it: only if the call can then be made again. Another run
    // goes on with the last failure alone.
    const mayDefer =
      approve === undefined &&
      input.attempt < attempts &&
      run.isOnlyUncertain(diagnosis) &&
      run.mayRepeat(diagnosis, fix.name).allowed;
    const request = new LazyRequest(
      {
        runId: input.runId,
        tool: input.tool,
        args: run.call.options.args,
        diagnosis,
        attempt: input.attempt,
        remainingMs: run.remainingMs,
        failedAttemptStartedAt: run.attemptStartedAt,
        approve,
        probeFailedAt: fix.chosenBy?.at,
        deferral: mayDefer ? run.call.deferral : undefined,
      },
      run.cancellation,
    );
    const { trace, options } = run.call;
    try {
      options.onFix?.(fix.name);
    } catch (error) {
      parts.warn(`onFix threw: ${messageOf(error)}`);
    }
    learn?.trials.begin(run, fix, input.attempt, diagnosis);
    const ran = await (trace === undefined ? fix.run(request) : trace.fix(fix, () => fix.run(request)));
    // All that shared one run of a fix come back at one instant.
    const turn = parts.slices?.continue(run.cancellation);
    if (turn !== undefined) await turn;
    learn?.trials.ended(run, ran);
    const report: FixReport = fix.chosenBy === undefined ? ran : { ...ran, chosenBy: 'probe' };
    const isFixed = report.status === 'succeeded' || report.status === 'not_needed';
    const kind = isFixed && input.attempt < attempts ? await run.readKind() : run.kind;
    const mayRepeat = run.mayRepeat(diagnosis, isFixed ? fix.name : null);
    const { wasHarmless: isHarmless } = run;
    if (mayRepeat.allowed && run.cancellation.aborted) {
      return {
        report,
        kind,
        isHarmless,
        mayRepeat: run.cancelled
          ? { allowed: false, ...cancelled }
          : { allowed: false, code: 'DEADLINE_PASSED', reason: 'the fix took all the time that was left' },
      };
    }
    return { report, kind, isHarmless, mayRepeat };
  };

  return healingMachine.provide({
    actors: {
      attemptTool: fromService<AttemptResult, AttemptInput>(({ input }) => firstAttempt(input) ?? attemptTool(input)),
      planFix: fromService<FixDecision, PlanFixInput>(({ input }) => decideFix(input)),
      applyFix: fromService<FixResult, ApplyFixInput>(({ input }) => applyFix(input)),
    },
    actions: {
      log: ({ context }, output) => {
        learn?.trials.finish(runFrom(context), output);
        log(runFrom(context), output);
      },
      reportBroken: (_, { service, error }) => {
        parts.warn(`the service ${service} broke: ${messageOf(error)}`);
      },
    },
  });
};
