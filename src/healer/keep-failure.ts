import type { MadeAgain, WaitingCalls } from '../learning/waiting-calls.ts';
import type { RunReport } from '../model/run.ts';
import type { ToolKind } from '../model/terms.ts';
import { stricterKind } from '../policy/kind.ts';
import { messageOf } from '../text/error-text.ts';
import { kindNow } from './annotations.ts';
import { callOnce } from './attempt.ts';
import type { HealerParts } from './parts.ts';
import type { Call, HealingRun, InnerOptions } from './run.ts';

/** How long the server is asked for the annotations before a check, in ms. */
const maxAskMs = 5_000;

/** By now its caller may have done something else: a write that is idempotent, made again, would undo that. */
const mayCheck = (kind: ToolKind): boolean => kind === 'read-only';

/** What a call is made again with: nothing of what it returned. */
type Repeatable = Pick<HealingRun<unknown>, 'kind'> &
  Pick<Call<unknown>, 'tool' | 'task' | 'rules'> &
  Pick<InnerOptions, 'annotations' | 'args' | 'again'>;

/** Makes a call again for a check, if its tool is read-only by the strictest kind that it has had. */
const makeAgain = async (parts: HealerParts, call: Repeatable, signal: AbortSignal): Promise<MadeAgain> => {
  const { tool, task, rules, kind, annotations, args, again } = call;
  const { clock } = parts;
  const now = await kindNow(rules, annotations, { clock, maxWaitMs: maxAskMs, last: kind });
  if (!mayCheck(stricterKind(kind, now)) || signal.aborted) return { result: 'unknown', line: null };
  const raw = again === undefined ? await callOnce(tool, task, 1, { signal, clock }) : await again(signal);
  if (raw === null || signal.aborted) return { result: 'unknown', line: null };
  const diagnosis = parts.diagnoseAttempt(tool, raw, args);
  return diagnosis === null ? { result: 'succeeded', line: null } : { result: 'failed', line: diagnosis.summary };
};

/** Keeps a call that could not be healed, so that a repair can be checked. Never throws. */
export const keepFailure = (
  parts: HealerParts,
  waiting: WaitingCalls | undefined,
  { call, kind, cancelled }: HealingRun<unknown>,
  { lastDiagnosis, startedAt }: RunReport,
): void => {
  // No repair makes a call valid that the tool rejects.
  if (waiting === undefined || lastDiagnosis === null || lastDiagnosis.class === 'usage' || cancelled) return;
  try {
    const { tool, task, rules } = call;
    const { annotations, args, again }: InnerOptions = call.options;
    const isRepeatable = mayCheck(kind) && rules.replay !== 'never';
    const repeatable: Repeatable = { tool, task, rules, kind, annotations, args, again };
    waiting.add({
      tool,
      line: lastDiagnosis.summary,
      class: lastDiagnosis.class,
      args,
      since: startedAt,
      again: isRepeatable ? (signal) => makeAgain(parts, repeatable, signal) : undefined,
    });
  } catch (error) {
    parts.warn(`a failed call was not kept for checks: ${messageOf(error)}`);
  }
};
