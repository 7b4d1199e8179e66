import type { z } from 'zod';
import type { waitRetrySchema } from '../src/config/fix-schema.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { delayFix } from '../src/runner/wait-fix.ts';

export type WaitRetryEntry = z.output<typeof waitRetrySchema>;

/** Waits for as long as the failure asks, or `defaultWaitMs` if it does not say. */
export const waitRetry = (entry: WaitRetryEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const askedMs = call.diagnosis.retryAfterMs;
  return delayFix(
    {
      name: 'wait_retry',
      target: entry.target,
      waitMs: askedMs ?? entry.defaultWaitMs,
      why: askedMs === null ? 'the failure names no time' : 'as the failure asks',
      limitMs: entry.timeoutMs,
    },
    call,
    context,
  );
};
