import type { Clock } from '../model/clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { onExit } from '../platform/exit-hook.ts';
import { encodeRecord } from './encode-record.ts';
import { timestampOf } from './event.ts';

/**
 * After this number of calls it is checked whether the counts are to be written, so that a server that is killed after a quiet week has
 * not forgotten them all.
 */
const flushCalls = 1_000;
/** More tools than that are not remembered at once. */
const maxTools = 1_000;
/** Between two records of a tool: a busy server would else write every few milliseconds. */
const flushMs = 5_000;

/** Calls in which nothing failed, counted in memory and written now and then as what has been added. */
export interface CallCounts {
  /** Counts one call; costs a look-up and an addition. */
  count(tool: string): void;
  /** Writes what was counted, if the last time was some seconds ago. */
  flushIfDue(): void;
  /** Writes what was counted. */
  flush(): void;
}

/** @param write Puts down a record; returns false if it could not, and the calls stay counted. */
export const countCalls = (clock: Clock, redact: Redact, write: (record: () => string) => boolean): CallCounts => {
  const tools = new Map<string, { calls: number }>();
  let pending = 0;
  // Calls of one tool come in a row, more often than not.
  let lastTool: string | undefined;
  let lastCounted = { calls: 0 };
  let flushedAt = Number.NEGATIVE_INFINITY;
  let atExit: (() => void) | undefined;

  const flush = (): void => {
    flushedAt = clock.monotonic();
    pending = 0;
    lastTool = undefined;
    atExit?.();
    atExit = undefined;
    const timestamp = timestampOf(clock.now());
    for (const [tool, { calls }] of tools) {
      // The text comes last: a record that ends in its closing quote is whole.
      if (write(() => encodeRecord({ timestamp, calls, tool }, redact))) tools.delete(tool);
      else if (tools.size <= maxTools) return;
      else tools.delete(tool);
    }
  };

  const flushIfDue = (): void => {
    if (tools.size > 0 && clock.monotonic() - flushedAt >= flushMs) flush();
  };

  const countedOf = (tool: string): { calls: number } => {
    let counted = tools.get(tool);
    if (counted === undefined) {
      counted = { calls: 0 };
      tools.set(tool, counted);
    }
    lastTool = tool;
    lastCounted = counted;
    return counted;
  };

  return {
    count(tool) {
      const counted = lastTool === tool ? lastCounted : countedOf(tool);
      counted.calls += 1;
      if (pending === 0) atExit ??= onExit(flush);
      pending += 1;
      if (tools.size > maxTools) flush();
      else if (pending % flushCalls === 0) flushIfDue();
    },
    flushIfDue,
    flush() {
      if (tools.size > 0) flush();
    },
  };
};
