import type { InspectionEvent } from 'xstate';
import { messageOf } from '../errors.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { RunReport } from '../model/run.ts';
import type { ToolKind } from '../model/words.ts';
import type { Redactor } from '../redact/index.ts';

/** Watches the actors of runs, as XState's `inspect` option does. */
export type Inspect = (event: InspectionEvent) => void;

/** A run that has started. */
export interface StartedRun {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** When the first attempt began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long ago that was, in ms. */
  readonly elapsedMs: number;
}

/** The state of a circuit breaker. Instants are milliseconds since the epoch. */
export interface BreakerSnapshot {
  readonly upstream: string;
  readonly state: string;
  /** Until when it stays open; null if it is not open. */
  readonly until: number | null;
}

/** The state of a budget. */
export interface BudgetNow {
  readonly key: string;
  readonly used: number;
  readonly of: number;
  readonly windowMs: number;
}

/** A fix that is cooling down. */
export interface CooldownNow {
  readonly key: string;
  readonly fix: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What holds healing back now. */
export interface HealthSnapshot {
  readonly breakers: readonly BreakerSnapshot[];
  readonly budgets: readonly BudgetNow[];
  readonly cooldowns: readonly CooldownNow[];
}

/** What an observer receives of the healer that it watches. */
export interface ObservedHealer {
  readonly redact: Redactor;
  /** The folder of its log. */
  readonly memoryDir: string;
  /** The folder that the processes of this machine share. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
  readonly health: () => HealthSnapshot;
}

/**
 * Watches runs without changing them: if only observers watch, successful calls start no actor. What one throws is
 * reported once and goes no further.
 */
export interface RunObserver {
  /** Receives the healer before any run. */
  attach(healer: ObservedHealer): void;
  started(run: StartedRun): void;
  /** Watches the microsteps of runs' actors, in which alone the chart's transient states show, and none of XState's other events. */
  readonly inspect: Inspect;
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
