import { messageOf } from '../errors.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { RunReport } from '../model/run.ts';
import type { ToolKind } from '../model/words.ts';
import type { Redactor } from '../redact/index.ts';
import type { Inspect } from './inspect.ts';

/** A run that begins. */
export interface BegunRun {
  readonly runId: string;
  readonly tool: string;
  readonly kind: ToolKind;
  /** When the first attempt began: milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long ago that was, in ms. */
  readonly elapsedMs: number;
}

/** A circuit breaker, as it stands. Instants are milliseconds since the epoch. */
export interface BreakerNow {
  readonly upstream: string;
  readonly state: string;
  /** Until when it stays open; null where it is not. */
  readonly until: number | null;
}

/** A budget, as it stands. */
export interface BudgetNow {
  readonly key: string;
  readonly used: number;
  readonly of: number;
  readonly windowMs: number;
}

/** A fix that rests. */
export interface CooldownNow {
  readonly key: string;
  readonly fix: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What holds healing back now. */
export interface HealthNow {
  readonly breakers: readonly BreakerNow[];
  readonly budgets: readonly BudgetNow[];
  readonly cooldowns: readonly CooldownNow[];
}

/** What an observer learns of the healer that it watches. */
export interface ObservedHealer {
  readonly redact: Redactor;
  /** The folder of its log. */
  readonly memoryDir: string;
  /** The folder that the processes of this machine share. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
  readonly health: () => HealthNow;
}

/**
 * Watches runs without changing them: where only observers watch, calls that go well start no actor. What one throws is
 * told once and goes no further.
 */
export interface RunObserver {
  /** Told of the healer before any run. */
  attach(healer: ObservedHealer): void;
  began(run: BegunRun): void;
  /** Watches the microsteps of runs' actors, in which alone the chart's transient states show, and none of XState's other events. */
  readonly inspect: Inspect;
  ended(report: RunReport): void;
}

/** Nothing holds it back. */
export const healthless: HealthNow = { breakers: [], budgets: [], cooldowns: [] };

/** Keeps an observer that throws from touching the run that it watches; says so once. */
export const watched = (observer: RunObserver, warn: (message: string) => void): RunObserver => {
  let warned = false;
  const safely =
    <T>(tell: (what: T) => void) =>
    (what: T): void => {
      try {
        tell(what);
      } catch (error) {
        if (!warned) warn(`the inspector threw: ${messageOf(error)}`);
        warned = true;
      }
    };
  const step: Inspect = safely((event) => observer.inspect(event));
  return {
    attach: safely((healer) => observer.attach(healer)),
    began: safely((run) => observer.began(run)),
    inspect: (event) => {
      if (event.type === '@xstate.microstep') step(event);
    },
    ended: safely((report) => observer.ended(report)),
  };
};
