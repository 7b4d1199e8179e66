import { assign, setup } from 'xstate';

export interface BreakerInput {
  /** Consecutive failed runs after which the breaker opens, at least 1. */
  readonly failures: number;
  /** How long it stays open, in ms. */
  readonly openMs: number;
}

interface BreakerContext extends BreakerInput {
  readonly consecutiveFailures: number;
  /** When it opened, on the monotonic clock. */
  readonly openedAt: number;
}

export type BreakerEvent =
  /** A run wants to heal. Out of Open, after `openMs`, it becomes the trial run. */
  | { readonly type: 'asked'; readonly at: number }
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly at: number }
  /** A run has waited in vain for the upstream: one such run is enough. */
  | { readonly type: 'outlasted'; readonly at: number }
  /** The trial run ended without a result. */
  | { readonly type: 'abandoned' };

/**
 * The chart of a circuit breaker. Time comes with the events, so it has no timers: `transition` of XState is all it
 * takes to run it.
 */
export const breakerMachine = setup({
  types: {
    input: {} as BreakerInput,
    context: {} as BreakerContext,
    events: {} as BreakerEvent,
  },
  guards: {
    reachesThreshold: ({ context }) => context.consecutiveFailures + 1 >= context.failures,
    openLongEnough: ({ context }, { at }: { readonly at: number }) => at - context.openedAt >= context.openMs,
  },
  actions: {
    countFailure: assign({ consecutiveFailures: ({ context }) => context.consecutiveFailures + 1 }),
    resetFailures: assign({ consecutiveFailures: 0 }),
    noteOpened: assign((_, { at }: { readonly at: number }) => ({ openedAt: at })),
  },
}).createMachine({
  id: 'breaker',
  context: ({ input }) => ({ ...input, consecutiveFailures: 0, openedAt: 0 }),
  initial: 'Closed',
  states: {
    Closed: {
      description: 'Failures are healed.',
      on: {
        failed: [
          {
            guard: 'reachesThreshold',
            target: 'Open',
            actions: ['countFailure', { type: 'noteOpened', params: ({ event }) => event }],
          },
          { actions: 'countFailure' },
        ],
        outlasted: { target: 'Open', actions: { type: 'noteOpened', params: ({ event }) => event } },
        succeeded: { actions: 'resetFailures' },
      },
    },
    Open: {
      description: 'Nothing is healed: too many consecutive runs have failed, or one has waited in vain.',
      on: {
        asked: { guard: { type: 'openLongEnough', params: ({ event }) => event }, target: 'HalfOpen' },
        succeeded: { target: 'Closed', actions: 'resetFailures' },
      },
    },
    HalfOpen: {
      description: 'One run tries whether healing works again.',
      on: {
        succeeded: { target: 'Closed', actions: 'resetFailures' },
        failed: { target: 'Open', actions: { type: 'noteOpened', params: ({ event }) => event } },
        outlasted: { target: 'Open', actions: { type: 'noteOpened', params: ({ event }) => event } },
        abandoned: { target: 'Open' },
      },
    },
  },
});
