import { assign, fromPromise, setup } from 'xstate';
import type { Diagnosis } from '../src/model/diagnosis.ts';
import type { FixReport } from '../src/model/fix.ts';
import type { AttemptOutcome, Refusal } from '../src/model/run.ts';
import type { ToolKind } from '../src/model/terms.ts';
import { outcomeStatus } from '../src/policy/outcome.ts';
import { lastRefusal, refusalAfterFix, serviceFailures } from './refusals.ts';
import type {
  ApplyFixInput,
  AttemptInput,
  AttemptResult,
  FixDecision,
  FixPlan,
  FixResult,
  HealingInput,
  HealingOutput,
  PlanFixInput,
  ServiceName,
} from './services.ts';

/** The memory of a run between its states. */
export interface HealingContext {
  /** Opaque data of the program that provides the services; it is never shown or logged. */
  readonly run?: unknown;
  /** The id of the run. */
  readonly runId: string;
  /** The name of the tool. */
  readonly tool: string;
  /** The kind of the tool. */
  readonly kind: ToolKind;
  /** Maximum number of calls of the tool, the first included. */
  readonly maxAttempts: number;
  /** Whether a failure of the last attempt is planned for too. */
  readonly healForNextCall: boolean;
  /** The number of calls of the tool so far. */
  readonly attempt: number;
  /** How the last attempt ended; null until the first attempt has ended. */
  readonly settled: AttemptOutcome<unknown> | null;
  /** The diagnosis of the first failure; null if nothing has failed. */
  readonly firstDiagnosis: Diagnosis | null;
  /** The diagnosis of the last failure; null if nothing has failed. */
  readonly lastDiagnosis: Diagnosis | null;
  /** Whether every failed attempt so far certainly changed nothing. */
  readonly isHarmless: boolean;
  /** What is to be done about the last failure; null before it is decided. */
  readonly plan: FixPlan | null;
  /** The fixes that were run so far, in order. */
  readonly fixes: readonly FixReport[];
  /** Why healing ended without success; null otherwise. */
  readonly refusal: Refusal | null;
}

const missing = (service: string) => () => Promise.reject(new Error(`The service ${service} was not provided.`));

const present = <T>(value: T | null): T => {
  if (value === null) throw new Error('The machine reached a state before what it works on was known.');
  return value;
};

const plannedFix = (plan: FixPlan | null) => {
  if (plan?.action !== 'fix') throw new Error('The machine began a fix that nothing had planned.');
  return plan.fix;
};

const summary = (context: HealingContext): HealingOutput => {
  const { runId, tool, kind, attempt: attempts, firstDiagnosis: diagnosis, lastDiagnosis, fixes, refusal } = context;
  const settled = present(context.settled);
  const status = outcomeStatus({ ok: settled.ok, attempts, isHarmless: context.isHarmless });
  return { runId, tool, kind, status, attempts, settled, diagnosis, lastDiagnosis, fixes, refusal };
};

/**
 * The chart of one healing run. Its services, its log and its report of broken services are stubs:
 * `healingMachine.provide({ actors, actions })` once per healer, since providing costs about 200 us.
 *
 * Actions must not throw: an action that does turns the run into an error, whatever the tool gave.
 */
export const healingMachine = setup({
  types: {
    input: {} as HealingInput,
    context: {} as HealingContext,
    output: {} as HealingOutput,
  },
  actors: {
    /** Calls the tool once. */
    attemptTool: fromPromise<AttemptResult, AttemptInput>(missing('attemptTool')),
    /** Decides what is done about the failure. */
    planFix: fromPromise<FixDecision, PlanFixInput>(missing('planFix')),
    /** Runs the fix, its probes included. */
    applyFix: fromPromise<FixResult, ApplyFixInput>(missing('applyFix')),
  },
  guards: {
    succeeded: (_, { settled }: { readonly settled: AttemptOutcome<unknown> }) => settled.ok,
    mayHealAgain: ({ context }, { timeLeft, calls = 1, refusal }: AttemptResult) =>
      timeLeft && refusal === undefined && (context.healForNextCall || context.attempt + calls < context.maxAttempts),
    fixPlanned: (_, { plan }: { readonly plan: FixPlan }) => plan.action === 'fix',
    mayRetry: ({ context }, result: FixResult) =>
      refusalAfterFix(result, context.attempt, context.maxAttempts) === null,
  },
  actions: {
    /** Writes the event; a stub. */
    log: (_, _output: HealingOutput) => {},
    /** Reports a service that broke its promise not to reject; a stub. */
    reportBroken: (_, _report: { readonly service: ServiceName; readonly error: unknown }) => {},
    recordAttempt: assign(({ context }, { settled, diagnosis, isHarmless, calls = 1 }: AttemptResult) =>
      settled.ok
        ? { attempt: context.attempt + calls, settled }
        : {
            attempt: context.attempt + calls,
            settled,
            firstDiagnosis: context.firstDiagnosis ?? diagnosis,
            lastDiagnosis: diagnosis,
            isHarmless: context.isHarmless && isHarmless,
          },
    ),
    recordWait: assign(({ context }, { wait, kind }: AttemptResult) => ({
      fixes: wait === undefined ? context.fixes : [...context.fixes.slice(0, -1), wait],
      kind: kind ?? context.kind,
    })),
    recordRejectedAttempt: assign(({ context }, { error }: { readonly error: unknown }) => ({
      attempt: context.attempt + 1,
      settled: context.settled ?? { ok: false as const, thrown: true as const, error },
      isHarmless: false,
    })),
    recordDecision: assign(({ context }, { diagnosis, plan }: FixDecision) => ({
      firstDiagnosis: context.attempt === 1 ? diagnosis : context.firstDiagnosis,
      lastDiagnosis: diagnosis,
      plan,
      refusal: plan.action === 'none' ? plan.refusal : null,
    })),
    recordFix: assign(({ context }, result: FixResult) => ({
      fixes: result.report ? [...context.fixes, result.report] : context.fixes,
      kind: (result.report && result.kind) ?? context.kind,
      isHarmless: (result.report && result.isHarmless) ?? context.isHarmless,
      refusal: refusalAfterFix(result, context.attempt, context.maxAttempts),
    })),
    refuseLastAttempt: assign(({ context }, { timeLeft, refusal }: AttemptResult) => ({
      refusal: refusal ?? lastRefusal(timeLeft, context.maxAttempts),
    })),
    refuseBroken: assign((_, { service }: { readonly service: ServiceName }) => ({
      refusal: serviceFailures[service],
    })),
  },
}).createMachine({
  id: 'healing',
  // Written out: with a spread before them the others would be added one by one.
  context: ({ input: { run, runId, tool, kind, maxAttempts, healForNextCall = false } }) => ({
    run,
    runId,
    tool,
    kind,
    maxAttempts,
    healForNextCall,
    attempt: 0,
    settled: null,
    firstDiagnosis: null,
    lastDiagnosis: null,
    isHarmless: true,
    plan: null,
    fixes: [],
    refusal: null,
  }),
  initial: 'Executing',
  states: {
    Executing: {
      description: 'Calls the tool.',
      invoke: {
        id: 'execute',
        src: 'attemptTool',
        input: ({ context: { run, runId, tool } }) => ({
          run,
          runId,
          tool,
          attempt: 1,
          settled: null,
          diagnosis: null,
          lastFix: null,
        }),
        onDone: [
          {
            guard: { type: 'succeeded', params: ({ event }) => event.output },
            target: 'Success',
            actions: { type: 'recordAttempt', params: ({ event }) => event.output },
          },
          {
            target: 'ErrorDetected',
            actions: { type: 'recordAttempt', params: ({ event }) => event.output },
          },
        ],
        onError: {
          target: 'ErrorDetected',
          actions: [
            { type: 'recordRejectedAttempt', params: ({ event }) => ({ error: event.error }) },
            { type: 'reportBroken', params: ({ event }) => ({ service: 'attemptTool', error: event.error }) },
          ],
        },
      },
    },
    ErrorDetected: {
      description: 'The call failed.',
      always: { target: 'Analyzing' },
    },
    Analyzing: {
      description: 'Finds out why.',
      invoke: {
        id: 'analyze',
        src: 'planFix',
        input: ({ context: { run, runId, tool, kind, attempt, maxAttempts, settled, lastDiagnosis, fixes } }) => ({
          run,
          runId,
          tool,
          kind,
          attempt,
          maxAttempts,
          settled: present(settled),
          diagnosis: lastDiagnosis,
          fixes,
        }),
        onDone: [
          {
            guard: { type: 'fixPlanned', params: ({ event }) => event.output },
            target: 'FixAvailable',
            actions: { type: 'recordDecision', params: ({ event }) => event.output },
          },
          {
            target: 'NoFix',
            actions: { type: 'recordDecision', params: ({ event }) => event.output },
          },
        ],
        onError: {
          target: 'NoFix',
          actions: [
            { type: 'refuseBroken', params: { service: 'planFix' } },
            { type: 'reportBroken', params: ({ event }) => ({ service: 'planFix', error: event.error }) },
          ],
        },
      },
    },
    FixAvailable: {
      description: 'A fix is known.',
      always: { target: 'ApplyingFix' },
    },
    ApplyingFix: {
      description: 'Runs the fix.',
      invoke: {
        id: 'fix',
        src: 'applyFix',
        input: ({ context: { run, runId, tool, kind, attempt, lastDiagnosis, plan } }) => ({
          run,
          runId,
          tool,
          kind,
          attempt,
          diagnosis: present(lastDiagnosis),
          fix: plannedFix(plan),
        }),
        onDone: [
          {
            guard: { type: 'mayRetry', params: ({ event }) => event.output },
            target: 'Retrying',
            actions: { type: 'recordFix', params: ({ event }) => event.output },
          },
          {
            target: 'NoFix',
            actions: { type: 'recordFix', params: ({ event }) => event.output },
          },
        ],
        onError: {
          target: 'NoFix',
          actions: [
            { type: 'refuseBroken', params: { service: 'applyFix' } },
            { type: 'reportBroken', params: ({ event }) => ({ service: 'applyFix', error: event.error }) },
          ],
        },
      },
    },
    Retrying: {
      description: 'Repeats the call.',
      invoke: {
        id: 'retry',
        src: 'attemptTool',
        input: ({ context: { run, runId, tool, attempt, settled, lastDiagnosis, fixes } }) => ({
          run,
          runId,
          tool,
          attempt: attempt + 1,
          settled,
          diagnosis: lastDiagnosis,
          lastFix: fixes.at(-1) ?? null,
        }),
        onDone: [
          {
            guard: { type: 'succeeded', params: ({ event }) => event.output },
            target: 'Success',
            actions: [
              { type: 'recordAttempt', params: ({ event }) => event.output },
              { type: 'recordWait', params: ({ event }) => event.output },
            ],
          },
          {
            guard: { type: 'mayHealAgain', params: ({ event }) => event.output },
            target: 'ErrorDetected',
            actions: [
              { type: 'recordAttempt', params: ({ event }) => event.output },
              { type: 'recordWait', params: ({ event }) => event.output },
            ],
          },
          {
            target: 'NoFix',
            actions: [
              { type: 'recordAttempt', params: ({ event }) => event.output },
              { type: 'recordWait', params: ({ event }) => event.output },
              { type: 'refuseLastAttempt', params: ({ event }) => event.output },
            ],
          },
        ],
        onError: {
          target: 'NoFix',
          actions: [
            { type: 'recordRejectedAttempt', params: ({ event }) => ({ error: event.error }) },
            { type: 'refuseBroken', params: { service: 'attemptTool' } },
            { type: 'reportBroken', params: ({ event }) => ({ service: 'attemptTool', error: event.error }) },
          ],
        },
      },
    },
    Success: {
      description: 'The call succeeded.',
      always: { target: 'Logging' },
    },
    NoFix: {
      description: 'The failure stays.',
      always: { target: 'Logging' },
    },
    Logging: {
      description: 'Writes the event.',
      type: 'final',
      entry: { type: 'log', params: ({ context }) => summary(context) },
    },
  },
  output: ({ context }) => summary(context),
});

/** The type of the machine. */
export type HealingMachine = typeof healingMachine;
