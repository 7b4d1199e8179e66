import { healingMachine } from '../../machines/healing.ts';
import { fromService } from '../../machines/service.ts';
import type {
  Analysis,
  AnalyzeInput,
  ApplyFixInput,
  AttemptInput,
  AttemptResult,
  FixResult,
  HealingOutput,
} from '../../machines/services.ts';
import { messageOf } from '../errors.ts';
import type { Limits } from '../limits/limits.ts';
import type { Clock } from '../model/clock.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { Approve, Fix } from '../model/fix.ts';
import type { Refusal } from '../model/run.ts';
import type { FixName } from '../model/words.ts';
import { decideRepeat } from '../policy/repeat.ts';
import type { FixCall } from '../runner/context.ts';
import { LazyRequest } from '../runner/request.ts';
import { callOnce, type Ended, settledAs } from './attempt.ts';
import { noteUse, planFix } from './plan.ts';
import { cancelled, type Run } from './run.ts';

/** What the machine's services need from the healer that they serve. */
export interface ServiceParts {
  readonly runOf: (runId: string) => Run<unknown>;
  /** Diagnoses how a call ended; null where it went well. */
  readonly examine: (tool: string, ended: Ended<unknown>) => Diagnosis | null;
  readonly diagnose: (output: ToolOutput) => Diagnosis;
  readonly selectFix: (name: FixName, call: FixCall) => Fix | Refusal;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly attemptTimeoutMs?: number | undefined;
  /** Asks a person; undefined where nobody can be asked. */
  readonly approve?: Approve | undefined;
  readonly finished: (output: HealingOutput) => void;
  readonly warn: (message: string) => void;
}

/** Gives the machine its services; once per healer, since it costs about 200 us. */
export const provideServices = (parts: ServiceParts) => {
  const replay = (input: AttemptInput): AttemptResult | undefined => {
    const run = parts.runOf(input.runId);
    const { first, firstDiagnosis } = run.call;
    if (input.attempt !== 1 || first === undefined) return undefined;
    return { settled: run.keep(first), diagnosis: firstDiagnosis ?? null, timeLeft: true };
  };

  const attemptTool = async (input: AttemptInput): Promise<AttemptResult> => {
    const run = parts.runOf(input.runId);
    const { call } = run;
    // The first attempt gets the caller's signal and all the time it wants; a retry ends with the run.
    const first = input.attempt === 1;
    for (;;) {
      if (!first) run.attemptStartedAt = parts.clock.monotonic();
      const ended = await callOnce(input.tool, call.task, input.attempt, {
        signal: first ? call.options.signal : run.cancellation,
        cutOff: first ? undefined : run.cancellation,
        timeoutMs: parts.attemptTimeoutMs,
        clock: parts.clock,
      });
      if (ended === null) return run.abandoned();
      const diagnosis = run.doubting(parts.examine(input.tool, ended));
      const settled = run.keep(settledAs(ended, diagnosis !== null), diagnosis);
      if (first || !run.repeatsLost(diagnosis)) return { settled, diagnosis, timeLeft: !run.cancellation.aborted };
    }
  };

  const analyze = (input: AnalyzeInput): Analysis => {
    const run = parts.runOf(input.runId);
    const diagnosis =
      input.diagnosis ??
      parts.diagnose({
        tool: input.tool,
        channel: 'exception',
        error: input.settled.ok || !input.settled.thrown ? undefined : input.settled.error,
      });
    const at = parts.clock.monotonic();
    if (input.attempt === 1) parts.limits.note(run.tool, run.upstream, true, at);
    const plan = planFix(run, diagnosis, {
      select: (name) =>
        parts.selectFix(name, {
          tool: input.tool,
          args: run.call.options.args,
          diagnosis,
          remainingMs: run.remainingMs,
          attempt: input.attempt,
        }),
      limits: parts.limits,
      at,
    });
    return { diagnosis, plan };
  };

  const applyFix = async (input: ApplyFixInput): Promise<FixResult> => {
    const run = parts.runOf(input.runId);
    const { diagnosis, fix } = input;
    const request = new LazyRequest(
      {
        runId: input.runId,
        tool: input.tool,
        args: run.call.options.args,
        diagnosis,
        attempt: input.attempt,
        remainingMs: run.remainingMs,
        failedAttemptStartedAt: run.attemptStartedAt,
        approve: run.call.options.approve ?? parts.approve,
      },
      run.cancellation,
    );
    const { trace, options } = run.call;
    try {
      options.onFix?.(fix.name);
    } catch (error) {
      parts.warn(`onFix threw: ${messageOf(error)}`);
    }
    const report = await (trace === undefined ? fix.run(request) : trace.fix(fix, () => fix.run(request)));
    noteUse(run, report);
    const mended = report.status === 'succeeded' || report.status === 'not_needed';
    const { kind, replay } = run.call;
    const mayRepeat = decideRepeat({ diagnosis, kind, replay, fixed: mended ? fix.name : null });
    if (mayRepeat.allowed && run.cancellation.aborted) {
      return {
        report,
        mayRepeat: run.cancelled
          ? { allowed: false, ...cancelled }
          : { allowed: false, code: 'DEADLINE_PASSED', reason: 'the fix took all the time that was left' },
      };
    }
    return { report, mayRepeat };
  };

  return healingMachine.provide({
    actors: {
      attemptTool: fromService<AttemptResult, AttemptInput>(({ input }) => replay(input) ?? attemptTool(input)),
      analyze: fromService<Analysis, AnalyzeInput>(({ input }) => analyze(input)),
      applyFix: fromService<FixResult, ApplyFixInput>(({ input }) => applyFix(input)),
    },
    actions: {
      log: (_, output) => parts.finished(output),
      reportBroken: (_, { service, error }) => {
        parts.warn(`the service ${service} broke: ${messageOf(error)}`);
      },
    },
  });
};
