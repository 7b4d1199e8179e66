import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { noError } from '../text/error-text.ts';
import { AppendProblem, createAppender } from './append.ts';
import { countCalls } from './call-counts.ts';
import { encodeEvent } from './encode-record.ts';
import type { HealingEvent } from './event.ts';
import { callSeries, eventSeries, liveFile, type Series } from './log-files.ts';

export interface EventLogOptions {
  /** The folder below which `learned/tool_fixes.yaml` is written; made when the first record is. */
  readonly memoryDir: string;
  readonly clock: Clock;
  /** Masks secrets; every text goes through it before it is written. */
  readonly redact: Redact;
  /** Called once for each kind of problem. */
  readonly warn: (message: string) => void;
  /** A file that would grow beyond this is rotated. @default 16777216 */
  readonly maxFileBytes?: number;
  /** How many rotated files are kept beside the live one, at least 1. @default 15 */
  readonly keepFiles?: number;
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

const problemOf = (error: unknown): { readonly code: string; readonly words: string } => {
  if (error instanceof AppendProblem) return { code: error.code, words: error.message };
  const { code = 'ERROR', message = noError } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ELOOP') return { code, words: 'it is a symbolic link' };
  return { code, words: String(message) };
};

/** Makes the log of a memory folder. Nothing is created on disk before the first record. */
export const createEventLog = (options: EventLogOptions): EventLog => {
  const { memoryDir, clock, redact, warn, maxFileBytes = 16 * 1024 * 1024, keepFiles = 15 } = options;
  const warned = new Set<string>();

  const say = (series: Series, error: unknown): void => {
    const { code, words } = problemOf(error);
    const problem = `${series.name} ${code}`;
    if (warned.has(problem)) return;
    warned.add(problem);
    try {
      warn(`${liveFile(series)} cannot be written: ${words}; calls are healed all the same, but not recorded`);
    } catch {
      // A warning that fails must not become a failure of the call.
    }
  };

  const guarded = (series: Series): ((record: () => string) => boolean) => {
    const append = createAppender({ series, maxFileBytes, keepFiles: Math.max(1, keepFiles) });
    return (record) => {
      try {
        append(record());
        return true;
      } catch (error) {
        say(series, error);
        return false;
      }
    };
  };

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
