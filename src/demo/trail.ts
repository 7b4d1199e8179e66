import type { InspectionEvent } from 'xstate';
import type { HealingContext } from '../../machines/healing.ts';
import { oneLine } from '../text/one-line.ts';

/** A state that a run has entered. */
export interface TrailStep {
  readonly runId: string;
  readonly tool: string;
  readonly state: string;
  /** A redacted note on the state, in one line; may be empty. */
  readonly note: string;
}

interface HealingSnapshot {
  readonly value: unknown;
  readonly context: HealingContext;
}

const fixReason = ({ fixes }: HealingContext): string => {
  const last = fixes.at(-1);
  return last === undefined
    ? ''
    : `${last.fix}: ${last.status.replaceAll('_', ' ')}, ${Math.round(last.durationMs)} ms`;
};

// These texts were redacted when they were created; the tool's output is not shown.
const notes: Readonly<Record<string, (context: HealingContext) => string>> = {
  ErrorDetected: ({ lastDiagnosis }) => lastDiagnosis?.summary ?? '',
  FixAvailable: ({ lastDiagnosis, plan }) =>
    plan?.action === 'fix' ? `${plan.fix.name} for ${lastDiagnosis?.class} (${lastDiagnosis?.pattern})` : '',
  ApplyingFix: ({ plan }) => (plan?.action === 'fix' ? plan.fix.description : ''),
  Retrying: fixReason,
  NoFix: ({ refusal }) => refusal?.reason ?? '',
  Success: ({ attempt }) => `attempt ${attempt} succeeded`,
};

/** Returns the step of an inspection event of a run's actor; null if there is none. */
export const stepOf = (event: InspectionEvent): TrailStep | null => {
  const starts = event.type === '@xstate.snapshot' && event.event.type === 'xstate.init';
  if (event.type !== '@xstate.microstep' && !starts) return null;
  const { value, context } = event.snapshot as unknown as HealingSnapshot;
  if (typeof value !== 'string' || context?.runId === undefined) return null;
  const note = notes[value]?.(context) ?? '';
  return { runId: context.runId, tool: context.tool, state: value, note: oneLine(note) };
};
