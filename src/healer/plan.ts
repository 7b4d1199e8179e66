import type { FixPlan } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix, FixReport } from '../model/fix.ts';
import type { Refusal, RefusalCode } from '../model/refusal.ts';
import type { FixName } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { Replay } from '../policy/repeat.ts';
import { isRefusal } from '../runner/refusal.ts';
import { alreadyFixed } from '../sharing/decide.ts';
import { cancelled, type HealingRun } from './run.ts';

/** Finds the fix of that name for the failed call, or explains why there is none. */
export type SelectFix = (name: FixName) => Fix | Refusal;

const none = (code: RefusalCode, reason: string): FixPlan => ({ action: 'none', refusal: { code, reason } });

/** No fix removes a conflict, but it may be gone by the next attempt: a user who asks for repeats gets them after a wait. */
const fixesFor = (diagnosis: Diagnosis, replay: Replay): readonly FixName[] =>
  diagnosis.situation === 'conflict' && replay === 'always' && diagnosis.fixes.length === 0
    ? ['retry_backoff']
    : diagnosis.fixes;

/** The fixes that a run may not run again: every repair fix that it has run, unless another run had already fixed it. */
export const exhaustedFixes = (reports: readonly FixReport[]): ReadonlySet<FixName> =>
  new Set(reports.filter(({ fix, code }) => !isDelayFix(fix) && code !== alreadyFixed).map(({ fix }) => fix));

/**
 * Chooses what to do about a failure: the first proposed fix that is configured and not exhausted. A repair fix
 * runs even if the call may not be repeated, for later calls; a delay fix does not. After the last attempt no fix runs,
 * unless the configuration asks for a repair.
 */
export const planFix = (
  run: HealingRun<unknown>,
  diagnosis: Diagnosis,
  parts: {
    readonly fixes: readonly FixReport[];
    readonly select: SelectFix;
    readonly limits: Limits;
    readonly at: number;
    /** Why no attempt follows; null if one may. */
    readonly exhausted: Refusal | null;
    readonly healForNextCall: boolean;
  },
): FixPlan => {
  const { select, limits, at, exhausted: noneLeft } = parts;
  if (run.cancelled) return { action: 'none', refusal: cancelled };
  if (run.cancellation.aborted) {
    return none('DEADLINE_PASSED', `the deadline of ${run.call.deadlineMs} ms leaves no time to heal`);
  }
  const fixes = fixesFor(diagnosis, run.call.rules.replay);
  if (fixes.length === 0) {
    return none(
      'NO_FIX_KNOWN',
      `no fix is known for this failure (${diagnosis.class}${diagnosis.subclass === null ? '' : `, ${diagnosis.subclass}`})`,
    );
  }
  if (noneLeft !== null && !parts.healForNextCall) return { action: 'none', refusal: noneLeft };
  const refused = limits.refuseHealing(run, diagnosis, at);
  if (refused !== null) return { action: 'none', refusal: refused };
  const exhausted = exhaustedFixes(parts.fixes);
  let refusal: Refusal | null = noneLeft;
  for (const name of fixes) {
    if (exhausted.has(name)) {
      refusal ??= { code: 'FIX_USED_UP', reason: `${name} has already run for this call, and the failure came back` };
      continue;
    }
    if (noneLeft !== null && isDelayFix(name)) continue;
    const repeat = run.mayRepeat(diagnosis, name);
    const isUseless = repeat.code === 'REPEAT_USELESS' || isDelayFix(name);
    if (!repeat.allowed && isUseless) {
      refusal ??= { code: repeat.code, reason: repeat.reason };
      continue;
    }
    const found = select(name);
    if (isRefusal(found)) {
      // A fix that is not there would not have led to a retry: that is the reason, and no configuration changes it.
      refusal ??= repeat.code === 'REPEAT_UNSAFE' ? { code: repeat.code, reason: repeat.reason } : found;
      continue;
    }
    const denied = limits.refuseFix(run, diagnosis, name, at) ?? found.refuse?.(run.attemptStartedAt) ?? null;
    if (denied === null) return { action: 'fix', fix: found };
    refusal ??= denied;
  }
  return { action: 'none', refusal: refusal ?? { code: 'NO_FIX_KNOWN', reason: 'no fix is known for this failure' } };
};
