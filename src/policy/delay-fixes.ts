import type { FixName } from '../model/terms.ts';

/** Whether a fix only waits before the next attempt; all other fixes repair something. */
export const isDelayFix = (name: FixName): name is 'retry_backoff' | 'wait_retry' =>
  name === 'retry_backoff' || name === 'wait_retry';
