import type { z } from 'zod';
import type { retryBackoffSchema } from '../src/config/fix-schema.ts';
import type { Random } from '../src/model/clock.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { delayFix } from '../src/runner/wait-fix.ts';

export type RetryBackoffEntry = z.output<typeof retryBackoffSchema>;

type Bounds = Pick<RetryBackoffEntry, 'baseMs' | 'maxMs'>;

// Capped: larger powers of two are pointless, and 0 ms times infinity is NaN.
const upperBoundMs = ({ baseMs, maxMs }: Bounds, attempt: number): number =>
  Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 52));

/**
 * Draws the wait before a retry, in ms: full jitter, a random part of `baseMs * 2^n`, at most `maxMs`,
 * n is 0 after the first attempt.
 */
export const backoffMs = (random: Random, bounds: Bounds, attempt: number): number =>
  random() * upperBoundMs(bounds, attempt);

/** Waits a random time, so that callers that failed together do not retry together. */
export const retryBackoff = (entry: RetryBackoffEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const drawnMs = backoffMs(context.random, entry, call.attempt);
  // A server that names a time is not called earlier.
  const askedMs = call.diagnosis.retryAfterMs ?? 0;
  const why =
    askedMs > drawnMs ? 'as the failure asks' : `a random part of at most ${upperBoundMs(entry, call.attempt)} ms`;
  const plan = {
    name: 'retry_backoff',
    target: entry.target,
    waitMs: Math.max(drawnMs, askedMs),
    why,
    limitMs: undefined,
  } as const;
  return delayFix(plan, call, context);
};
