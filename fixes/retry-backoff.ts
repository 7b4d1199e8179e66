import type { z } from 'zod';
import type { retryBackoffSchema } from '../src/config/schema.ts';
import type { Random } from '../src/model/clock.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { waitFix } from '../src/runner/wait-fix.ts';

export type RetryBackoffEntry = z.output<typeof retryBackoffSchema>;

/**
 * Draws the wait before a retry, in ms: full jitter, a random part of `baseMs * 2^n`, at most `maxMs`,
 * where n is 0 after the first attempt.
 */
export const backoffMs = (
  random: Random,
  entry: Pick<RetryBackoffEntry, 'baseMs' | 'maxMs'>,
  attempt: number,
): number => random() * Math.min(entry.maxMs, entry.baseMs * 2 ** (attempt - 1));

/** Waits a random while, so that callers who failed together do not come back together. */
export const retryBackoff = (entry: RetryBackoffEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const drawnMs = backoffMs(context.random, entry, call.attempt);
  // Whoever names a time to come back is not asked earlier.
  const askedMs = call.diagnosis.retryAfterMs ?? 0;
  const why =
    askedMs > drawnMs
      ? 'as the failure asks'
      : `a random part of at most ${Math.min(entry.maxMs, entry.baseMs * 2 ** (call.attempt - 1))} ms`;
  return waitFix(
    { name: 'retry_backoff', target: entry.target, waitMs: Math.max(drawnMs, askedMs), why, limitMs: undefined },
    call,
    context,
  );
};
