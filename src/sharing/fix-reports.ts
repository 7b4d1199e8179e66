import type { Fix, FixReport, FixRequest } from '../model/fix.ts';
import type { Refusal } from '../model/refusal.ts';
import { isLessonFix } from '../model/terms.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { isTimeout } from '../platform/time-limit.ts';
import { roughDuration, secondsText } from '../text/duration.ts';
import type { ApprovalSeen } from './approval-store.ts';
import { alreadyFixed } from './decide.ts';
import type { FinishedRun } from './history.ts';
import type { LeaseHeld } from './lock-store.ts';

/** A report without the fields that all reports share. */
export type FixReportBody = Omit<FixReport, 'fix' | 'durationMs'>;

export const refused = ({ code, reason }: Refusal): FixReportBody => ({ status: 'refused', code, reason });

export const dryRun = ({ description }: Fix): FixReportBody =>
  refused({ code: 'DRY_RUN', reason: `dry run, nothing was done: ${description}` });

export const alreadyFixedReport = (reason: string): FixReportBody => ({
  status: 'not_needed',
  code: alreadyFixed,
  reason,
  shared: true,
});

/** A lease that was not available: the caller cancelled, the deadline passed, or the holder hangs. */
export const leaseUnavailable = (
  { name }: Fix,
  { holder, forMs, overdue, endsInMs }: LeaseHeld,
  cancels: CancelSource,
): FixReportBody => {
  const who = `${holder}, for ${secondsText(forMs)}`;
  if (cancels.aborted && !isTimeout(cancels)) {
    return { status: 'cancelled', reason: `the caller cancelled while waiting for ${who}` };
  }
  const why = overdue ? ', far longer than it may take; if it hangs, end it' : '; the deadline came first';
  const ends = endsInMs === null ? '' : `; if the holder is gone, its lock ends in ${roughDuration(endsInMs)}`;
  return refused({ code: 'FIX_BUSY', reason: `${name} is already running (${who})${why}${ends}` });
};

/** A run that goes on for others when this caller has to leave. */
export const detachedReport = (cancels: CancelSource): FixReportBody =>
  isTimeout(cancels)
    ? { status: 'timed_out', reason: 'it was still running, for other calls too, when the deadline came', shared: true }
    : { status: 'cancelled', reason: 'the caller gave up; it goes on for other calls', shared: true };

/** A run in this process that this caller has only waited for. */
export const fromThisProcess = ({ reason, ...report }: FixReport): FixReportBody => ({
  ...report,
  reason: `shared with another call: ${reason}`,
  shared: true,
});

/** A run in another process that this caller has only waited for. */
export const fromOtherProcess = ({ status, code, reason }: FinishedRun): FixReportBody => ({
  status,
  reason: `shared with another process: ${reason}`,
  ...(code === undefined ? {} : { code }),
  shared: true,
});

/** A fix that nobody can be asked about. */
export const nobodyToAsk = ({ name }: Fix): FixReportBody => {
  if (!isLessonFix(name))
    return refused({ code: 'FIX_NOT_APPROVED', reason: `${name} has \`mode: ask\`, and there is nobody to ask` });
  const lesson = name.slice('lesson:'.length);
  const reason = `the lesson ${lesson} asks before it runs, and there is nobody to ask: use a client that can ask (elicitation), or move it up with \`healflow learn auto ${lesson}\``;
  return refused({ code: 'FIX_NOT_APPROVED', reason });
};

const hourMs = 3_600_000;

/** A fix that an approver of the fleet has been asked about. */
export const pendingApproval = ({ name }: Fix, { id, endsInMs }: ApprovalSeen): FixReportBody => {
  const open = endsInMs === null ? '' : `, which is open for ${Math.max(1, Math.round(endsInMs / hourMs))} h`;
  const reason = `${name} needs an approval of the fleet: question ${id ?? ''}${open}; once it is approved, this process runs the fix, or the next such failure on any machine`;
  return refused({ code: 'APPROVAL_PENDING', reason });
};

/** A fix that waits for a decision which the client has not come back with. */
export const pendingDecision = ({ name }: Fix): FixReportBody =>
  refused({ code: 'APPROVAL_PENDING', reason: `${name} needs an approval, and nobody has decided yet` });

/** The question that a person is asked before the fix runs. */
export const questionText = ({ name, description }: Fix, { tool, diagnosis }: FixRequest): string =>
  `The tool ${tool} has failed: ${diagnosis.summary}\nAllow healflow to run this fix? ${name} ${description}.`;
