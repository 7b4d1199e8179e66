import type { Fix } from '../model/fix.ts';
import type { Refusal, RefusalCode } from '../model/refusal.ts';

/** Why a fix is not available for a call. */
type UnavailableCode = Extract<RefusalCode, 'FIX_NOT_CONFIGURED' | 'CLUSTER_NOT_CONFIGURED' | 'WAIT_EXCEEDS_DEADLINE'>;

export const refuse = (code: UnavailableCode, reason: string): Refusal => ({ code, reason });

/** Whether it is a refusal rather than a fix. */
export const isRefusal = (found: Fix | Refusal): found is Refusal => 'code' in found;
