import type { HealingContext } from '../../machines/healing.ts';
import type { AttemptResult, FixDecision, FixResult } from '../../machines/services.ts';
import type { StartedRun } from '../healer/observer.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { FixReport } from '../model/fix.ts';
import type { RunReport } from '../model/run.ts';
import { detached } from '../text/detach.ts';
import type { RunAttempt, RunDetail, RunDiagnosis, RunFix, RunStatus, RunSummary, Step } from './model.ts';

/** Maximum number of steps that are kept. */
const maxSteps = 500;
/** Maximum length of a fix's output that is kept, in characters. */
const maxOutputLength = 4_000;
const maxLineLength = 300;

/** The data of one microstep of a run's actor. */
export interface Microstep {
  readonly to: string;
  /** The output of the service whose end caused the step, if any. */
  readonly output: unknown;
  readonly context: HealingContext;
  /** On the monotonic clock. */
  readonly at: number;
}

/** An entered state. */
interface StateEntry {
  readonly state: string;
  /** On the monotonic clock. */
  readonly at: number;
  /** The note of the transition; for a fix, the fix. */
  readonly note: string | RunFix | undefined;
}

/**
 * An active or finished run. It only keeps redacted data: diagnoses, fix reports and refusals are already redacted, and
 * the tool's name is masked here. The tool's output is never kept, and long texts are shortened. Because thousands of
 * runs are kept, the data is compact and only converted when it is requested.
 */
export class RunRecord {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly #kind: string;
  readonly #tool: string;
  readonly #processId: string;
  /** When the first attempt began, on the monotonic clock. */
  readonly #origin: number;
  readonly #stops: StateEntry[] = [];
  // An array that grows by push reserves space for seventeen entries.
  #diagnoses: readonly RunDiagnosis[] = [];
  #fixes: readonly RunFix[] = [];
  #attempts: readonly RunAttempt[] = [];
  #last: StateEntry;
  #before = outside;
  #command: string | undefined;
  #error: string | null = null;
  #policy: RunDetail['policy'] = null;
  #refusal: RunDetail['refusal'] = null;
  #end: Pick<RunReport, 'status' | 'attempts' | 'durationMs'> | undefined;

  /** @param tool The tool's name, masked. @param origin When the first attempt began, on the monotonic clock. */
  constructor(run: StartedRun, tool: string, processId: string, origin: number) {
    this.runId = run.runId;
    this.startedAt = run.startedAt;
    this.#kind = run.kind;
    this.#tool = tool;
    this.#processId = processId;
    this.#origin = origin;
    this.#last = { state: 'Executing', at: origin, note: undefined };
    this.#stops.push(this.#last);
  }

  /** The target state of the last step. */
  get state(): string {
    return this.#last.state;
  }

  /** The source state of the last step. */
  get before(): string {
    return this.#before;
  }

  /** Records a step of the actor; returns whether the state changed. */
  step({ to, output, context, at }: Microstep): boolean {
    if (to === this.#last.state) return false;
    this.#push(to, at, this.#learn(this.#last.state, output, context, at));
    return true;
  }

  /** Records the end. */
  end(report: RunReport, at: number): void {
    const { status, attempts, durationMs, refusal, diagnosis } = report;
    this.#end = { status, attempts, durationMs };
    this.#refusal = refusal;
    // A run that threw has no steps.
    if (diagnosis !== null && this.#diagnoses.length === 0) this.#diagnosed(diagnosis, null, 1);
    this.#push(outside, at, undefined);
  }

  get summary(): RunSummary {
    const { status = 'running', attempts, durationMs } = this.#end ?? {};
    const [first] = this.#diagnoses;
    return {
      runId: this.runId,
      tool: this.#tool,
      kind: this.#kind,
      processId: this.#processId,
      startedAt: this.startedAt,
      endedAt: durationMs === undefined ? null : this.startedAt + durationMs,
      status: status satisfies RunStatus,
      state: this.#end === undefined ? this.state : this.#before,
      class: first?.class ?? null,
      pattern: first?.pattern ?? null,
      fixes: this.#fixes.map(({ fix }) => fix),
      attempts: attempts ?? Math.max(1, this.#attempts.length),
      durationMs: durationMs ?? null,
      error: this.#error,
    };
  }

  get detail(): RunDetail {
    return {
      ...this.summary,
      steps: this.#stops.map((_, index) => this.stepAt(index)),
      diagnoses: this.#diagnoses,
      fixReports: this.#fixes,
      attemptsList: this.#attempts,
      policy: this.#policy,
      refusal: this.#refusal,
    };
  }

  /** The number of recorded steps. */
  get taken(): number {
    return this.#stops.length;
  }

  /** Converts a step for display. */
  stepAt(index: number): Step {
    const { state: to, at, note: noted } = this.#stops[index] ?? this.#last;
    const note = typeof noted === 'object' ? noteOf(noted) : noted;
    const from = this.#stops[index - 1];
    const atMs = Math.max(0, at - this.#origin);
    return {
      seq: index,
      at: Math.round(this.startedAt + atMs),
      atMs,
      from: from?.state ?? outside,
      to,
      durationMs: from === undefined ? null : at - from.at,
      ...(note !== undefined && { note }),
    };
  }

  #push(state: string, at: number, note: StateEntry['note']): void {
    this.#before = this.#last.state;
    this.#last = { state, at, note };
    if (this.#stops.length < maxSteps) this.#stops.push(this.#last);
  }

  /** Records the output of the service of a state; returns the note of the step. */
  #learn(from: string, output: unknown, context: HealingContext, at: number): StateEntry['note'] {
    if (typeof output !== 'object' || output === null) return undefined;
    switch (from) {
      case 'Executing':
      case 'Retrying':
        return this.#tried(output as AttemptResult, at);
      case 'Analyzing':
        return this.#analyzed(output as FixDecision, context.attempt);
      case 'ApplyingFix':
        return this.#fixed(output as FixResult);
      default:
        return undefined;
    }
  }

  #tried({ settled, diagnosis, wait }: AttemptResult, at: number): string | undefined {
    if (wait !== undefined) this.#waited(wait);
    const error = settled.ok ? null : detached(diagnosis?.summary ?? 'it failed', maxLineLength);
    this.#error ??= error;
    const tried = {
      number: this.#attempts.length + 1,
      startedAt: Math.round(this.startedAt + this.#last.at - this.#origin),
      durationMs: at - this.#last.at,
      ok: settled.ok,
      error,
    };
    this.#attempts = [...this.#attempts, tried];
    return error ?? undefined;
  }

  #analyzed({ diagnosis, plan }: FixDecision, attempt: number): string | undefined {
    const planned = plan.action === 'fix' ? plan.fix : undefined;
    this.#command = planned?.description;
    this.#diagnosed(diagnosis, planned?.name ?? null, attempt);
    if (plan.action !== 'none') return planned?.name;
    this.#refusal = plan.refusal;
    this.#policy ??= { mayRepeat: false, reason: plan.refusal.reason };
    return plan.refusal.reason;
  }

  #diagnosed(diagnosis: Diagnosis, fix: string | null, attempt: number): void {
    this.#error ??= detached(diagnosis.summary, maxLineLength);
    const found = {
      attempt,
      class: diagnosis.class,
      pattern: diagnosis.pattern,
      fix: fix ?? diagnosis.fixes[0] ?? null,
      delivered: diagnosis.delivered,
      evidence: detached(diagnosis.evidence, maxLineLength),
      why: diagnosis.deliveredBecause,
    };
    this.#diagnoses = [...this.#diagnoses, found];
  }

  /** The wait that a fix began went on. */
  #waited({ status, reason, durationMs }: FixReport): void {
    const last = this.#fixes.at(-1);
    if (last === undefined) return;
    const waited = { ...last, status, reason: detached(reason, maxOutputLength), durationMs };
    this.#fixes = [...this.#fixes.slice(0, -1), waited];
  }

  #fixed({ report, mayRepeat }: FixResult): StateEntry['note'] {
    this.#policy = { mayRepeat: mayRepeat.allowed, reason: mayRepeat.reason };
    if (report === null) return mayRepeat.reason;
    const { fix, status, reason, durationMs, output, code, shared } = report;
    const fixed: RunFix = {
      fix,
      status,
      reason: detached(reason, maxOutputLength),
      durationMs,
      output: output && detached(output, maxOutputLength),
      command: this.#command,
      code,
      shared,
    };
    this.#fixes = [...this.#fixes, fixed];
    return fixed;
  }
}

const noteOf = ({ fix, status, reason }: RunFix): string =>
  detached(`${fix} ${status.replace('_', ' ')}: ${reason}`, maxLineLength);

const outside = '[*]';
