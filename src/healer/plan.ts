import type { FixPlan } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix, FixReport } from '../model/fix.ts';
import type { Refusal, RefusalCode } from '../model/refusal.ts';
import type { FixName } from '../model/words.ts';
import { decideRepeat, type Replay } from '../policy/repeat.ts';
import { isWait } from '../policy/waits.ts';
import { isRefusal } from '../runner/refusal.ts';
import { alreadyFixed } from '../sharing/decide.ts';
import { cancelled, type Run } from './run.ts';

/** Finds the fix of that name for the failed call, or says why there is none. */
export type SelectFix = (name: FixName) => Fix | Refusal;

const none = (code: RefusalCode, reason: string): FixPlan => ({ action: 'none', refusal: { code, reason } });

/** Nothing mends a conflict, but one may have gone by the next attempt: a user who asks for repeats gets them after a wait. */
const fixesFor = (diagnosis: Diagnosis, replay: Replay): readonly FixName[] =>
  diagnosis.situation === 'conflict' && replay === 'always' && diagnosis.fixes.length === 0
    ? ['retry_backoff']
    : diagnosis.fixes;

/**
 * Chooses what to do about a failure: the first proposed fix that is configured and not used up. A fix
 * that mends something runs even where the call may not be repeated, for the calls to come; a wait does not.
 */
export const planFix = (
  run: Run<unknown>,
  diagnosis: Diagnosis,
  parts: { readonly select: SelectFix; readonly limits: Limits; readonly at: number },
): FixPlan => {
  const { select, limits, at } = parts;
  if (run.cancelled) return { action: 'none', refusal: cancelled };
  if (run.cancellation.aborted) {
    return none('DEADLINE_PASSED', `the deadline of ${run.call.deadlineMs} ms leaves no time to heal`);
  }
  const fixes = fixesFor(diagnosis, run.call.replay);
  if (fixes.length === 0) {
    return none(
      'NO_FIX_KNOWN',
      `no fix mends this (${diagnosis.class}${diagnosis.subclass === null ? '' : `, ${diagnosis.subclass}`})`,
    );
  }
  const refused = limits.refuseHealing(run, diagnosis, at);
  if (refused !== null) return { action: 'none', refusal: refused };
  let refusal: Refusal | null = null;
  for (const name of fixes) {
    if (run.usedFixes.has(name)) {
      refusal ??= { code: 'FIX_USED_UP', reason: `${name} has already run for this call, and the failure came back` };
      continue;
    }
    const { kind, replay } = run.call;
    const repeat = decideRepeat({ diagnosis, kind, replay, fixed: name });
    const useless = repeat.code === 'REPEAT_USELESS' || isWait(name);
    if (!repeat.allowed && useless) {
      refusal ??= { code: repeat.code, reason: repeat.reason };
      continue;
    }
    const found = select(name);
    if (isRefusal(found)) {
      refusal ??= found;
      continue;
    }
    const denied = limits.refuseFix(run, diagnosis, name, at) ?? found.refuse?.(run.attemptStartedAt) ?? null;
    if (denied === null) return { action: 'fix', fix: found };
    refusal ??= denied;
  }
  return { action: 'none', refusal: refusal ?? { code: 'NO_FIX_KNOWN', reason: 'no fix mends this' } };
};

/** Notes that a fix has run: all but the waits mend at most once a run. One that was not needed may be, the next time. */
export const noteUse = (run: Run<unknown>, { fix, code }: FixReport): void => {
  if (!isWait(fix) && code !== alreadyFixed) run.usedFixes.add(fix);
};
