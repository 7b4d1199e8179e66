import type { RunOptions, RunOutcome, Task } from '../../model/run.ts';
import type { Telemetry } from '../../telemetry/port.ts';

/** How the first attempt of a call ended: with a result, or with a JSON-RPC error. */
export type FirstEnd<T> =
  | { readonly thrown: false; readonly value: T }
  | { readonly thrown: true; readonly error: unknown };

/** What a relay needs of a healer; `Healer` is one. */
export interface HealerPort {
  /** Traces the calls; undefined if nobody wants that. */
  readonly telemetry?: Telemetry | undefined;
  /** Cheap; false asks for a closer look by `heal`. */
  looksHealthy(value: unknown): boolean;
  countHealthy(tool: string): void;
  /**
   * Diagnoses how the first attempt ended, heals, and calls `task` for every retry. Never rejects, and settles with the
   * last value or error that it was given: the same object.
   */
  heal<T>(
    tool: string,
    first: FirstEnd<T>,
    task: Task<T>,
    options: RunOptions & { readonly startedAt?: number | undefined },
  ): Promise<RunOutcome<T>>;
}
