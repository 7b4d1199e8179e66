import type { RawOutcome, RunOptions, RunOutcome, Task } from '../../model/run.ts';
import type { Telemetry } from '../../telemetry/port.ts';

/** What a proxy needs of a healer; `Healer` implements it. */
export interface HealerPort {
  /** Traces the calls; undefined if tracing is off. */
  readonly telemetry?: Telemetry | undefined;
  /** A cheap check; if false, `heal` takes a closer look. */
  looksHealthy(value: unknown): boolean;
  countHealthy(tool: string): void;
  /**
   * Diagnoses the first attempt, heals, and calls `task` for every retry. Never rejects, and settles with the same object
   * as the last attempt.
   */
  heal<T>(
    tool: string,
    first: RawOutcome<T>,
    task: Task<T>,
    options: RunOptions & { readonly startedAt?: number | undefined },
  ): Promise<RunOutcome<T>>;
}
