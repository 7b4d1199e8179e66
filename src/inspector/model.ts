/** A state's name, or `[*]` for the initial and final pseudo-state. */
export type StateOrOutside = string;

export type RunStatus = 'running' | 'healed' | 'succeeded' | 'failed' | 'unknown';

/** The summary of a run. All texts are redacted. */
export interface RunSummary {
  readonly runId: string;
  readonly tool: string;
  readonly kind: string;
  readonly processId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since the epoch; null while it runs. */
  readonly endedAt: number | null;
  readonly status: RunStatus;
  readonly state: StateOrOutside;
  readonly class: string | null;
  readonly pattern: string | null;
  readonly fixes: readonly string[];
  readonly attempts: number;
  /** In ms; null while it runs. */
  readonly durationMs: number | null;
  /** The failure in one line. */
  readonly error: string | null;
}

/** One transition that a run took. */
export interface Step {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Since the run's start, in ms. */
  readonly atMs: number;
  readonly from: StateOrOutside;
  readonly to: StateOrOutside;
  /** How long the run was in `from`, in ms. */
  readonly durationMs: number | null;
  readonly note?: string | undefined;
}

export interface RunDiagnosis {
  readonly attempt: number;
  readonly class: string;
  readonly pattern: string;
  readonly fix: string | null;
  readonly delivered: string;
  /** The part of the output that matched. */
  readonly evidence: string;
  readonly confidence?: string | number | undefined;
  readonly why: string;
}

export interface RunFix {
  readonly fix: string;
  readonly status: string;
  readonly reason: string;
  /** In ms. */
  readonly durationMs: number;
  readonly output?: string | undefined;
  readonly command?: string | undefined;
  readonly code?: string | undefined;
  readonly shared?: boolean | undefined;
}

export interface RunAttempt {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** In ms. */
  readonly durationMs: number | null;
  readonly ok: boolean;
  readonly error: string | null;
}

/** The details of a run. A run from the log has no steps. */
export interface RunDetail extends RunSummary {
  readonly steps: readonly Step[];
  readonly diagnoses: readonly RunDiagnosis[];
  readonly fixReports: readonly RunFix[];
  readonly attemptsList: readonly RunAttempt[];
  readonly policy: { readonly mayRepeat: boolean; readonly reason: string } | null;
  readonly refusal: { readonly code: string; readonly reason: string } | null;
  /** The id of the signature of its failure, if the page shows what was learned. */
  readonly signature?: string;
}

export interface RunsPage {
  readonly runs: readonly RunSummary[];
  /** The cursor of the next, older page; null at the end. */
  readonly next: string | null;
  readonly total: number;
}

export interface Outcomes {
  readonly healed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly succeeded: number;
}

/** The counts of one tool, fix or class. */
export interface Group extends Partial<Outcomes> {
  readonly name: string;
}

export interface Totals {
  readonly outcomes: Outcomes;
  readonly byTool: readonly Group[];
  readonly byFix: readonly Group[];
  readonly byClass: readonly Group[];
  readonly overTime: readonly {
    readonly t: number;
    readonly healed: number;
    readonly failed: number;
    readonly unknown: number;
  }[];
  readonly healMs: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly histogram: readonly { readonly leMs: number | null; readonly count: number }[];
  };
  /** The number of times each transition was taken, by `From->To`. */
  readonly arrows: Readonly<Record<string, number>>;
}

export interface Health {
  /** What is wrong with the configuration of the process; absent if nothing is. */
  readonly notice?: string;
  readonly breakers: readonly { readonly upstream: string; readonly state: string; readonly until: number | null }[];
  readonly cooldowns: readonly { readonly key: string; readonly fix: string; readonly until: number }[];
  readonly budgets: readonly {
    readonly key: string;
    readonly used: number;
    readonly of: number;
    readonly windowMs: number;
  }[];
  readonly processes: readonly {
    readonly id: string;
    readonly pid: number;
    readonly title: string;
    readonly startedAt: number;
    readonly alive: boolean;
  }[];
}

/** The mode of the page: the runs of this machine or one exported run. */
export interface Mode {
  readonly mode: 'live' | 'file';
  readonly version?: string;
  readonly run?: RunDetail;
  /** Whether it also shows a fleet. */
  readonly fleet?: boolean;
  /** Whether there is anything learned; absent if it does not show what was learned. */
  readonly learning?: boolean;
}

/** An exported run, as a file that can be shared and opened again. */
export interface ExportedRun {
  readonly healflowExport: 1;
  /** Milliseconds since the epoch. */
  readonly exportedAt: number;
  readonly version: string;
  readonly run: RunDetail;
}
