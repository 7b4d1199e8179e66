import type { OutcomeStatus } from '../model/terms.ts';

export interface OutcomeQuestion {
  /** Whether the last attempt succeeded. */
  readonly ok: boolean;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** Whether every failed attempt certainly changed nothing. */
  readonly isHarmless: boolean;
}

/**
 * Decides how a run ended, given that a failed call is repeated only after healing, so that more than one
 * attempt means that something failed. Pure.
 */
export const outcomeStatus = ({ ok, attempts, isHarmless }: OutcomeQuestion): OutcomeStatus => {
  if (ok) return attempts > 1 ? 'healed' : 'succeeded';
  return isHarmless ? 'failed' : 'unknown';
};
