import { timestampOf } from '../event-log/event.ts';
import type { Clock } from '../model/clock.ts';
import type { RunReport } from '../model/run.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { DigestArgs } from './args-digest.ts';
import type { LearningRecord } from './model.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** What of a watch a call that succeeds has to do with. */
export interface SuccessWatch {
  /** Number of failing calls that have not succeeded since. While it is 0, a success has nothing to tell. */
  readonly open: number;
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
  readonly sig: string;
  /** The first failure, on the monotonic clock. */
  readonly since: number;
  /** The gap that the last record told, in ms. */
  recordedMs: number;
  /** What was run since the first failure. */
  readonly between: Set<string>;
}

/** A failure that lasts is recorded after this time, and again whenever the time has doubled: 17 records a day. */
const firstGapMs = 1_000;
const maxBetween = 8;

/** What a run did to the failure: not what only waited, was not needed or was refused. */
const ranIn = ({ fixes }: RunReport): readonly string[] =>
  fixes
    .filter(({ fix, status }) => status !== 'refused' && status !== 'not_needed' && !isDelayFix(fix))
    .map(({ fix }) => fix);

/** Watches failing calls until they succeed, and records after what time they did and what had been run in between. */
export class FailureWatch implements SuccessWatch {
  readonly #options: FailureWatchOptions;
  readonly #maxOpen: number;
  /** By tool, and by digest of the arguments, the oldest first. */
  readonly #byTool = new Map<string, Map<string | null, OpenFailure>>();
  #size = 0;

  constructor(options: FailureWatchOptions) {
    this.#options = options;
    this.#maxOpen = options.maxOpen ?? 1_000;
  }

  get open(): number {
    return this.#size;
  }

  succeeded(tool: string, args: Args): void {
    // Without a failure of the tool, its arguments need no digest.
    if (this.#byTool.has(tool)) this.#close(tool, this.#options.digestArgs(args));
  }

  stillFails(tool: string, args: Args): void {
    const open = this.#byTool.get(tool)?.get(this.#options.digestArgs(args));
    if (open !== undefined) this.#lasts(open, open.recordedMs);
  }

  ran(what: string): void {
    for (const calls of this.#byTool.values())
      for (const { between } of calls.values()) if (between.size < maxBetween) between.add(what);
  }

  /**
   * A run has ended in which something failed.
   *
   * A call that was healed within its run leaves no record unless it had failed before: the event of the run tells the same.
   *
   * @param summary How it failed last, in one redacted line.
   */
  ended(report: RunReport, args: Args, summary: string): void {
    for (const fix of ranIn(report)) this.ran(fix);
    const hasFailed = report.status === 'failed' || report.status === 'unknown';
    if (!hasFailed && this.open === 0) return;
    const digest = this.#options.digestArgs(args);
    if (!hasFailed) this.#close(report.tool, digest);
    // A mistake in the arguments does not recover.
    else if (report.lastDiagnosis?.class !== 'usage')
      this.#failed({ tool: report.tool, args: digest, sig: this.#options.signatureId(summary) });
  }

  #failed(call: Pick<OpenFailure, 'tool' | 'args' | 'sig'>): void {
    const { tool, args, sig } = call;
    const now = this.#options.clock.monotonic();
    const open = this.#byTool.get(tool)?.get(args);
    if (open?.sig === sig) {
      this.#lasts(open, open.recordedMs * 2);
      return;
    }
    // Of a failure that another one has replaced it is not known when it ended.
    this.#remove(tool, args);
    if (this.#size >= this.#maxOpen) this.#removeOldest();
    const calls = this.#byTool.get(tool) ?? new Map<string | null, OpenFailure>();
    calls.set(args, { ...call, since: now, recordedMs: firstGapMs / 2, between: new Set() });
    this.#byTool.set(tool, calls);
    this.#size += 1;
  }

  /** Records a failure that has lasted for at least this time with nothing run in between. */
  #lasts(open: OpenFailure, atLeastMs: number): void {
    const windowMs = this.#options.clock.monotonic() - open.since;
    if (open.between.size > 0 || windowMs < atLeastMs) return;
    open.recordedMs = windowMs;
    this.#record('still_failing', open, windowMs);
  }

  #remove(tool: string, args: string | null): OpenFailure | undefined {
    const calls = this.#byTool.get(tool);
    const open = calls?.get(args);
    if (calls === undefined || open === undefined) return undefined;
    calls.delete(args);
    if (calls.size === 0) this.#byTool.delete(tool);
    this.#size -= 1;
    return open;
  }

  /** The oldest failure of the tool that has failed for the longest time. */
  #removeOldest(): void {
    const [calls] = this.#byTool.values();
    const [oldest] = calls?.values() ?? [];
    if (oldest !== undefined) this.#remove(oldest.tool, oldest.args);
  }

  #close(tool: string, args: string | null): void {
    const open = this.#remove(tool, args);
    if (open !== undefined) this.#record('recovered', open, this.#options.clock.monotonic() - open.since);
  }

  #record(kind: 'recovered' | 'still_failing', { tool, args, sig, between }: OpenFailure, windowMs: number): void {
    const { clock, append } = this.#options;
    const timestamp = timestampOf(clock.now());
    append({ kind, timestamp, tool, sig, args, window_ms: Math.round(windowMs), between: [...between] });
  }
}
