import type { HealingEvent } from '../event-log/event.ts';
import type { RunDetail, RunStatus, RunSummary } from './model.ts';

const statusOf = ({ outcome, result, retry_count }: HealingEvent): RunStatus => {
  if (outcome !== undefined) return outcome;
  if (result === 'success') return retry_count > 0 ? 'healed' : 'succeeded';
  return result === 'unknown' ? 'unknown' : 'failed';
};

/** Converts a log record to the details of its run, without steps. */
export const runOfEvent = (event: HealingEvent): RunDetail => {
  const endedAt = Date.parse(event.timestamp);
  const durationMs = event.duration_ms ?? null;
  const status = statusOf(event);
  const fixes = event.fixes ?? [];
  const names = fixes.map(({ fix }) => fix as string);
  const applied = event.fix_applied === null ? [] : [event.fix_applied];
  const { refusal, refusal_reason: reason = '' } = event;
  return {
    // A record written by hand may have no id.
    runId: event.run_id ?? `${event.timestamp}-${event.tool}`,
    tool: event.tool,
    kind: event.kind ?? 'unannotated',
    processId: event.pid === undefined ? '' : String(event.pid),
    startedAt: endedAt - (durationMs ?? 0),
    endedAt,
    status,
    state: status === 'healed' || status === 'succeeded' ? 'Success' : 'NoFix',
    class: event.class ?? null,
    pattern: event.pattern ?? null,
    fixes: names.length > 0 ? names : applied,
    attempts: event.attempts ?? event.retry_count + 1,
    durationMs,
    error: event.error,
    steps: [],
    diagnoses: [],
    fixReports: fixes.map(({ fix, status: ended, ms, reason: why = '', shared }) => ({
      fix,
      status: ended,
      reason: why,
      durationMs: ms,
      ...(shared !== undefined && { shared }),
    })),
    attemptsList: [],
    policy: null,
    refusal: refusal === undefined ? null : { code: refusal, reason },
  };
};

/** Converts a log record to the summary of its run. */
export const summaryOf = ({
  steps: _steps,
  diagnoses: _diagnoses,
  fixReports: _fixReports,
  attemptsList: _attempts,
  policy: _policy,
  refusal: _refusal,
  ...summary
}: RunDetail): RunSummary => summary;
