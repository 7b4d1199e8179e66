import type { FixPlan } from '../../machines/services.ts';
import type { Limits } from '../limits/limits.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix, FixReport } from '../model/fix.ts';
import type { Refusal, RefusalCode } from '../model/refusal.ts';
import { type FixName, isLessonFix } from '../model/terms.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import { mayHideOutage, orderFixes } from '../policy/fix-order.ts';
import type { Replay } from '../policy/repeat.ts';
import { withChanges } from '../runner/lazy-fix.ts';
import { isRefusal } from '../runner/refusal.ts';
import { alreadyFixed } from '../sharing/decide.ts';
import { cancelled, type HealingRun } from './run.ts';

/** Finds the fix of that name for the failed call, or explains why there is none. */
export type SelectFix = (name: FixName) => Fix | Refusal;

const none = (code: RefusalCode, reason: string): FixPlan => ({ action: 'none', refusal: { code, reason } });

const withoutLessons = ({ class: failureClass, fixes }: Diagnosis) => ({
  class: failureClass,
  fixes: fixes.filter((fix) => !isLessonFix(fix)),
});

/** No fix removes a conflict, but it may be gone by the next attempt: a user who asks for repeats gets them after a wait. */
const fixesFor = (diagnosis: Diagnosis, replay: Replay, isBound: (fix: FixName) => boolean): readonly FixName[] =>
  diagnosis.situation === 'conflict' && replay === 'always' && diagnosis.fixes.length === 0
    ? ['retry_backoff']
    : [...diagnosis.fixes.filter(isLessonFix), ...orderFixes(withoutLessons(diagnosis), isBound)];

/** The fixes that a run may not run again: every repair fix that it has run, unless another run had already fixed it, or it was held back. */
export const exhaustedFixes = (reports: readonly FixReport[]): ReadonlySet<FixName> =>
  new Set(
    reports
      .filter(({ fix, code, control }) => !isDelayFix(fix) && code !== alreadyFixed && control !== true)
      .map(({ fix }) => fix),
  );

/** What a plan is made of. */
export interface PlanParts {
  readonly fixes: readonly FixReport[];
  readonly select: SelectFix;
  /** Whether `tools:` globs bind this fix to the tool. */
  readonly isBound: (fix: FixName) => boolean;
  readonly limits: Limits;
  /** The monotonic clock. */
  readonly now: () => number;
  /** Why no attempt follows; null if one may. */
  readonly exhausted: Refusal | null;
  readonly healForNextCall: boolean;
  /** A wait that comes before the fix of a lesson, to see whether the failure ends by itself. */
  readonly control?: Fix | undefined;
}

const cannotHeal = (run: HealingRun<unknown>): FixPlan | null => {
  if (run.cancelled) return { action: 'none', refusal: cancelled };
  if (!run.cancellation.aborted) return null;
  return none('DEADLINE_PASSED', `the deadline of ${run.call.deadlineMs} ms leaves no time to heal`);
};

/** The `vpn_connect` whose probe is asked about a failure that may hide an outage; null if nothing can be asked. */
const fixToAsk = (diagnosis: Diagnosis, exhausted: ReadonlySet<FixName>, select: SelectFix): Fix | null => {
  if (!mayHideOutage(diagnosis) || exhausted.has('vpn_connect')) return null;
  const found = select('vpn_connect');
  return isRefusal(found) || found.check === undefined ? null : found;
};

/** Whether any other reason says more: that a better fix is not configured is no reason if another one is. */
const isLess = (refusal: Refusal | null): boolean => refusal === null || refusal.code === 'FIX_NOT_CONFIGURED';

/** Chooses the first of these fixes that is configured and not exhausted. A fix that its probe has chosen comes as it is. */
const choose = (
  run: HealingRun<unknown>,
  diagnosis: Diagnosis,
  fixes: readonly (FixName | Fix)[],
  exhausted: ReadonlySet<FixName>,
  { select, limits, now, exhausted: noneLeft }: PlanParts,
): FixPlan => {
  let refusal: Refusal | null = noneLeft;
  for (const proposed of fixes) {
    const name = typeof proposed === 'string' ? proposed : proposed.name;
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
    const found = typeof proposed === 'string' ? select(proposed) : proposed;
    if (isRefusal(found)) {
      // A fix that is not there would not have led to a retry: that is the reason, and no configuration changes it.
      const why = repeat.code === 'REPEAT_UNSAFE' ? { code: repeat.code, reason: repeat.reason } : found;
      refusal = isLess(refusal) ? why : refusal;
      continue;
    }
    const denied = limits.refuseFix(run, diagnosis, name, now()) ?? found.refuse?.(run.attemptStartedAt) ?? null;
    if (denied === null) return { action: 'fix', fix: found };
    refusal = isLess(refusal) ? denied : refusal;
  }
  return { action: 'none', refusal: refusal ?? unknownFailure(diagnosis) };
};

const switchedOff = (onError: 'retry' | 'hand-back'): FixPlan => {
  const rest = onError === 'retry' ? '; only a repair fix is known for this failure' : '';
  return none('HEALING_SWITCHED_OFF', `the config says \`onError: ${onError}\` for this tool${rest}`);
};

const unknownFailure = ({ class: failureClass, subclass }: Diagnosis): Refusal => ({
  code: 'NO_FIX_KNOWN',
  reason: `no fix is known for this failure (${failureClass}${subclass === null ? '' : `, ${subclass}`})`,
});

/**
 * Chooses what to do about a failure: the first proposed fix that is configured and not exhausted. If the failure may hide
 * an outage, the probe of `vpn_connect` is asked first; if it fails, that fix comes before all others. A repair fix
 * runs even if the call may not be repeated, for later calls; a delay fix does not. After the last attempt no fix runs,
 * unless the configuration asks for a repair.
 */
export const planFix = (
  run: HealingRun<unknown>,
  diagnosis: Diagnosis,
  parts: PlanParts,
): FixPlan | Promise<FixPlan> => {
  const { select, limits, now, exhausted: noneLeft } = parts;
  const hopeless = cannotHeal(run);
  if (hopeless !== null) return hopeless;
  const { replay, onError = 'heal' } = run.call.rules;
  if (onError === 'hand-back') return switchedOff(onError);
  const exhausted = exhaustedFixes(parts.fixes);
  const proposed = fixesFor(diagnosis, replay, parts.isBound);
  const fixes = onError === 'retry' ? proposed.filter(isDelayFix) : proposed;
  if (onError === 'retry' && fixes.length === 0 && proposed.length > 0) return switchedOff(onError);
  const mayRepair = onError === 'heal' && (noneLeft === null || parts.healForNextCall);
  const asked = mayRepair ? fixToAsk(diagnosis, exhausted, select) : null;
  if (fixes.length === 0 && asked === null) return { action: 'none', refusal: unknownFailure(diagnosis) };
  if (noneLeft !== null && !parts.healForNextCall) return { action: 'none', refusal: noneLeft };
  const refused = limits.refuseHealing(run, diagnosis, now());
  if (refused !== null) return { action: 'none', refusal: refused };
  const planned = parts.control === undefined ? fixes : [parts.control, ...fixes];
  if (asked === null) return choose(run, diagnosis, planned, exhausted, parts);
  return (async () => {
    const check = await asked.check?.(run.cancellation.signal, run.attemptStartedAt);
    const first = check?.needed === true ? [withChanges(asked, { chosenBy: check })] : [];
    return cannotHeal(run) ?? choose(run, diagnosis, [...first, ...planned], exhausted, parts);
  })();
};
