import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { countCalls } from './call-counts.ts';
import { encodeEvent } from './encode-record.ts';
import type { HealingEvent } from './event.ts';
import { callSeries, eventSeries } from './log-files.ts';
import { createSafeAppender } from './safe-append.ts';

export interface EventLogOptions {
  /** The folder below which `learned/tool_fixes.yaml` is written; made when the first record is. */
  readonly memoryDir: string;
  readonly clock: Clock;
  /** Masks secrets; every text goes through it before it is written. */
  readonly redact: Redact;
  /** Called once for each kind of problem. */
  readonly warn: (message: string) => void;
  /** A file that would grow beyond this is rotated. @default 16777216 */
  readonly maxFileBytes?: number | undefined;
  /** How many rotated files are kept beside the live one, at least 1. @default 15 */
  readonly keepFiles?: number | undefined;
}

/** The memory of what was healed: an append-only log, and the counts of the calls in which nothing failed. */
export interface EventLog {
  /**
   * Writes one event, at once and in one piece. Never throws.
   *
   * Returns false if it could not be written; the next one is tried all the same.
   */
  append(event: HealingEvent): boolean;
  /** Counts a call in which nothing failed. It is written along with a later event, every 1,000 calls, or at the end. */
  count(tool: string): void;
  /** Writes the counts that are still to be written. */
  close(): void;
}

/** Makes the log of a memory folder. Nothing is created on disk before the first record. */
export const createEventLog = (options: EventLogOptions): EventLog => {
  const { memoryDir, clock, redact, warn, maxFileBytes, keepFiles } = options;
  const guarded = createSafeAppender({
    ...{ maxFileBytes, keepFiles, warn },
    consequence: 'calls are healed all the same, but not recorded',
  });
  const writeEvent = guarded(eventSeries(memoryDir));
  const writeCalls = guarded(callSeries(memoryDir));
  const calls = countCalls(clock, redact, writeCalls);

  return {
    append(event) {
      const written = writeEvent(() => encodeEvent(event, redact));
      calls.flushIfDue();
      return written;
    },
    count: calls.count,
    close: calls.flush,
  };
};
