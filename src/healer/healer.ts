import type { HealingOutput } from '../../machines/services.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { Approve } from '../model/fix.ts';
import type { Refusal, RunOptions, RunOutcome, RunReport, Settled, Task } from '../model/run.ts';
import { outcomeStatus } from '../policy/outcome.ts';
import { randomId } from '../random.ts';
import type { RunTrace, Telemetry } from '../telemetry/port.ts';
import { Attempt, callOnce, type Ended, settledAs } from './attempt.ts';
import { type AutoHeal, type AutoHealOptions, autoHealOver } from './auto-heal.ts';
import type { Engine, EngineHost } from './engine.ts';
import { createExamine, type Examine } from './examine.ts';
import { harmless, type Inspect } from './inspect.ts';
import { type HealthNow, healthless, type RunObserver, watched } from './observer.ts';
import { outcomeOf, reportOf, unwrap } from './outcome.ts';
import { type Call, Run } from './run.ts';
import { effectiveKind, type ToolRules } from './tools.ts';

/** What a healer is made of; `createHealer` puts it together from the config. */
export interface HealerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly attempts: number;
  readonly deadlineMs: number;
  readonly attemptTimeoutMs?: number | undefined;
  /** Asks a person before a fix with `mode: ask` runs. */
  readonly approve?: Approve | undefined;
  readonly toolRules: (tool: string) => ToolRules;
  /** Cheap: false asks for a closer look. */
  readonly looksHealthy: (value: unknown) => boolean;
  readonly diagnose: (output: ToolOutput) => Diagnosis;
  /** Counts a call in which nothing failed. */
  readonly countHealthy: (tool: string) => void;
  /** Loads what heals: it is needed when a call fails for the first time, and costs nothing before. */
  readonly loadEngine: (host: EngineHost) => Promise<Engine>;
  /** Whether calls in which nothing failed are recorded too. */
  readonly recordHealthy: boolean;
  /** Writes a finished run to the log. */
  readonly record: (report: RunReport) => void;
  readonly warn: (message: string) => void;
  readonly inspect: Inspect | undefined;
  /** Watches runs, but lets calls that go well start no actor. */
  readonly observer?: RunObserver | undefined;
  /** Traces and measures every run; undefined where nobody wants that. */
  readonly telemetry?: Telemetry | undefined;
  readonly close: () => void;
}

/** What a run is told beside what its caller says. */
type InnerOptions = RunOptions & { readonly trace?: RunTrace | undefined };

const noOptions: RunOptions = {};

const closed: Refusal = { code: 'HEALER_CLOSED', reason: 'the healer was closed' };
const broken: Refusal = { code: 'RUN_BROKEN', reason: 'the run that heals it broke' };

/** Calls tools, and heals the calls that fail. */
export class Healer implements AsyncDisposable {
  /**
   * Wraps a function so that its calls are healed; the same call is a standard decorator of methods.
   * The wrapped function keeps its `this` and its arguments, and always returns a promise.
   */
  readonly autoHeal: (options?: AutoHealOptions) => AutoHeal;
  readonly #parts: HealerParts;
  readonly #examine: Examine;
  readonly #inspect: Inspect | undefined;
  readonly #observer: RunObserver | undefined;
  /** Whether nobody wants to know more of calls that go well than that they did. */
  readonly #isLight: boolean;
  #engine: Engine | undefined;
  #loading: Promise<Engine> | undefined;
  readonly #runs = new Map<string, Run<unknown>>();
  #closed = false;

  constructor(parts: HealerParts) {
    this.#parts = parts;
    this.#examine = createExamine(parts);
    this.#inspect = harmless(parts.inspect, parts.warn);
    this.#observer = parts.observer && watched(parts.observer, parts.warn);
    this.#isLight =
      parts.inspect === undefined &&
      parts.attemptTimeoutMs === undefined &&
      parts.telemetry === undefined &&
      !parts.recordHealthy;
    this.autoHeal = autoHealOver((tool, task, options) => this.run(tool, task, options));
  }

  /**
   * Calls a tool and heals the call if it fails.
   *
   * Resolves with the tool's own result or rejects with its own error, the last one that it gave: the same
   * object, never a copy. Nothing is started unless the first attempt fails.
   */
  run<T>(tool: string, task: Task<T>, options: RunOptions = noOptions): Promise<T> {
    if (!this.#isLight || options.eager === true) return this.#runWhole(tool, task, options);
    // No async function and no second promise: a call that goes well costs its own promise, a timestamp and a look.
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
      this.countHealthy(tool);
      return value;
    }, failed);
  }

  /** Like `run`, but never rejects: resolves with the tool's result or error, and all that is known of the run. */
  async runOutcome<T>(tool: string, task: Task<T>, options: RunOptions = noOptions): Promise<RunOutcome<T>> {
    const { telemetry } = this.#parts;
    if (telemetry === undefined) return this.#runOutcome(tool, task, options);
    const trace = telemetry.beginRun(tool, this.#parts.clock.monotonic());
    return this.#traced(trace, () => this.#runOutcome(tool, trace.task(task), { ...options, trace }));
  }

  async #runOutcome<T>(tool: string, task: Task<T>, options: InnerOptions): Promise<RunOutcome<T>> {
    const startedAt = this.#parts.clock.monotonic();
    if (!this.#closed && (options.eager ?? this.#parts.inspect !== undefined)) {
      return this.#start(this.#call(tool, task, options, startedAt, undefined, undefined));
    }
    const { clock, attemptTimeoutMs: timeoutMs } = this.#parts;
    const ended = await callOnce(tool, task, 1, { signal: options.signal, timeoutMs, clock });
    if (ended === null) throw new Error('an attempt was cut off that nothing could cut off');
    return this.#proceed(tool, task, options, startedAt, ended);
  }

  /**
   * Heals a call whose first attempt was made elsewhere, as a relay does: diagnoses `first`, runs the fix, and
   * calls `task` for every retry, the first of which is attempt 2. Never rejects.
   *
   * @param options.startedAt When the first attempt began, on the healer's monotonic clock; now by default.
   */
  heal<T>(
    tool: string,
    first: Ended<T>,
    task: Task<T>,
    options: RunOptions & { readonly startedAt?: number | undefined } = noOptions,
  ): Promise<RunOutcome<T>> {
    const { telemetry, clock } = this.#parts;
    const startedAt = options.startedAt ?? clock.monotonic();
    if (telemetry === undefined) return this.#proceed(tool, task, options, startedAt, first);
    const trace = telemetry.beginRun(tool, startedAt);
    trace.recordAttempt(first);
    return this.#traced(trace, () => this.#proceed(tool, trace.task(task), { ...options, trace }, startedAt, first));
  }

  /** What is told of calls that are made elsewhere; undefined where nobody wants that. */
  get telemetry(): Telemetry | undefined {
    return this.#parts.telemetry;
  }

  /** Tells what would be recognised in an output of a tool. */
  classify(output: ToolOutput): Diagnosis {
    return this.#parts.diagnose(output);
  }

  /** Tells cheaply that a returned value is no failure; false asks for a closer look by `heal` or `classify`. */
  looksHealthy(value: unknown): boolean {
    return this.#parts.looksHealthy(value);
  }

  /** Counts a call that went well and was made elsewhere. */
  countHealthy(tool: string): void {
    const limits = this.#engine?.limits;
    if (limits?.listening) {
      limits.note(tool, this.#parts.toolRules(tool).upstream, false, this.#parts.clock.monotonic());
    }
    this.#parts.countHealthy(tool);
  }

  /** What holds healing back now. */
  get health(): HealthNow {
    return this.#engine?.health(this.#parts.clock) ?? healthless;
  }

  /** Loads what heals before it is needed. */
  async prepare(): Promise<void> {
    await this.#loadEngine();
  }

  /** Writes what is still to be written. Calls made afterwards go straight to the tool. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #runWhole<T>(tool: string, task: Task<T>, options: RunOptions): Promise<T> {
    return unwrap(await this.runOutcome(tool, task, options));
  }

  async #heal<T>(tool: string, task: Task<T>, options: RunOptions, startedAt: number, ended: Ended<T>): Promise<T> {
    return unwrap(await this.#proceed(tool, task, options, startedAt, ended));
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

  /** Goes on from an ended first attempt: done where it went well, else a run. */
  async #proceed<T>(
    tool: string,
    task: Task<T>,
    options: InnerOptions,
    startedAt: number,
    ended: Ended<T>,
  ): Promise<RunOutcome<T>> {
    const diagnosis = this.#examine(tool, ended);
    const first = settledAs(ended, diagnosis !== null);
    const call = this.#call(tool, task, options, startedAt, first, diagnosis ?? undefined);
    if (first.ok || this.#closed) {
      const report = this.#reportUnhealed(call, first, diagnosis, first.ok ? null : closed);
      if (first.ok) this.#countAndRecord(report);
      return outcomeOf(report, first);
    }
    return this.#start(call);
  }

  #call<T>(
    tool: string,
    task: Task<T>,
    options: InnerOptions,
    startedAt: number,
    first: Settled<T> | undefined,
    firstDiagnosis: Diagnosis | undefined,
  ): Call<T> {
    const rules = this.#parts.toolRules(tool);
    return {
      runId: this.#newRunId(),
      tool,
      task,
      options,
      kind: effectiveKind(rules, options.annotations),
      replay: rules.replay,
      upstream: rules.upstream,
      startedAt,
      deadlineMs: this.#parts.deadlineMs,
      first,
      firstDiagnosis,
      trace: options.trace,
    };
  }

  async #start<T>(call: Call<T>): Promise<RunOutcome<T>> {
    const { runId } = call;
    const { clock } = this.#parts;
    const run = new Run(call, clock);
    this.#runs.set(runId, run as Run<unknown>);
    if (this.#observer !== undefined) {
      const { durationMs: elapsedMs } = run;
      this.#observer.began({ runId, tool: call.tool, kind: call.kind, startedAt: clock.now() - elapsedMs, elapsedMs });
    }
    try {
      const engine = this.#engine ?? (await this.#loadEngine());
      const output = await engine.heal(run as Run<unknown>);
      const report = run.report ?? reportOf(output, run, clock);
      if (report.diagnosis !== null) engine.limits.ended(run, report, clock.monotonic());
      this.#observer?.ended(report);
      return outcomeOf(report, output.settled as Settled<T>);
    } catch (error) {
      // Healflow itself broke: the caller gets what the tool gave.
      this.#parts.warn(`a run broke: ${messageOf(error)}`);
      const settled = run.lastSettled;
      if (settled === undefined) throw error;
      const report = run.report ?? this.#reportUnhealed(call, settled, call.firstDiagnosis ?? null, broken);
      this.#observer?.ended(report);
      return outcomeOf(report, settled);
    } finally {
      run.end();
      this.#runs.delete(runId);
    }
  }

  #loadEngine(): Promise<Engine> {
    const { clock, attempts, attemptTimeoutMs, approve, diagnose, warn } = this.#parts;
    this.#loading ??= this.#parts
      .loadEngine({
        clock,
        attempts,
        attemptTimeoutMs,
        approve,
        diagnose,
        warn,
        inspect: this.#inspect ?? this.#observer?.inspect,
        runOf: (runId) => this.#runOf(runId),
        examine: this.#examine,
        finished: (output) => this.#finished(output),
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
    for (let number = 2; this.#runs.has(runId); number += 1) runId = `${drawn}-${number}`;
    return runId;
  }

  #runOf(runId: string): Run<unknown> {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new Error(`there is no run ${runId}`);
    return run;
  }

  /** The report of a call that no actor has brought to its end. */
  #reportUnhealed<T>(
    call: Call<T>,
    settled: Settled<T>,
    diagnosis: Diagnosis | null,
    refusal: Refusal | null,
  ): RunReport {
    const { runId, tool, kind } = call;
    const delivered = diagnosis?.delivered ?? 'maybe';
    const output: HealingOutput = {
      runId,
      tool,
      kind,
      status: outcomeStatus({ ok: settled.ok, attempts: 1, delivered, kind }),
      attempts: 1,
      settled,
      diagnosis,
      lastDiagnosis: diagnosis,
      fixes: [],
      refusal,
    };
    return reportOf(output, { durationMs: this.#parts.clock.monotonic() - call.startedAt }, this.#parts.clock);
  }

  /** The machine's log action. */
  #finished(output: HealingOutput): void {
    const run = this.#runOf(output.runId);
    const report = reportOf(output, run, this.#parts.clock);
    run.report = report;
    this.#countAndRecord(report);
  }

  #countAndRecord(report: RunReport): void {
    try {
      if (report.diagnosis === null) this.countHealthy(report.tool);
      if (report.diagnosis !== null || this.#parts.recordHealthy) this.#parts.record(report);
    } catch (error) {
      this.#parts.warn(`the event was not recorded: ${messageOf(error)}`);
    }
  }
}
