import { timestampOf } from '../event-log/event.ts';
import type { Clock } from '../model/clock.ts';
import type { RunReport } from '../model/run.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { DigestArgs } from './args-digest.ts';
import { printOf } from './args-print.ts';
import type { LearningRecord } from './model.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** What of a watch a call that succeeds has to do with. */
export interface SuccessWatch {
  /** Number of failing calls that have not succeeded since. While it is 0, a success has nothing to tell. */
  readonly open: number;
  /** Whether a call of this tool failed and has not succeeded since. If not, its successes have nothing to tell. */
  isOpen(tool: string): boolean;
  /** A call has succeeded in which nothing failed. */
  succeeded(tool: string, args: Args): void;
  /** A check has seen a call fail as before. */
  stillFails(tool: string, args: Args): void;
  /** Something was run that may have repaired any open failure. */
  ran(what: string): void;
}

export interface FailureWatchOptions {
  readonly clock: Clock;
  readonly digestArgs: DigestArgs;
  /** The id of the signature of a failure, from its redacted line. */
  readonly signatureId: (summary: string) => string;
  readonly append: (record: LearningRecord) => unknown;
  /** @default 1000 */
  readonly maxOpen?: number;
}

/** A call that failed, and has not succeeded since. */
interface OpenFailure {
  readonly tool: string;
  readonly args: string | null;
  readonly print: number | null;
  readonly sig: string;
  /** The start of the run that failed first, on the monotonic clock. */
  readonly since: number;
  /** When it failed last. */
  failedAt: number;
  /** The gap that the last record told, in ms. */
  recordedMs: number;
  /** What was run since the first failure. */
  readonly between: Set<string>;
}

/** A failure that lasts is recorded after this time, and again whenever the time has doubled. */
const firstGapMs = 1_000;
const maxBetween = 8;

/** A failure that was not seen for this long is no longer waited for: its call may never be made again. */
export const forgottenAfterMs = 30 * 60_000;

/** What a run did to the failure: not what only waited, was not needed or was refused. */
const ranIn = ({ fixes }: RunReport): readonly string[] =>
  fixes
    .filter(({ fix, status }) => status !== 'refused' && status !== 'not_needed' && !isDelayFix(fix))
    .map(({ fix }) => fix);

/** Watches failing calls until they succeed, and records after what time they did and what had been run in between. */
export class FailureWatch implements SuccessWatch {
  readonly #options: FailureWatchOptions;
  readonly #maxOpen: number;
  /** By tool, and by the print of the arguments. */
  readonly #byTool = new Map<string, Map<number | null, OpenFailure>>();
  /** All of them, the one that was seen failing the longest ago first. */
  readonly #all = new Set<OpenFailure>();

  constructor(options: FailureWatchOptions) {
    this.#options = options;
    this.#maxOpen = options.maxOpen ?? 1_000;
  }

  get open(): number {
    return this.#all.size;
  }

  isOpen(tool: string): boolean {
    if (this.#all.size > 0) this.#forgetOld();
    return this.#byTool.has(tool);
  }

  succeeded(tool: string, args: Args): void {
    // Without a failure of the tool, its arguments are not looked at.
    if (this.isOpen(tool)) this.#close(tool, args);
  }

  stillFails(tool: string, args: Args): void {
    if (!this.isOpen(tool)) return;
    const open = this.#openOf(tool, printOf(args), args);
    if (open !== undefined) this.#lasts(open, open.recordedMs);
  }

  ran(what: string): void {
    for (const { between } of this.#all) if (between.size < maxBetween) between.add(what);
  }

  /**
   * A run has ended in which something failed.
   *
   * A call that was healed within its run leaves no record unless it had failed before: the event of the run tells the same.
   *
   * @param summary How it failed last, in one redacted line.
   */
  ended(report: RunReport, args: Args, summary: string): void {
    const fixes = ranIn(report);
    for (const fix of fixes) this.ran(fix);
    const hasFailed = report.status === 'failed' || report.status === 'unknown';
    if (!hasFailed) this.succeeded(report.tool, args);
    // A mistake in the arguments does not recover.
    else if (report.lastDiagnosis?.class !== 'usage')
      this.#failed(report, args, this.#options.signatureId(summary), fixes);
  }

  #failed({ tool, durationMs }: RunReport, args: Args, sig: string, fixes: readonly string[]): void {
    this.#forgetOld();
    const now = this.#options.clock.monotonic();
    const print = printOf(args);
    const known = this.#openOf(tool, print, args);
    if (known?.sig === sig) {
      this.#lasts(known, known.recordedMs * 2);
      return;
    }
    // Of a failure that another one has replaced it is not known when it ended.
    const replaced = known ?? this.#byTool.get(tool)?.get(print);
    if (replaced !== undefined) this.#remove(replaced);
    const [oldest] = this.#all;
    if (oldest !== undefined && this.#all.size >= this.#maxOpen) this.#remove(oldest);
    const open: OpenFailure = {
      ...{ tool, print, sig, args: print === null ? null : this.#options.digestArgs(args) },
      ...{ since: now - durationMs, failedAt: now, recordedMs: firstGapMs / 2 },
      // What its own run has run may still take effect.
      between: new Set(fixes.slice(0, maxBetween)),
    };
    const calls = this.#byTool.get(tool) ?? new Map<number | null, OpenFailure>();
    this.#byTool.set(tool, calls.set(print, open));
    this.#lasts(open, firstGapMs);
  }

  #openOf(tool: string, print: number | null, args: Args): OpenFailure | undefined {
    const open = this.#byTool.get(tool)?.get(print);
    // Few other arguments have the same print.
    if (open === undefined || print === null || open.args === this.#options.digestArgs(args)) return open;
    return undefined;
  }

  #remove(open: OpenFailure): void {
    this.#all.delete(open);
    const calls = this.#byTool.get(open.tool);
    calls?.delete(open.print);
    if (calls?.size === 0) this.#byTool.delete(open.tool);
  }

  /** Lets go of what was not seen for long. It failed at least until it was last seen. */
  #forgetOld(): void {
    const oldestKept = this.#options.clock.monotonic() - forgottenAfterMs;
    for (const open of this.#all) {
      if (open.failedAt > oldestKept) return;
      this.#remove(open);
      const windowMs = open.failedAt - open.since;
      if (open.between.size === 0 && windowMs >= firstGapMs && windowMs > open.recordedMs)
        this.#record('still_failing', open, windowMs, open.failedAt);
    }
  }

  /** A failure was seen again: records it if it has lasted for at least this time with nothing run in between. */
  #lasts(open: OpenFailure, atLeastMs: number): void {
    open.failedAt = this.#options.clock.monotonic();
    this.#all.delete(open);
    this.#all.add(open);
    const windowMs = open.failedAt - open.since;
    if (open.between.size > 0 || windowMs < atLeastMs) return;
    open.recordedMs = windowMs;
    this.#record('still_failing', open, windowMs, open.failedAt);
  }

  #close(tool: string, args: Args): void {
    const open = this.#openOf(tool, printOf(args), args);
    if (open === undefined) return;
    this.#remove(open);
    const now = this.#options.clock.monotonic();
    this.#record('recovered', open, now - open.since, now);
  }

  #record(kind: 'recovered' | 'still_failing', open: OpenFailure, windowMs: number, at: number): void {
    const { clock, append } = this.#options;
    const { tool, args, sig, between } = open;
    const timestamp = timestampOf(clock.now() - (clock.monotonic() - at));
    append({ kind, timestamp, tool, sig, args, window_ms: Math.round(windowMs), between: [...between] });
  }
}
