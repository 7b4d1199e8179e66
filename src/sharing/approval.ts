import type { Fix, FixRequest } from '../model/fix.ts';
import { type CancelSource, signalOf } from '../platform/cancellation.ts';
import { isTimeout } from '../platform/time-limit.ts';
import { untilAborted } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import { type FixReportBody, questionText, refused } from './fix-reports.ts';

/** Asks the caller's user whether the fix may run. Resolves with null for yes; no response in time means no. Never rejects. */
export const requestApproval = async (
  fix: Fix,
  request: FixRequest,
  cancels: CancelSource,
): Promise<FixReportBody | null> => {
  const { tool, approve } = request;
  const signal = signalOf(cancels);
  const { name, description } = fix;
  const no = (reason: string): FixReportBody => refused({ code: 'FIX_NOT_APPROVED', reason: `${name} ${reason}` });
  try {
    const question = { fix: name, tool, description, text: questionText(fix, request), signal };
    const answer = await untilAborted((async () => approve?.(question))(), signal);
    return answer === true ? null : no('was not approved');
  } catch (error) {
    if (!signal.aborted) return no(`could not be offered for approval: ${errorText(error)}`);
    return isTimeout(signal)
      ? no('was not approved before the deadline')
      : { status: 'cancelled', reason: 'the caller gave up before the answer' };
  }
};
