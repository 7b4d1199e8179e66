import type { RunReport } from '../../model/run.ts';
import type { Message } from '../jsonrpc/message.ts';
import { type Edit, eachMember, type Span, skipWhitespace, splice } from '../jsonrpc/raw-json.ts';

/** The key in a result's `_meta` under which the facts of a healing run are. */
export const healingMetaKey = 'healflow/run';

/** The facts of a run that a client or an agent sees in a result's `_meta`. */
export interface HealingMeta {
  /** The id of the run, as in the log. */
  readonly runId: string;
  /** How the run ended. */
  readonly outcome: RunReport['status'];
  /** The number of calls of the tool, the first included. */
  readonly attempts: number;
  /** The class of the first failure, such as `auth`; null if nothing failed. */
  readonly class: string | null;
  /** The id of the pattern or rule that recognised the first failure; null if nothing failed. */
  readonly pattern: string | null;
  /** The fixes that were run, in order, as `name: status`. */
  readonly fixes: readonly string[];
  /** The fixes that were chosen because their probe had failed, whatever the text of the failure said; absent if there is none. */
  readonly chosenByProbe?: readonly string[];
  /** Why the failure was not healed; absent if it was. */
  readonly reason?: string;
  /** `pending`: a fix waits for the approval of a person; once it is given, the process that asked runs the fix, or the next such failure does. Absent otherwise. */
  readonly approval?: 'pending';
  /** What to do about a call that may have taken effect; absent unless `outcome` is `unknown`. */
  readonly advice?: string;
}

const chosenByProbe = ({ fixes }: RunReport): Pick<HealingMeta, 'chosenByProbe'> => {
  const names = fixes.filter(({ chosenBy }) => chosenBy === 'probe').map(({ fix }) => fix);
  return names.length === 0 ? {} : { chosenByProbe: names };
};

/** Picks the facts of a run that a client may see. */
export const healingMeta = (report: RunReport): HealingMeta => ({
  runId: report.runId,
  outcome: report.status,
  attempts: report.attempts,
  class: report.diagnosis?.class ?? null,
  pattern: report.diagnosis?.pattern ?? null,
  fixes: report.fixes.map(({ fix, status }) => `${fix}: ${status}`),
  ...chosenByProbe(report),
  ...(report.refusal === null ? {} : { reason: report.refusal.reason }),
  ...(report.refusal?.code === 'APPROVAL_PENDING' ? { approval: 'pending' as const } : {}),
  ...(report.advice === null ? {} : { advice: report.advice }),
});

/** Whether a run has reportable facts: it did something, or a known fix did not run because the call may have taken effect. */
export const hasFacts = ({ attempts, fixes, status, refusal }: RunReport): boolean =>
  attempts > 1 ||
  fixes.length > 0 ||
  (status === 'unknown' && refusal?.code !== 'NO_FIX_KNOWN' && refusal?.code !== 'REPEAT_USELESS');

/** The edit that writes the facts of a run into the result at `result`; null if that is not an object. */
const metaEdit = (bytes: Buffer, result: Span, facts: string): Edit | null => {
  const entry = `${JSON.stringify(healingMetaKey)}:${facts}`;
  let meta: Span | undefined;
  let isEmpty = true;
  const end = eachMember(bytes, result.start, (key, value) => {
    isEmpty = false;
    if (key === '_meta') meta = value;
  });
  if (end === -1) return null;
  if (meta === undefined) return insertion(end - 1, `${isEmpty ? '' : ','}"_meta":{${entry}}`);
  let present: Span | undefined;
  const metaEnd = eachMember(bytes, meta.start, (key, value) => {
    if (key === healingMetaKey) present = value;
  });
  if (metaEnd === -1) return null;
  // Another healflow behind this one has written its own facts; the client asked for the outer run.
  if (present !== undefined) return { ...present, bytes: facts };
  const first = skipWhitespace(bytes, meta.start + 1);
  return insertion(first, `${entry}${bytes[first] === 0x7d ? '' : ','}`);
};

const insertion = (at: number, bytes: string): Edit => ({ start: at, end: at, bytes });

/**
 * The client's response, made from the server's. The id is the client's, as it wrote it; all other bytes of the result or
 * the error stay. A run with reportable facts adds them to the `_meta` of a result; an error never changes.
 */
export const healedResponse = (rawId: string, response: Message, report: RunReport): Buffer => {
  const { bytes, id, result } = response;
  const edits: Edit[] = [];
  if (report.attempts > 1 && id !== undefined) edits.push({ ...id, bytes: rawId });
  if (result !== undefined && hasFacts(report)) {
    const edit = metaEdit(bytes, result, JSON.stringify(healingMeta(report)));
    if (edit !== null) edits.push(edit);
  }
  return edits.length === 0 ? bytes : splice(bytes, edits);
};
