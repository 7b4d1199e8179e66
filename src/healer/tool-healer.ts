import type { Signature } from '../learning/model.ts';
import type { OpenFailure } from '../learning/waiting-calls.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type {
  AttemptContext,
  AttemptOutcome,
  RawOutcome,
  Refusal,
  RunOptions,
  RunOutcome,
  RunReport,
  Task,
  TransportAttempt,
} from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import { stricterKind } from '../policy/kind.ts';
import { effectiveKind } from '../policy/tool-rules.ts';
import { randomId } from '../random.ts';
import type { RunTrace, Telemetry } from '../telemetry/port.ts';
import { messageOf } from '../text/error-text.ts';
import { kindNow } from './annotations.ts';
import { Attempt, callOnce, toOutcome } from './attempt.ts';
import { type AutoHeal, type AutoHealOptions, autoHealOver } from './auto-heal.ts';
import type { FirstAttempt, InternalHealer, RepairOptions, RepairOutcome, ToolLimits } from './healer.ts';
import { keepFailure } from './keep-failure.ts';
import { type HealthSnapshot, noLimits } from './observer.ts';
import type { Engine, HealerParts } from './parts.ts';
import type { QuestionStates } from './question-states.ts';
import { neverCalled, outcomeOf, reportOf, unhealedReport, unwrap } from './report.ts';
import { type Call, type CallStart, HealingRun, type InnerOptions } from './run.ts';

/** For a call whose kind is not worth a question, as nothing depends on it. */
const withoutQuestion = (options: RunOptions): RunOptions =>
  typeof options.annotations === 'function' ? { ...options, annotations: undefined } : options;

const noOptions: RunOptions = {};

const closed: Refusal = { code: 'HEALER_CLOSED', reason: 'the healer was closed' };
const broken: Refusal = { code: 'RUN_BROKEN', reason: 'the run that heals it broke' };

class ToolHealer implements InternalHealer {
  readonly autoHeal: (options?: AutoHealOptions) => AutoHeal;
  readonly #parts: HealerParts;
  /** Whether of a successful call nothing is needed but its count. */
  readonly #isFastPath: boolean;
  #engine: Engine | undefined;
  #loading: Promise<Engine> | undefined;
  readonly #openIds = new Set<string>();
  #closed = false;

  constructor(parts: HealerParts) {
    this.#parts = parts;
    this.#isFastPath =
      parts.inspect === undefined &&
      parts.attemptTimeoutMs === undefined &&
      parts.telemetry === undefined &&
      !parts.recordHealthy;
    this.autoHeal = autoHealOver((tool, task, options) => this.run(tool, task, options));
  }

  run<T>(tool: string, task: Task<T>, options: RunOptions = noOptions): Promise<T> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    if (!this.#isFastPath || options.eager === true || this.#hasTimeout(tool))
      return this.#runWhole(tool, task, options);
    // No async function and no second promise: a call that succeeds costs its own promise, a timestamp and a look.
    const startedAt = this.#parts.clock.monotonic();
    const failed = (error: unknown): Promise<T> => this.#heal(tool, task, options, startedAt, { thrown: true, error });
    let result: Promise<T>;
    try {
      result = Promise.resolve(task(new Attempt(1, options.signal)));
    } catch (error) {
      return failed(error);
    }
    return result.then((value) => {
      if (!this.#parts.looksHealthy(value)) {
        return this.#heal(tool, task, options, startedAt, { thrown: false, value });
      }
      this.countHealthy(tool, options.args);
      return value;
    }, failed);
  }

  async runOutcome<T>(tool: string, task: Task<T>, options: RunOptions = noOptions): Promise<RunOutcome<T>> {
    const { telemetry, clock } = this.#parts;
    if (options.signal?.aborted) {
      const startedAt = clock.monotonic();
      const kind = await this.#kindOf(tool, withoutQuestion(options), startedAt);
      return neverCalled(this.#call(tool, task, options, { kind, startedAt, first: undefined }), clock);
    }
    if (telemetry === undefined) return this.#runOutcome(tool, task, options);
    const trace = telemetry.beginRun(tool, clock.monotonic());
    return this.#traced(trace, () => this.#runOutcome(tool, trace.task(task), { ...options, trace }));
  }

  async #runOutcome<T>(tool: string, task: Task<T>, options: InnerOptions): Promise<RunOutcome<T>> {
    const startedAt = this.#parts.clock.monotonic();
    if (!this.#closed && (options.eager ?? this.#parts.inspect !== undefined)) {
      const kind = await this.#kindOf(tool, options, startedAt);
      return this.#start(this.#call(tool, task, options, { kind, startedAt, first: undefined }));
    }
    const { clock, toolRules, attemptTimeoutMs } = this.#parts;
    const { timeoutMs = attemptTimeoutMs } = toolRules(tool);
    const raw = await callOnce(tool, task, 1, { signal: options.signal, timeoutMs, clock });
    if (raw === null) throw new Error('an attempt was aborted without an abort signal');
    return this.#continueFrom(tool, task, options, startedAt, raw);
  }

  heal<T>(
    tool: string,
    first: RawOutcome<T>,
    transportTask: (attempt: TransportAttempt) => T | PromiseLike<T>,
    options: RunOptions & FirstAttempt = noOptions,
  ): Promise<RunOutcome<T>> {
    const task = transportTask as Task<T>;
    const { telemetry, clock } = this.#parts;
    const startedAt = options.startedAt ?? clock.monotonic();
    if (telemetry === undefined) return this.#continueFrom(tool, task, options, startedAt, first);
    const trace = telemetry.beginRun(tool, startedAt);
    trace.recordAttempt(first);
    return this.#traced(trace, () =>
      this.#continueFrom(tool, trace.task(task), { ...options, trace }, startedAt, first),
    );
  }

  get attempts(): number {
    return this.#parts.attempts;
  }

  limitsOf(tool: string): ToolLimits {
    return this.#parts.toolRules(tool);
  }

  get isHidden(): ((tool: string) => boolean) | undefined {
    return this.#parts.isHidden;
  }

  get telemetry(): Telemetry | undefined {
    return this.#parts.telemetry;
  }

  get questions(): QuestionStates | undefined {
    return this.#parts.questions;
  }

  classify(output: ToolOutput): Diagnosis {
    return this.#parts.diagnose(output);
  }

  looksHealthy(value: unknown): boolean {
    return this.#parts.looksHealthy(value);
  }

  hasOpenFailure(tool: string): boolean {
    return this.#parts.watch.open > 0 && this.#parts.watch.isOpen(tool);
  }

  countHealthy(tool: string, args?: RunOptions['args']): void {
    if (this.#parts.watch.open > 0) this.#parts.watch.succeeded(tool, args);
    this.#engine?.waiting?.succeeded(tool, args);
    const limits = this.#engine?.limits;
    if (limits?.needsSuccesses) {
      limits.recordCall(tool, this.#parts.toolRules(tool).upstream, false, this.#parts.clock.monotonic());
    }
    this.#parts.countHealthy(tool);
  }

  get health(): HealthSnapshot {
    return this.#engine?.health() ?? noLimits;
  }

  failures(): readonly OpenFailure[] {
    return this.#engine?.waiting?.list() ?? [];
  }

  async repair(signature: string | Signature, fn: () => unknown, options: RepairOptions = {}): Promise<RepairOutcome> {
    const id = typeof signature === 'string' ? signature : signature.id;
    const { repairFailure } = await import('./repair-failure.ts');
    return repairFailure(this.#parts, this.#engine?.waiting, id, fn, options);
  }

  async prepare(): Promise<void> {
    await this.#loadEngine();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#parts.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hasTimeout(tool: string): boolean {
    return this.#parts.hasToolTimeouts === true && this.#parts.toolRules(tool).timeoutMs !== undefined;
  }

  #deadlineOf(tool: string): number {
    return this.#parts.toolRules(tool).deadlineMs ?? this.#parts.deadlineMs;
  }

  async #runWhole<T>(tool: string, task: Task<T>, options: RunOptions): Promise<T> {
    const { signal } = options;
    if (signal === undefined) return unwrap(await this.runOutcome(tool, task, options), undefined);
    let isHealing = true;
    const first = async (context: AttemptContext): Promise<T> => {
      try {
        return await task(context);
      } finally {
        if (context.attempt === 1) isHealing = !signal.aborted;
      }
    };
    const outcome = await this.runOutcome<T>(tool, first, options);
    return unwrap(outcome, isHealing ? signal : undefined);
  }

  async #heal<T>(tool: string, task: Task<T>, options: RunOptions, startedAt: number, raw: RawOutcome<T>): Promise<T> {
    // An abort during the first attempt is between the caller and the tool, whose own error the caller receives.
    const aborts = options.signal?.aborted ? undefined : options.signal;
    return unwrap(await this.#continueFrom(tool, task, options, startedAt, raw), aborts);
  }

  async #traced<T>(trace: RunTrace, work: () => Promise<RunOutcome<T>>): Promise<RunOutcome<T>> {
    let outcome: RunOutcome<T> | undefined;
    try {
      outcome = await trace.within(work);
      return outcome;
    } finally {
      trace.end(outcome);
    }
  }

  /** Continues from the outcome of the first attempt: done if it succeeded, else a run. */
  async #continueFrom<T>(
    tool: string,
    task: Task<T>,
    options: InnerOptions,
    startedAt: number,
    raw: RawOutcome<T>,
  ): Promise<RunOutcome<T>> {
    const { slices, looksHealthy, diagnoseAttempt } = this.#parts;
    const isHealthy = options.diagnosis === undefined && !raw.thrown && looksHealthy(raw.value);
    const turn = isHealthy ? undefined : slices?.begin(options.signal, startedAt + this.#deadlineOf(tool));
    if (turn !== undefined) await turn;
    const diagnosis = isHealthy ? null : (options.diagnosis ?? diagnoseAttempt(tool, raw, options.args));
    const first = toOutcome(raw, diagnosis !== null);
    const asked = this.#kindOf(tool, first.ok ? withoutQuestion(options) : options, startedAt);
    const now = typeof asked === 'string' ? asked : await asked;
    const { sentAnnotations } = options;
    const kind =
      sentAnnotations === undefined
        ? now
        : stricterKind(effectiveKind(this.#parts.toolRules(tool), sentAnnotations), now);
    const call = this.#call(tool, task, options, { kind, startedAt, first, firstDiagnosis: diagnosis ?? undefined });
    if (first.ok || this.#closed) {
      const report = unhealedReport(call, first, diagnosis, first.ok ? null : closed, this.#parts.clock);
      if (first.ok) this.#countAndRecord(report, options.args);
      return outcomeOf(report, first);
    }
    return this.#start(call);
  }

  #kindOf(tool: string, { annotations, signal }: RunOptions, startedAt: number): ToolKind | Promise<ToolKind> {
    const { clock, toolRules } = this.#parts;
    const maxWaitMs = Math.max(0, this.#deadlineOf(tool) - (clock.monotonic() - startedAt)) / 2;
    return kindNow(toolRules(tool), annotations, { clock, maxWaitMs, cancels: signal });
  }

  #call<T>(
    tool: string,
    task: Task<T>,
    options: InnerOptions,
    { kind, startedAt, first, firstDiagnosis }: CallStart<T>,
  ): Call<T> {
    const rules = this.#parts.toolRules(tool);
    return {
      runId: this.#newRunId(),
      tool,
      task,
      options,
      rules,
      kind,
      startedAt,
      deadlineMs: this.#deadlineOf(tool),
      first,
      firstDiagnosis,
      firstCalls: options.calls ?? 1,
      failedAt: options.failedAt,
      deferral: options.deferral,
      trace: options.trace,
    };
  }

  async #start<T>(call: Call<T>): Promise<RunOutcome<T>> {
    const { runId } = call;
    const { clock, observer } = this.#parts;
    const run = new HealingRun(call, clock);
    this.#openIds.add(runId);
    if (observer !== undefined) {
      const { durationMs: elapsedMs } = run;
      observer.started({ runId, tool: call.tool, kind: call.kind, startedAt: clock.now() - elapsedMs, elapsedMs });
    }
    try {
      const engine = this.#engine ?? (await this.#loadEngine());
      if (call.first === undefined && run.cancelled) {
        const outcome = neverCalled(call, clock);
        observer?.finished(outcome);
        return outcome;
      }
      const output = await engine.heal(run as HealingRun<unknown>);
      const report = run.report ?? reportOf(output, run, clock);
      if (report.diagnosis !== null) engine.limits.recordRun(run, report, clock.monotonic());
      observer?.finished(report);
      if (output.settled.ok) engine.waiting?.succeeded(call.tool, call.options.args);
      else keepFailure(this.#parts, engine.waiting, run, report);
      return outcomeOf(report, output.settled as AttemptOutcome<T>);
    } catch (error) {
      // Healflow itself broke: the caller gets what the tool gave.
      this.#parts.warn(`a run broke: ${messageOf(error)}`);
      const last = run.lastOutcome;
      if (last === undefined) throw error;
      const report = run.report ?? unhealedReport(call, last, call.firstDiagnosis ?? null, broken, clock);
      observer?.finished(report);
      return outcomeOf(report, last);
    } finally {
      run.end();
      this.#openIds.delete(runId);
    }
  }

  #loadEngine(): Promise<Engine> {
    this.#loading ??= this.#parts
      .loadEngine((run, output) => {
        run.report = reportOf(output, run, this.#parts.clock);
        this.#countAndRecord(run.report, run.call.options.args);
      })
      .then((engine) => {
        this.#engine = engine;
        return engine;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  /** No two runs at once have the same id, whatever the randomness says. */
  #newRunId(): string {
    const drawn = randomId(this.#parts.random);
    let runId = drawn;
    for (let number = 2; this.#openIds.has(runId); number += 1) runId = `${drawn}-${number}`;
    return runId;
  }

  #countAndRecord(report: RunReport, args: RunOptions['args']): void {
    try {
      if (report.diagnosis === null) this.countHealthy(report.tool, args);
      if (report.diagnosis !== null || this.#parts.recordHealthy) this.#parts.record(report, args);
    } catch (error) {
      this.#parts.warn(`the event was not recorded: ${messageOf(error)}`);
    }
  }
}

/** Makes a healer of its parts. */
export const makeHealer = (parts: HealerParts): InternalHealer => new ToolHealer(parts);
