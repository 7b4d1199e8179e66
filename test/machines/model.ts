import { assign, createMachine } from 'xstate';
import { createTestModel } from 'xstate/graph';
import { type Chart, chart, type HealingMachine, type StateName } from '../../machines/index.ts';
import { record } from './record.ts';
import { diagnosis, ended, gave, plans, refuses, threw, unsafe, went } from './samples.ts';
import { arrow } from './structure.ts';

const found = diagnosis('http.401');

/** Something that sends a run along an arrow: what the service of the state it leaves answers. */
interface Cause {
  readonly from: StateName;
  readonly to: StateName;
  readonly says: string;
  readonly answer: () => unknown;
  /** When it leads there; always by default. */
  readonly when?: (attemptsLeft: boolean) => boolean;
}

const rejects = () => Promise.reject(new Error('broken'));

/** Every way to take every arrow that leaves a state with a service. */
const causes: readonly Cause[] = [
  { from: 'Executing', to: 'Success', says: 'value', answer: () => went('pods') },
  { from: 'Executing', to: 'ErrorDetected', says: 'thrown', answer: () => threw('Unauthorized', found) },
  { from: 'Executing', to: 'ErrorDetected', says: 'isError', answer: () => gave({ isError: true }, found) },
  { from: 'Executing', to: 'ErrorDetected', says: 'rejects', answer: rejects },
  { from: 'Analyzing', to: 'FixAvailable', says: 'fix', answer: () => plans(found, 'token_refresh') },
  { from: 'Analyzing', to: 'NoFix', says: 'none', answer: () => refuses(found, 'NO_FIX_KNOWN') },
  { from: 'Analyzing', to: 'NoFix', says: 'rejects', answer: rejects },
  {
    from: 'ApplyingFix',
    to: 'Retrying',
    says: 'succeeded',
    when: (attemptsLeft) => attemptsLeft,
    answer: () => ended('token_refresh', 'succeeded'),
  },
  {
    from: 'ApplyingFix',
    to: 'Retrying',
    says: 'not needed',
    when: (attemptsLeft) => attemptsLeft,
    answer: () => ended('token_refresh', 'not_needed'),
  },
  {
    from: 'ApplyingFix',
    to: 'NoFix',
    says: 'succeeded too late',
    when: (attemptsLeft) => !attemptsLeft,
    answer: () => ended('token_refresh', 'succeeded'),
  },
  { from: 'ApplyingFix', to: 'NoFix', says: 'failed', answer: () => ended('token_refresh', 'failed') },
  { from: 'ApplyingFix', to: 'NoFix', says: 'timed out', answer: () => ended('token_refresh', 'timed_out') },
  { from: 'ApplyingFix', to: 'NoFix', says: 'refused', answer: () => ended('token_refresh', 'refused') },
  { from: 'ApplyingFix', to: 'NoFix', says: 'cancelled', answer: () => ended('token_refresh', 'cancelled') },
  { from: 'ApplyingFix', to: 'NoFix', says: 'not run', answer: () => ({ report: null, mayRepeat: unsafe }) },
  { from: 'ApplyingFix', to: 'NoFix', says: 'no repeat', answer: () => ended('token_refresh', 'succeeded', unsafe) },
  { from: 'ApplyingFix', to: 'NoFix', says: 'rejects', answer: rejects },
  { from: 'Retrying', to: 'Success', says: 'value', answer: () => went('pods') },
  {
    from: 'Retrying',
    to: 'ErrorDetected',
    says: 'thrown',
    when: (attemptsLeft) => attemptsLeft,
    answer: () => threw('Unauthorized', found),
  },
  {
    from: 'Retrying',
    to: 'NoFix',
    says: 'thrown, no attempts left',
    when: (attemptsLeft) => !attemptsLeft,
    answer: () => threw('Unauthorized', found),
  },
  { from: 'Retrying', to: 'NoFix', says: 'thrown, no time left', answer: () => threw('Unauthorized', found, false) },
  { from: 'Retrying', to: 'NoFix', says: 'rejects', answer: rejects },
];

interface Ride {
  readonly event: string;
  readonly from: string;
  readonly to: StateName;
  readonly cause: Cause | null;
}

/** The ways to ride a chart's arrows: one per cause, one for an arrow that needs none. */
const ridesOf = ({ arrows }: Chart): Ride[] =>
  arrows.flatMap(({ from, to }): Ride[] => {
    if (from === '[*]' || to === '[*]') return [];
    const reasons = causes.filter((cause) => cause.from === from && cause.to === to);
    if (reasons.length === 0) return [{ event: arrow(from, to), from, to, cause: null }];
    return reasons.map((cause) => ({ event: `${arrow(from, to)}: ${cause.says}`, from, to, cause }));
  });

const rides = ridesOf(chart);

/** A machine that invokes nothing, made from the chart: the model. It counts attempts, as the added arrow depends on them. */
const modelMachine = (maxAttempts: number) =>
  createMachine({
    id: 'model',
    context: { attempts: 0 },
    initial: chart.arrows.find(({ from }) => from === '[*]')?.to as StateName,
    states: Object.fromEntries(
      chart.states.map(({ name, kind }) => [
        name,
        {
          ...(kind === 'final' && { type: 'final' as const }),
          ...((name === 'Executing' || name === 'Retrying') && {
            entry: assign(({ context }: { context: { attempts: number } }) => ({ attempts: context.attempts + 1 })),
          }),
          on: Object.fromEntries(
            rides
              .filter(({ from }) => from === name)
              .map(({ event, to, cause }) => [
                event,
                {
                  target: to,
                  guard: ({ context }: { context: { attempts: number } }) =>
                    cause?.when?.(context.attempts < maxAttempts) ?? true,
                },
              ]),
          ),
        },
      ]),
    ),
  });

export interface Walk {
  readonly description: string;
  readonly maxAttempts: number;
  /** The arrows of the model's path, the first and the last included. */
  readonly arrows: readonly string[];
  /** Sends a machine along the path; rejects where it leaves it. */
  take(machine: HealingMachine): Promise<void>;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Every path through the model that visits no state twice with the same number of attempts. */
export const walks = (maxAttempts: number): Walk[] =>
  createTestModel(modelMachine(maxAttempts))
    .getSimplePaths({
      // By default an event that a guard turns away would count as a step on the spot.
      events: (state) => rides.map(({ event }) => ({ type: event })).filter((event) => state.can(event)),
    })
    .map((path) => {
      const ridden = path.steps.flatMap(({ event }) => rides.find((ride) => ride.event === event.type) ?? []);
      const arrows = [
        arrow('[*]', 'Executing'),
        ...ridden.map(({ from, to }) => arrow(from, to)),
        arrow('Logging', '[*]'),
      ];
      const take = async (machine: HealingMachine) => {
        let waiting: { from: string; answer: (value: unknown) => void } | undefined;
        const called = (from: string) =>
          new Promise<never>((resolve) => {
            waiting = { from, answer: resolve as (value: unknown) => void };
          });
        const run = record(
          machine,
          { runId: 'run', tool: 'k8s_get_pods', kind: 'unannotated', maxAttempts },
          {
            attemptTool: ({ attempt }) => called(attempt === 1 ? 'Executing' : 'Retrying'),
            planFix: () => called('Analyzing'),
            applyFix: () => called('ApplyingFix'),
          },
        );
        const ride = async ({ from, cause }: Ride) => {
          if (!cause) return;
          await turn();
          if (waiting?.from !== from) throw new Error(`expected a call from ${from}, saw ${waiting?.from ?? 'none'}`);
          const { answer } = waiting;
          waiting = undefined;
          answer(cause.answer());
        };
        const compare = () => {
          if (run.arrows.some((one, index) => one !== arrows[index])) {
            throw new Error(`expected ${arrows.join(', ')}, saw ${run.arrows.join(', ')}`);
          }
        };
        await path.test({
          events: Object.fromEntries(rides.map((one) => [one.event, () => ride(one)])),
          states: { '*': compare },
        });
        await turn();
        compare();
        if (run.arrows.length < arrows.length)
          throw new Error(`the run stayed after ${run.arrows.at(-1) ?? 'nothing'}`);
        await run.output;
      };
      return { description: ridden.map(({ event }) => event).join('; '), maxAttempts, arrows, take };
    });
