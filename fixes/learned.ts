import * as defaults from '../src/config/defaults.ts';
import type { LessonContent } from '../src/learning/lesson-schema.ts';
import { type TrustOptions, trust } from '../src/learning/trust.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/refusal.ts';
import type { FixMode, FixName, LessonFixName } from '../src/model/terms.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { LazyFix, withChanges } from '../src/runner/lazy-fix.ts';
import { isRefusal, refuse } from '../src/runner/refusal.ts';
import { rulesOf } from '../src/sharing/rules.ts';
import { type OwnFixEntry, ownFix } from './own.ts';

export interface LearnedFixParts {
  readonly call: FixCall;
  readonly context: FixContext;
  readonly trust: TrustOptions;
  /** Finds a configured fix. */
  readonly select: (name: FixName, call: FixCall) => Fix | Refusal;
}

/** The fix of a lesson, as it runs by itself and as it runs after a question. */
export interface LearnedFix {
  readonly fix: Fix;
  readonly asking: Fix;
}

/** The fix under the name of the lesson: it is still the same fix for all that shares it and holds it back. */
const renamed = (fix: Fix, name: LessonFixName): Fix =>
  new LazyFix({
    name,
    key: fix.key,
    describe: () => fix.description,
    rules: fix.rules,
    refuse: fix.refuse,
    handover: fix.handover,
    check: fix.check,
    hasLapsed: fix.hasLapsed,
    run: async (request) => ({ ...(await fix.run(request)), fix: name }),
  });

/** A person who has to be asked for the fix is asked for the lesson too. */
const asking = (fix: Fix): Fix => {
  const mode: FixMode = fix.rules?.mode === 'dry-run' ? 'dry-run' : 'ask';
  return fix.rules === undefined ? fix : withChanges(fix, { rules: { ...fix.rules, mode } });
};

/** Makes the fix of a lesson: a configured one, or a command whose program the configuration lists. */
export const learnedFix = (
  name: LessonFixName,
  learned: LessonContent['fix'],
  { call, context, trust: options, select }: LearnedFixParts,
): LearnedFix | Refusal => {
  if ('use' in learned) {
    const found = select(learned.use as FixName, call);
    if (isRefusal(found)) return found;
    const fix = renamed(found, name);
    return { fix, asking: asking(fix) };
  }
  const { run, probe, timeoutMs } = learned;
  const command = trust(run, options);
  if ('refused' in command) return refuse('FIX_NOT_CONFIGURED', `${name} must not run its command: ${command.refused}`);
  const check = probe !== undefined && 'command' in probe ? trust(probe.command, options) : undefined;
  if (check !== undefined && 'refused' in check) {
    return refuse('FIX_NOT_CONFIGURED', `${name} must not run its probe: ${check.refused}`);
  }
  const { tools, mode, settleMs } = defaults.common;
  const entry: OwnFixEntry = {
    ...defaults.ownCommand,
    ...{ tools: [...tools], mode, settleMs, env: [], cooldownMs: defaults.cooldownMs.own, budget: defaults.budget },
    command: [...command.argv],
    timeoutMs,
    ...(probe === undefined ? {} : { probe: check === undefined ? probe : { ...probe, command: [...check.argv] } }),
  };
  const made = ownFix(name)(entry, call, context);
  const fix = withChanges(made, { rules: rulesOf({ name, key: made.key }, entry, context) });
  return { fix, asking: asking(fix) };
};
