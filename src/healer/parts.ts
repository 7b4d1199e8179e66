import type { HealingOutput } from '../../machines/services.ts';
import type { RepairLog } from '../learning/repair-log.ts';
import type { WaitingCalls } from '../learning/waiting-calls.ts';
import type { SuccessWatch } from '../learning/watch.ts';
import type { Limits } from '../limits/limits.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { Approve } from '../model/fix.ts';
import type { RunReport } from '../model/run.ts';
import type { FixName } from '../model/terms.ts';
import type { Slices } from '../platform/slices.ts';
import type { ToolRules } from '../policy/tool-rules.ts';
import type { FixCall } from '../runner/context.ts';
import type { Tunnels } from '../runner/tunnels.ts';
import type { Telemetry } from '../telemetry/port.ts';
import type { DiagnoseAttempt } from './diagnose-attempt.ts';
import type { HealthSnapshot, Inspect, RunObserver } from './observer.ts';
import type { QuestionStates } from './question-states.ts';
import type { HealingRun } from './run.ts';

/** Records a finished run: the machine's `log` action. */
export type LogRun = (run: HealingRun<unknown>, output: HealingOutput) => void;

/** What heals: the machine with its services, and the limits that keep it from making things worse. */
export interface Engine {
  readonly limits: Limits;
  /** What holds healing back now. */
  health(): HealthSnapshot;
  /** Brings a run to its end. Rejects if the machine breaks. */
  heal(run: HealingRun<unknown>): Promise<HealingOutput>;
  /** A digest of what a fix would run for a call; undefined if it is not there. Without the method, no fix asks. */
  digestOfFix?(name: FixName, call: FixCall): string | undefined;
  /** The calls that failed last; undefined if none are kept. */
  readonly waiting?: WaitingCalls | undefined;
  /** Ends what goes on without a call. */
  close?(): Promise<void>;
}

/** What a healer is made of: one object, made once, that the healer, its engine and its services all read. */
export interface HealerParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Maximum number of calls of a tool in one run. */
  readonly attempts: number;
  /** Whether a repair fix runs after the last attempt too, for later calls. */
  readonly healForNextCall: boolean;
  readonly deadlineMs: number;
  readonly attemptTimeoutMs?: number | undefined;
  /** Asks a person before a fix with `mode: ask` runs; undefined if no one can be asked. */
  readonly approve?: Approve | undefined;
  readonly toolRules: (tool: string) => ToolRules;
  /** Whether any tool has a timeout of its own. @default false */
  readonly hasToolTimeouts?: boolean | undefined;
  /** Whether the clients of a proxy do not see a tool; undefined if they see all. */
  readonly isHidden?: ((tool: string) => boolean) | undefined;
  /** Cheap: false asks for a closer look. */
  readonly looksHealthy: (value: unknown) => boolean;
  readonly diagnose: (output: ToolOutput) => Diagnosis;
  readonly diagnoseAttempt: DiagnoseAttempt;
  /** Spreads the healings of many calls that fail at once over time; by default they all begin at once. */
  readonly slices?: Slices | undefined;
  /** Counts a call in which nothing failed. */
  readonly countHealthy: (tool: string) => void;
  /** Loads the engine with the first failure: before that it costs nothing. */
  readonly loadEngine: (log: LogRun) => Promise<Engine>;
  /** Whether calls in which nothing failed are recorded too. */
  readonly recordHealthy: boolean;
  /** The log of what was run against failures, once the engine is loaded; undefined if none is written. */
  readonly repairLog?: (() => RepairLog | undefined) | undefined;
  /** Writes a finished run to the log. @param args The arguments of the call. */
  readonly record: (report: RunReport, args: Readonly<Record<string, unknown>> | undefined) => void;
  /** The calls that fail and have not succeeded since. */
  readonly watch: SuccessWatch;
  readonly warn: (message: string) => void;
  /** Must not throw, like `observer`. */
  readonly inspect: Inspect | undefined;
  /** Watches runs, but lets successful calls start no actor. */
  readonly observer?: RunObserver | undefined;
  /** Traces and measures every run; undefined if nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** Questions that clients come back with; undefined if no fix asks. */
  readonly questions?: QuestionStates | undefined;
  /** The tunnels that fixes have opened. */
  readonly tunnels?: Tunnels | undefined;
  readonly close: () => void | Promise<void>;
}
