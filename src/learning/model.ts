/**
 * What a failure is known by: its masked line, without what differs from call to call. The same failure has the same signature on
 * every machine, whatever was seen before it.
 */
export interface Signature {
  /** A digest of the line: 16 hexadecimal digits. */
  readonly id: string;
  /** The failure in one line, with each variable part replaced by the name of its kind, as in `<path>`. */
  readonly line: string;
}

/** What was run while a failure waited: a fix of the configuration by its name, or a command. */
export type RepairAction = { readonly use: string } | { readonly run: readonly string[] };

/** What the checks of one call say: `unknown` if it could not be checked. */
export type CheckResult = 'failed' | 'succeeded' | 'unknown';

interface RecordOf<Kind extends string> {
  readonly kind: Kind;
  /** When it ended, in UTC, as in RFC 3339. */
  readonly timestamp: string;
  readonly tool: string;
  /** The id of the signature of the failure. */
  readonly sig: string;
  /** A keyed digest of the arguments of the call; null if they are not known, so that the name of the tool alone tells its calls apart. */
  readonly args: string | null;
}

/**
 * A call that had failed succeeded again. A call that healflow healed within its run, and that had not failed before, has no such
 * record: its event in the log tells the same, with `sig`, `outcome`, `fixes` and `duration_ms`.
 */
export interface Recovered extends RecordOf<'recovered'> {
  /** From the first failure to the first success, in ms. */
  readonly window_ms: number;
  /** What healflow or a person ran in between, by name or command; empty if nothing, so that the failure ended by itself. */
  readonly between: readonly string[];
}

/** A call failed again, a while after its first failure, with nothing run in between: it had not recovered by itself. */
export interface StillFailing extends RecordOf<'still_failing'> {
  /** From the first failure to this one, in ms. */
  readonly window_ms: number;
  /** What healflow or a person ran in between; see {@link Recovered}. */
  readonly between: readonly string[];
}

/** A person, or a program by `healer.repair`, ran something to repair a failure. */
export interface Repaired extends RecordOf<'repaired'> {
  readonly action: RepairAction;
  /** Present if the command is not complete, as a secret was masked in it or it was too long: nothing can run it again. */
  readonly incomplete?: true;
  /** What was checked: the failing call itself, or only the probe of the fix; null if nothing could be, which is no evidence. */
  readonly checked: 'call' | 'probe' | null;
  readonly before: CheckResult;
  readonly after: CheckResult;
  /** From the check before to the check after, in ms. */
  readonly window_ms: number;
  /** All the time in which the call could have succeeded, in ms: what was run, and how long it was checked after it. @default window_ms */
  readonly limit_ms?: number;
}

/** A lesson was tried: it ran, it would have run, or it was held back to see whether the failure ends by itself. */
export interface Trial extends RecordOf<'trial'> {
  /** The name of the lesson. */
  readonly lesson: string;
  readonly mode: 'run' | 'shadow' | 'control';
  /** The digest of the pattern and fix that were tried; missing in old records, which then do not count. */
  readonly digest?: string;
  /** When the lesson that was tried was approved, as its file says: in UTC, as in RFC 3339. */
  readonly approved_at?: string;
  /** Whether the same call succeeded after it, in its window. In the shadow: after what a person then ran, if it was the same. */
  readonly after: CheckResult;
  /** In the shadow: whether the failure ended by itself within the window. */
  readonly needless?: boolean;
  readonly window_ms: number;
}

/** A remark about a failure, by an agent. Nothing runs because of it, and it proposes nothing. */
export interface Noted extends RecordOf<'noted'> {
  /** In words; it is only ever shown. */
  readonly note: string;
}

/** One record of `memory/learned/repairs.yaml`. */
export type LearningRecord = Recovered | StillFailing | Repaired | Trial | Noted;

/** The classes of failures that a fix can repair. */
export const repairableClasses = ['auth', 'network', 'resource', 'rate', 'server'] as const;
export type RepairableClass = (typeof repairableClasses)[number];

/** How far a lesson may go. Only a person moves it up; healflow itself only moves it down. */
export const rungs = ['proposed', 'shadow', 'ask', 'auto', 'retired'] as const;
export type Rung = (typeof rungs)[number];

/** Maximum number of machines on which one file of a lesson is approved. */
export const maxSeals = 200;

/** One check of an action: what the same call did within a window that began with a failure. */
export interface Outcome {
  readonly succeeded: boolean;
  /** In ms. */
  readonly windowMs: number;
  /** Of a failure that ended by itself: how long it had been seen to last by then, in ms. @default 0 */
  readonly failingMs?: number;
  /** In ms since the epoch. */
  readonly at: number;
}

/** What is known of an action against a failure. */
export interface Odds {
  /** How many times more likely the outcomes are if the action works than if the failure ends by itself; null if nothing is known. */
  readonly odds: number | null;
  /** The outcomes that count. */
  readonly trials: {
    readonly succeeded: number;
    readonly of: number;
    readonly interval: readonly [low: number, high: number] | null;
  };
  /** What recovered with nothing run, in gaps at least as long as the trials. */
  readonly natural: {
    readonly recovered: number;
    readonly of: number;
    readonly interval: readonly [low: number, high: number] | null;
  };
}
