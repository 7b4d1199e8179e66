import type { InspectionEvent } from 'xstate';
import type { Clock, Random } from '../model/clock.ts';
import type { RunReport } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import type { Redactor } from '../redact/index.ts';
import { messageOf } from '../text/error-text.ts';

/** Receives the events of the runs' actors, as XState's `inspect` option does. */
export type Inspect = (event: InspectionEvent) => void;

/** A run that has started. */
export interface StartedRun {
  /** The id of the run, as in the log. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** The start of the first attempt, in ms since the epoch. */
  readonly startedAt: number;
  /** The time since then, in ms. */
  readonly elapsedMs: number;
}

/** The state of a circuit breaker. */
export interface BreakerSnapshot {
  /** The upstream that the breaker protects. */
  readonly upstream: string;
  /** Closed, Open or HalfOpen. */
  readonly state: string;
  /** The time until which it stays open, in ms since the epoch; null if it is not open. */
  readonly until: number | null;
}

/** The state of a budget. */
export interface BudgetNow {
  /** The fix or the upstream to which the budget belongs. */
  readonly key: string;
  /** The number of runs or retries in the current window. */
  readonly used: number;
  /** Maximum number of runs or retries within a window. */
  readonly of: number;
  /** The length of the window, in ms. */
  readonly windowMs: number;
}

/** A fix that is cooling down. */
export interface CooldownNow {
  /** The key of the fix, as in `host:kube_login:staging`. */
  readonly key: string;
  /** The name of the fix. */
  readonly fix: string;
  /** The time until which it is not run, in ms since the epoch. */
  readonly until: number;
}

/** The limits of a healer and their current state. */
export interface HealthSnapshot {
  /** The circuit breakers, one for each upstream. */
  readonly breakers: readonly BreakerSnapshot[];
  /** The budgets of fixes and of retries. */
  readonly budgets: readonly BudgetNow[];
  /** The fixes that are cooling down. */
  readonly cooldowns: readonly CooldownNow[];
}

/** The parts of a healer that its observer receives. */
export interface ObservedHealer {
  /** Masks the secrets that the healer knows. */
  readonly redact: Redactor;
  /** The folder of its log. */
  readonly memoryDir: string;
  /** The folder that the processes of this machine share. */
  readonly stateDir: string;
  /** The clock of the healer. */
  readonly clock: Clock;
  /** The random numbers of the healer. */
  readonly random: Random;
  /** Reports what could not be done, as the healer's own option does. */
  readonly warn: (message: string) => void;
  /** Returns the limits and their current state. */
  readonly health: () => HealthSnapshot;
}

/**
 * Watches runs without changing them: if only observers watch, successful calls start no actor. An error that an observer
 * throws is reported once and does not reach the run.
 */
export interface RunObserver {
  /** Receives the healer before any run. */
  attach(healer: ObservedHealer): void;
  /** Receives a run when it starts. */
  started(run: StartedRun): void;
  /** Receives the microsteps of the runs' actors, which alone show transient states, and no other events of XState. */
  readonly inspect: Inspect;
  /** Receives the report of a run when it has ended. */
  finished(report: RunReport): void;
}

/** The health of a healer that nothing holds back. */
export const noLimits: HealthSnapshot = { breakers: [], budgets: [], cooldowns: [] };

/** Keeps functions that throw from touching the run that they watch; warns once. */
const createGuard = (warn: (message: string) => void) => {
  let warned = false;
  return <T>(watch: (what: T) => void) =>
    (what: T): void => {
      try {
        watch(what);
      } catch (error) {
        if (!warned) warn(`the inspector threw: ${messageOf(error)}`);
        warned = true;
      }
    };
};

/** An inspector that never throws; warns once. */
export const safeInspect = (inspect: Inspect | undefined, warn: (message: string) => void): Inspect | undefined =>
  inspect && createGuard(warn)(inspect);

/** An observer that never throws; warns once. */
export const safeObserver = (observer: RunObserver, warn: (message: string) => void): RunObserver => {
  const safely = createGuard(warn);
  const step: Inspect = safely((event) => observer.inspect(event));
  return {
    attach: safely((healer) => observer.attach(healer)),
    started: safely((run) => observer.started(run)),
    inspect: (event) => {
      if (event.type === '@xstate.microstep') step(event);
    },
    finished: safely((report) => observer.finished(report)),
  };
};

/** Combines inspectors into one; undefined if there are none. */
export const combineInspects = (all: readonly (Inspect | undefined)[]): Inspect | undefined => {
  const [first, ...others] = all.filter((inspect) => inspect !== undefined);
  if (first === undefined || others.length === 0) return first;
  return (event) => {
    first(event);
    for (const inspect of others) inspect(event);
  };
};

/** Combines observers into one; undefined if there are none. */
export const combineObservers = (all: readonly RunObserver[]): RunObserver | undefined => {
  const [first, ...others] = all;
  if (first === undefined || others.length === 0) return first;
  return {
    attach: (healer) => {
      for (const observer of all) observer.attach(healer);
    },
    started: (run) => {
      for (const observer of all) observer.started(run);
    },
    inspect: (event) => {
      for (const observer of all) observer.inspect(event);
    },
    finished: (report) => {
      for (const observer of all) observer.finished(report);
    },
  };
};
