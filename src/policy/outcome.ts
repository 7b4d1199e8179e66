import type { Delivery, OutcomeStatus, ToolKind } from '../model/terms.ts';

export interface OutcomeQuestion {
  /** Whether the last attempt succeeded. */
  readonly ok: boolean;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** Whether any of the failed attempts could have taken effect. */
  readonly delivered: Delivery;
  readonly kind: ToolKind;
}

/**
 * Decides how a run ended, given that a failed call is repeated only after healing, so that more than one
 * attempt means that something failed. Pure.
 */
export const outcomeStatus = ({ ok, attempts, delivered, kind }: OutcomeQuestion): OutcomeStatus => {
  if (ok) return attempts > 1 ? 'healed' : 'succeeded';
  if (kind === 'read-only') return 'failed';
  return delivered === 'no' ? 'failed' : 'unknown';
};
