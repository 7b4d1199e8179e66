import type { HealingOutput } from '../../machines/services.ts';
import type { Clock } from '../model/clock.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { AttemptOutcome, Refusal, RunOutcome, RunReport } from '../model/run.ts';
import { adviceFor } from '../policy/advice.ts';
import { outcomeStatus } from '../policy/outcome.ts';
import { isProvenHarmless } from '../policy/repeat.ts';
import { type Call, cancelled } from './run.ts';

/** What a report has of the run beside the machine's output. */
export interface RunFacts {
  readonly durationMs: number;
  readonly cancelled?: boolean;
}

const cancelledBy = (output: HealingOutput, facts: RunFacts): Refusal | null =>
  facts.cancelled === true && !output.settled.ok ? cancelled : output.refusal;

/** Joins the machine's output and the facts of the run. */
export const reportOf = (output: HealingOutput, facts: RunFacts, clock: Clock): RunReport => ({
  runId: output.runId,
  tool: output.tool,
  kind: output.kind,
  status: output.status,
  attempts: output.attempts,
  diagnosis: output.diagnosis,
  lastDiagnosis: output.lastDiagnosis,
  fixes: output.fixes,
  refusal: cancelledBy(output, facts),
  advice: adviceFor(output),
  startedAt: Math.round(clock.now() - facts.durationMs),
  durationMs: facts.durationMs,
});

/** The report of a call that no actor has brought to its end. */
export const unhealedReport = <T>(
  call: Call<T>,
  settled: AttemptOutcome<T>,
  diagnosis: Diagnosis | null,
  refusal: Refusal | null,
  clock: Clock,
): RunReport => {
  const { runId, tool, kind, rules, firstCalls: attempts } = call;
  const isHarmless = diagnosis !== null && isProvenHarmless(diagnosis, kind, rules.reports);
  const output: HealingOutput = {
    runId,
    tool,
    kind,
    status: outcomeStatus({ ok: settled.ok, attempts, isHarmless }),
    attempts,
    settled,
    diagnosis,
    lastDiagnosis: diagnosis,
    fixes: [],
    refusal,
  };
  return reportOf(output, { durationMs: clock.monotonic() - call.startedAt }, clock);
};

/** The outcome of a call whose signal had aborted before: the tool was never called. */
export const neverCalled = <T>(call: Call<T>, clock: Clock): RunOutcome<T> => {
  const { runId, tool, kind, options } = call;
  const settled = { ok: false, thrown: true, error: options.signal?.reason } as const;
  const nothing = { attempts: 0, diagnosis: null, lastDiagnosis: null, fixes: [] };
  const output: HealingOutput = { runId, tool, kind, status: 'failed', settled, refusal: cancelled, ...nothing };
  return outcomeOf(reportOf(output, { durationMs: 0 }, clock), settled);
};

/** Joins a report and what the tool gave. */
export const outcomeOf = <T>(report: RunReport, outcome: AttemptOutcome<T>): RunOutcome<T> => ({
  ...report,
  ...outcome,
});

/**
 * Returns the tool's result, or throws its error.
 *
 * @param aborts The caller's signal, if an abort of it can have ended the healing: its reason is thrown then.
 */
export const unwrap = <T>(outcome: RunOutcome<T>, aborts: AbortSignal | undefined): T => {
  if (aborts !== undefined && outcome.refusal?.code === 'CANCELLED') throw aborts.reason;
  if (outcome.ok || !outcome.thrown) return outcome.value;
  throw outcome.error;
};
