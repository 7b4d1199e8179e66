import type { FixName } from '../model/words.ts';

/** Tells the fixes that only wait, so that the next attempt finds things better, from those that mend something. */
export const isWait = (name: FixName): name is 'retry_backoff' | 'wait_retry' =>
  name === 'retry_backoff' || name === 'wait_retry';
