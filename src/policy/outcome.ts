import type { Diagnosis } from '../model/diagnosis.ts';
import type { OutcomeStatus, ToolKind } from '../model/words.ts';

export interface OutcomeQuestion {
  /** Whether the last attempt went well. */
  readonly ok: boolean;
  /** Calls of the tool in all. */
  readonly attempts: number;
  /** The diagnosis of the last failure; null where nothing failed, or nobody could tell what. */
  readonly lastDiagnosis: Pick<Diagnosis, 'delivered'> | null;
  readonly kind: ToolKind;
}

/**
 * Decides how a run ended, given that a failed call is repeated only after healing, so that more than one
 * attempt means that something failed. A failure nobody diagnosed may have taken effect. Pure.
 */
export const outcomeStatus = ({ ok, attempts, lastDiagnosis, kind }: OutcomeQuestion): OutcomeStatus => {
  if (ok) return attempts > 1 ? 'healed' : 'succeeded';
  if (kind === 'read-only') return 'failed';
  return lastDiagnosis?.delivered === 'no' ? 'failed' : 'unknown';
};
