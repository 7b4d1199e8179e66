import type { InspectionEvent } from 'xstate';
import type { HealingContext } from '../../machines/healing.ts';
import { oneLine } from '../text/one-line.ts';

/** A run that has come to a state. */
export interface TrailStep {
  readonly runId: string;
  readonly tool: string;
  readonly state: string;
  /** What there is to say about it, in one redacted line; empty where there is nothing. */
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

// Each of these texts was redacted where it was made; what the tool gave is left out.
const notes: Readonly<Record<string, (context: HealingContext) => string>> = {
  ErrorDetected: ({ lastDiagnosis }) => lastDiagnosis?.summary ?? '',
  FixAvailable: ({ lastDiagnosis, plan }) =>
    plan?.action === 'fix' ? `${plan.fix.name} for ${lastDiagnosis?.class} (${lastDiagnosis?.pattern})` : '',
  ApplyingFix: ({ plan }) => (plan?.action === 'fix' ? plan.fix.description : ''),
  Retrying: fixReason,
  NoFix: ({ refusal }) => refusal?.reason ?? '',
  Success: ({ attempt }) => `attempt ${attempt} went well`,
};

/** Reads a step off an inspection event of a run's actor; null if it tells of none. */
export const stepOf = (event: InspectionEvent): TrailStep | null => {
  const starts = event.type === '@xstate.snapshot' && event.event.type === 'xstate.init';
  if (event.type !== '@xstate.microstep' && !starts) return null;
  const { value, context } = event.snapshot as unknown as HealingSnapshot;
  if (typeof value !== 'string' || context?.runId === undefined) return null;
  const note = notes[value]?.(context) ?? '';
  return { runId: context.runId, tool: context.tool, state: value, note: oneLine(note) };
};
