import type { FirstAttempt, ToolLimits } from '../../healer/healer.ts';
import type { QuestionStates } from '../../healer/question-states.ts';
import type { RawOutcome, RunOptions, RunOutcome, TransportAttempt } from '../../model/run.ts';
import type { Telemetry } from '../../telemetry/port.ts';

/** What a proxy needs of a healer; `Healer` implements it. */
export interface HealerPort {
  /** Traces the calls; undefined if tracing is off. */
  readonly telemetry?: Telemetry | undefined;
  /** Questions that clients come back with; undefined if no fix asks. */
  readonly questions?: QuestionStates | undefined;
  /** Maximum number of calls of a tool in one run. */
  readonly attempts: number;
  /** The limits that a tool has of its own; without it, none has. */
  limitsOf?(tool: string): ToolLimits;
  /** Whether clients do not see a tool; undefined if they see all. */
  readonly isHidden?: ((tool: string) => boolean) | undefined;
  /** A cheap check; if false, `heal` takes a closer look. */
  looksHealthy(value: unknown): boolean;
  /** Whether a call of a tool failed and has not succeeded since: `countHealthy` then needs the arguments of its calls. */
  hasOpenFailure?(tool: string): boolean;
  countHealthy(tool: string, args?: Readonly<Record<string, unknown>>): void;
  /**
   * Diagnoses the first attempt, heals, and calls `task` for every retry. Never rejects, and settles with the same object
   * as the last attempt.
   */
  heal<T>(
    tool: string,
    first: RawOutcome<T>,
    task: (attempt: TransportAttempt) => T | PromiseLike<T>,
    options: RunOptions & FirstAttempt,
  ): Promise<RunOutcome<T>>;
}
