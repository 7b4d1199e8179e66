import type { Fix } from '../model/fix.ts';
import type { Refusal } from '../model/run.ts';
import type { FixName } from '../model/terms.ts';
import { sleep } from '../platform/wait.ts';
import type { FixCall, FixContext } from './context.ts';
import { makeFix } from './fix.ts';
import { refuse } from './refusal.ts';

export interface DelayOptions {
  readonly name: FixName;
  readonly target: string | undefined;
  readonly waitMs: number;
  /** Why it takes this long. */
  readonly why: string;
  /** The longest wait that the config allows, in ms. */
  readonly limitMs: number | undefined;
}

/** Makes a fix that only waits; a wait that would not end in time is refused before it begins. */
export const delayFix = (
  { name, target, waitMs, why, limitMs }: DelayOptions,
  call: FixCall,
  context: FixContext,
): Fix | Refusal => {
  const shownMs = Math.round(waitMs);
  if (waitMs > call.remainingMs) {
    const left = Math.round(call.remainingMs);
    return refuse('WAIT_EXCEEDS_DEADLINE', `the wait would be ${shownMs} ms (${why}), the deadline leaves ${left} ms`);
  }
  if (limitMs !== undefined && waitMs > limitMs) {
    return refuse(
      'WAIT_EXCEEDS_DEADLINE',
      `the wait would be ${shownMs} ms (${why}), \`timeoutMs\` of ${name} allows ${limitMs} ms`,
    );
  }
  const { clock } = context;
  return makeFix(
    {
      name,
      target: target ?? 'default',
      description: `waits ${shownMs} ms: ${why}`,
      timeoutMs: undefined,
      work: async ({ signal, remainingMs }) => {
        if (waitMs > remainingMs) {
          return {
            status: 'refused',
            reason: `the wait would be ${shownMs} ms, the deadline leaves ${Math.round(remainingMs)} ms`,
          };
        }
        const startedAt = clock.monotonic();
        const whole = await sleep(clock, waitMs, signal);
        return whole
          ? { status: 'succeeded', reason: `waited ${shownMs} ms: ${why}` }
          : { status: 'failed', reason: `${Math.round(clock.monotonic() - startedAt)} of ${shownMs} ms were waited` };
      },
    },
    context,
  );
};
