import { assign, setup } from 'xstate';

export interface BreakerInput {
  /** Failed runs in a row after which the breaker opens, at least 1. */
  readonly failures: number;
  /** How long it stays open, in ms. */
  readonly openMs: number;
}

interface BreakerContext extends BreakerInput {
  readonly failedInARow: number;
  /** When it opened, on the monotonic clock. */
  readonly openedAt: number;
}

export type BreakerEvent =
  /** Someone wants to heal. In HalfOpen this is the one who tries. */
  | { readonly type: 'asked'; readonly at: number }
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly at: number }
  /** The one who tried gave up without knowing. */
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
    lastStraw: ({ context }) => context.failedInARow + 1 >= context.failures,
    restedEnough: ({ context }, { at }: { readonly at: number }) => at - context.openedAt >= context.openMs,
  },
  actions: {
    countFailure: assign({ failedInARow: ({ context }) => context.failedInARow + 1 }),
    forgive: assign({ failedInARow: 0 }),
    noteOpened: assign((_, { at }: { readonly at: number }) => ({ openedAt: at })),
  },
}).createMachine({
  id: 'breaker',
  context: ({ input }) => ({ ...input, failedInARow: 0, openedAt: 0 }),
  initial: 'Closed',
  states: {
    Closed: {
      description: 'Failures are healed.',
      on: {
        failed: [
          {
            guard: 'lastStraw',
            target: 'Open',
            actions: ['countFailure', { type: 'noteOpened', params: ({ event }) => event }],
          },
          { actions: 'countFailure' },
        ],
        succeeded: { actions: 'forgive' },
      },
    },
    Open: {
      description: 'Nothing is healed: too many runs in a row have failed.',
      on: {
        asked: { guard: { type: 'restedEnough', params: ({ event }) => event }, target: 'HalfOpen' },
        succeeded: { target: 'Closed', actions: 'forgive' },
      },
    },
    HalfOpen: {
      description: 'One run tries whether healing works again.',
      on: {
        succeeded: { target: 'Closed', actions: 'forgive' },
        failed: { target: 'Open', actions: { type: 'noteOpened', params: ({ event }) => event } },
        abandoned: { target: 'Open' },
      },
    },
  },
});
