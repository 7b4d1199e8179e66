import type { HealingContext } from '../../machines/healing.ts';
import type { Analysis, AttemptResult, FixResult } from '../../machines/services.ts';
import type { BegunRun } from '../healer/observer.ts';
import type { RunReport } from '../model/run.ts';
import type { RunAttempt, RunDetail, RunDiagnosis, RunFix, RunStatus, RunSummary, Step } from './model.ts';

/** A run goes round at most as often as it has attempts; more steps than that are not kept. */
const mostSteps = 500;
/** Of a fix's output so much is kept, in characters. */
const longestOutput = 4_000;
const longestLine = 300;

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** What one microstep of a run's actor tells. */
export interface Microstep {
  readonly to: string;
  /** The output of the service that has ended, where the step follows from one. */
  readonly output: unknown;
  readonly context: HealingContext;
  /** On the monotonic clock. */
  readonly at: number;
}

/**
 * One run in the making, or one that has ended. It keeps only what was masked when it was made: diagnoses, reports of
 * fixes and refusals are, and the tool's name is masked here. What the tool gave is never kept.
 */
export class RunRecord {
  readonly runId: string;
  /** The step that it began with. */
  readonly firstStep: Step;
  readonly #run: BegunRun;
  readonly #tool: string;
  readonly #processId: string;
  /** When the first attempt began, on the monotonic clock. */
  readonly #origin: number;
  readonly #steps: Step[] = [];
  readonly #diagnoses: RunDiagnosis[] = [];
  readonly #fixes: RunFix[] = [];
  readonly #attempts: RunAttempt[] = [];
  #state = 'Executing';
  #enteredAt: number;
  #command: string | undefined;
  #policy: RunDetail['policy'] = null;
  #refusal: RunDetail['refusal'] = null;
  #report: RunReport | undefined;

  /** @param tool The tool's name, masked. @param origin When the first attempt began, on the monotonic clock. */
  constructor(run: BegunRun, tool: string, processId: string, origin: number) {
    this.runId = run.runId;
    this.#run = run;
    this.#tool = tool;
    this.#processId = processId;
    this.#origin = origin;
    this.#enteredAt = origin;
    this.firstStep = this.#push('[*]', 'Executing', origin, null);
  }

  /** Notes a step of the actor; returns it as it is shown, null where the state stays. */
  step({ to, output, context, at }: Microstep): Step | null {
    const from = this.#state;
    if (to === from) return null;
    const note = this.#learn(from, output, context, at);
    return this.#push(from, to, at, at - this.#enteredAt, note);
  }

  /** Notes the end; returns the last step. */
  end(report: RunReport, at: number): Step {
    this.#report = report;
    this.#refusal = report.refusal;
    return this.#push(this.#state, '[*]', at, at - this.#enteredAt);
  }

  get summary(): RunSummary {
    const { runId, kind, startedAt } = this.#run;
    const report = this.#report;
    const diagnosis = report?.diagnosis ?? null;
    const first = this.#diagnoses[0];
    const status: RunStatus = report?.status ?? 'running';
    const error = diagnosis?.summary ?? this.#attempts[0]?.error ?? null;
    return {
      runId,
      tool: this.#tool,
      kind,
      processId: this.#processId,
      startedAt,
      endedAt: report === undefined ? null : report.startedAt + report.durationMs,
      status,
      state: report === undefined ? this.#state : (this.#steps.at(-1)?.from ?? this.#state),
      class: diagnosis?.class ?? first?.class ?? null,
      pattern: diagnosis?.pattern ?? first?.pattern ?? null,
      fixes: this.#fixes.map(({ fix }) => fix),
      attempts: report?.attempts ?? Math.max(1, this.#attempts.length),
      durationMs: report?.durationMs ?? null,
      error: error === null ? null : cut(error, longestLine),
    };
  }

  get detail(): RunDetail {
    return {
      ...this.summary,
      steps: [...this.#steps],
      diagnoses: [...this.#diagnoses],
      fixReports: [...this.#fixes],
      attemptsList: [...this.#attempts],
      policy: this.#policy,
      refusal: this.#refusal,
    };
  }

  #push(from: string, to: string, at: number, durationMs: number | null, note?: string): Step {
    const atMs = Math.max(0, at - this.#origin);
    const step: Step = {
      seq: this.#steps.length,
      at: Math.round(this.#run.startedAt + atMs),
      atMs,
      from,
      to,
      durationMs,
      ...(note !== undefined && { note }),
    };
    if (this.#steps.length < mostSteps) this.#steps.push(step);
    this.#state = to;
    this.#enteredAt = at;
    return step;
  }

  /** Takes in what the service that ended in a state has found; returns the step's note. */
  #learn(from: string, output: unknown, context: HealingContext, at: number): string | undefined {
    if (typeof output !== 'object' || output === null) return undefined;
    switch (from) {
      case 'Executing':
      case 'Retrying':
        return this.#tried(output as AttemptResult, at);
      case 'Analyzing':
        return this.#analyzed(output as Analysis, context.attempt);
      case 'ApplyingFix':
        return this.#fixed(output as FixResult);
      default:
        return undefined;
    }
  }

  #tried({ settled, diagnosis }: AttemptResult, at: number): string | undefined {
    const error = settled.ok ? null : cut(diagnosis?.summary ?? 'it failed', longestLine);
    this.#attempts.push({
      number: this.#attempts.length + 1,
      startedAt: Math.round(this.#run.startedAt + this.#enteredAt - this.#origin),
      durationMs: at - this.#enteredAt,
      ok: settled.ok,
      error,
    });
    return error ?? undefined;
  }

  #analyzed({ diagnosis, plan }: Analysis, attempt: number): string | undefined {
    const planned = plan.action === 'fix' ? plan.fix : undefined;
    this.#command = planned?.description;
    this.#diagnoses.push({
      attempt,
      class: diagnosis.class,
      pattern: diagnosis.pattern,
      fix: planned?.name ?? diagnosis.fixes[0] ?? null,
      delivered: diagnosis.delivered,
      evidence: diagnosis.evidence,
      why: diagnosis.deliveredBecause,
    });
    if (plan.action !== 'none') return planned?.name;
    this.#refusal = plan.refusal;
    this.#policy ??= { mayRepeat: false, reason: plan.refusal.reason };
    return plan.refusal.reason;
  }

  #fixed({ report, mayRepeat }: FixResult): string | undefined {
    this.#policy = { mayRepeat: mayRepeat.allowed, reason: mayRepeat.reason };
    if (report === null) return mayRepeat.reason;
    const { fix, status, reason, durationMs, output, code, shared } = report;
    this.#fixes.push({
      fix,
      status,
      reason,
      durationMs,
      ...(output !== undefined && { output: cut(output, longestOutput) }),
      ...(this.#command !== undefined && { command: this.#command }),
      ...(code !== undefined && { code }),
      ...(shared !== undefined && { shared }),
    });
    return `${fix} ${status.replace('_', ' ')}: ${reason}`;
  }
}
