import type { RunDetail, RunFix } from '../api/types.ts';
import { counted } from '../text/format.ts';
import { fixWords } from './fix-status.ts';

/** A run in one line: the failure, the fix or why it was not healed, and the outcome. */
export interface Verdict {
  /** Null if nothing failed. */
  readonly failure: { readonly class: string | null; readonly text: string } | null;
  /** Null if there was nothing to heal or the run is active. */
  readonly healing: { readonly label: 'Healed by' | 'Not healed'; readonly text: string } | null;
  /** The text after the status. */
  readonly outcome: string;
}

const maxLength = 120;

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
};

const failureOf = ({ attemptsList, diagnoses, error, ...run }: RunDetail): Verdict['failure'] => {
  const [diagnosis] = diagnoses;
  const failed = attemptsList.find((attempt) => attempt.error !== null);
  const text = failed?.error ?? error ?? diagnosis?.evidence;
  return text === undefined ? null : { class: diagnosis?.class ?? run.class, text: oneLine(text) };
};

const healersOf = ({ fixes }: RunDetail): string => {
  const names = [...new Set(fixes)];
  return names.length === 0 ? 'a retry' : names.join(', then ');
};

const hasFailed = ({ status }: RunFix): boolean => status !== 'succeeded' && status !== 'not_needed';

const whyNotHealed = ({ refusal, policy, fixReports, fixes }: RunDetail): string => {
  if (refusal !== null) return refusal.reason;
  if (policy?.mayRepeat === false) return policy.reason;
  const fix = fixReports.findLast(hasFailed);
  if (fix !== undefined) return `${fix.fix} ${fixWords[fix.status] ?? fix.status}: ${fix.reason}`;
  return fixes.length === 0 ? 'no fix ran' : `the tool still failed after ${fixes.join(', ')}`;
};

const healingOf = (run: RunDetail): Verdict['healing'] => {
  switch (run.status) {
    case 'healed':
      return { label: 'Healed by', text: healersOf(run) };
    case 'failed':
    case 'unknown':
      return { label: 'Not healed', text: oneLine(whyNotHealed(run)) };
    default:
      return null;
  }
};

const outcomeOf = ({ status, attempts }: RunDetail): string =>
  status === 'running' ? `in attempt ${attempts}` : `after ${counted(attempts, 'attempt')}`;

/** Summarises a run. */
export const verdictOf = (run: RunDetail): Verdict => ({
  failure: failureOf(run),
  healing: healingOf(run),
  outcome: outcomeOf(run),
});
