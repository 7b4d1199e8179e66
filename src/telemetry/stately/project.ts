import type { HealingContext } from '../../../machines/healing.ts';
import type { FixPlan } from '../../../machines/services.ts';
import type { Redact } from '../../model/diagnosis.ts';
import type { AttemptOutcome } from '../../model/run.ts';
import { redactDeep } from '../../redact/index.ts';

/** Keeps only the status of an attempt. The tool's output is only for the caller. */
const endOf = (settled: AttemptOutcome<unknown> | null | undefined): object | null =>
  settled == null ? null : { ok: settled.ok, ...(settled.ok ? {} : { thrown: settled.thrown }) };

const planOf = (plan: FixPlan | null | undefined): object | null => {
  if (plan == null) return null;
  if (plan.action === 'none') return plan;
  const { name, key, description } = plan.fix;
  return { action: plan.action, fix: { name, key, description } };
};

const limits = { depth: 6, values: 400 };

/** Returns the context of a run that may be shown. Never throws. */
export const projectContext = (context: Partial<HealingContext> | undefined, redact: Redact): unknown => {
  if (typeof context !== 'object' || context === null) return {};
  const { run: _, settled, plan, ...known } = context;
  return redactDeep({ ...known, settled: endOf(settled), plan: planOf(plan) }, redact, limits);
};

/** Returns the input or output of a service without the run and the tool's output. */
const outputOf = (output: unknown): unknown => {
  if (typeof output !== 'object' || output === null) return null;
  const {
    run: _,
    settled,
    plan,
    ...rest
  } = output as {
    run?: unknown;
    settled?: AttemptOutcome<unknown> | null;
    plan?: FixPlan;
  };
  return {
    ...rest,
    ...(settled === undefined ? {} : { settled: endOf(settled) }),
    ...(plan === undefined ? {} : { plan: planOf(plan) }),
  };
};

/** Returns an event, or the input or output of a service, that may be shown. Never throws. */
export const projectEvent = (event: unknown, redact: Redact): { readonly type: string } => {
  const { type, output, data, input, error } = (typeof event === 'object' && event !== null ? event : {}) as Record<
    string,
    unknown
  >;
  const shown = {
    type: typeof type === 'string' ? type : '',
    ...(output === undefined && data === undefined ? {} : { output: outputOf(output ?? data) }),
    ...(input === undefined ? {} : { input: outputOf(input) }),
    ...(error === undefined ? {} : { error: 'the service rejected, which it must not' }),
  };
  return redactDeep(shown, redact, limits) as { type: string };
};

/** Returns a snapshot of a run or one of its services that may be shown. Never throws. */
export const projectSnapshot = (snapshot: unknown, redact: Redact): Record<string, unknown> => {
  const { status, value, context, output } = (
    typeof snapshot === 'object' && snapshot !== null ? snapshot : {}
  ) as Record<string, unknown>;
  return {
    status: typeof status === 'string' ? status : 'active',
    ...(typeof value === 'string' ? { value, context: projectContext(context as never, redact) } : {}),
    ...(output === undefined ? {} : { output: redactDeep(outputOf(output), redact, limits) }),
  };
};
