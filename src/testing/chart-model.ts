import { assign, createMachine } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { chart, type StateName } from '../../machines/chart.ts';
import type { FixFunction, FixRequest } from '../model/fix.ts';
import { failures } from './failures.ts';
import { type ScriptedTool, scriptedTool } from './scripted-tool.ts';

/** An arrow of the chart as an event: to which state it leads. */
export interface ChartEvent {
  readonly type: StateName;
}

interface Attempts {
  readonly attempts: number;
}

const callsTool: readonly StateName[] = ['Executing', 'Retrying'];

/**
 * Makes a machine of the chart that calls nothing: an event named after a state takes the arrow that leads there. It is
 * what `xstate/graph` and other tools for model-based tests work on.
 *
 * @param maxAttempts Calls of the tool in all; with two, the chart has no way back from Retrying.
 */
export const chartMachine = (maxAttempts = 2) =>
  createMachine({
    id: 'healing',
    context: { attempts: 0 },
    initial: 'Executing',
    states: Object.fromEntries(
      chart.states.map(({ name, kind, description }) => [
        name,
        {
          description,
          ...(kind === 'final' ? { type: 'final' as const } : {}),
          ...(callsTool.includes(name)
            ? { entry: assign(({ context }: { context: Attempts }) => ({ attempts: context.attempts + 1 })) }
            : {}),
          on: Object.fromEntries(
            chart.arrows
              .filter(({ from, to }) => from === name && to !== '[*]')
              .map(({ from, to, added }) => {
                const needsAttempt = added || (from === 'ApplyingFix' && to === 'Retrying');
                // While attempts are left, only a lack of time ends a run here, and the model has all the time it wants.
                const needsNone = from === 'Retrying' && to === 'NoFix';
                const guard = ({ context: { attempts } }: { context: Attempts }) =>
                  attempts < maxAttempts ? !needsNone : !needsAttempt;
                return [to, { target: to, guard }];
              }),
          ),
        },
      ]),
    ),
  });

/** What a story's tool does. */
export interface StoryTool<T> {
  /** What it gives when it goes well. */
  readonly value: T;
  /** How it fails, round by round; the last one holds for all rounds that follow. @default an expired token */
  readonly failing?: readonly (() => Error)[];
  /** How it fails where no fix is known. @default a missing permission */
  readonly unmendable?: () => Error;
}

/** One way through the chart. */
export interface Story {
  /** The states, joined by arrows: the name of a test. */
  readonly name: string;
  readonly states: readonly StateName[];
  /** Whether each call of the tool goes well, in order. */
  readonly attempts: readonly boolean[];
  /** Whether each fix succeeds, in order. */
  readonly fixes: readonly boolean[];
  /** A tool that takes its part in the story. */
  tool<T>(parts: StoryTool<T>): ScriptedTool<T>;
  /** A fix that takes its part: the given one where it is to succeed, else one that fails. @default one that does nothing */
  fix(real?: FixFunction): FixFunction;
}

const makeStory = (states: readonly StateName[]): Story => {
  const leads = (from: readonly StateName[], well: StateName): boolean[] =>
    states.flatMap((state, at) => (from.includes(state) ? [states[at + 1] === well] : []));
  const attempts = leads(callsTool, 'Success');
  const fixes = leads(['ApplyingFix'], 'Retrying');
  // The failure that Analyzing knows no fix for is that of the attempt right before.
  const hopeless = states.some((state, at) => state === 'Analyzing' && states[at + 1] === 'NoFix');
  return {
    name: states.join(' -> '),
    states,
    attempts,
    fixes,
    tool: ({ value, failing = [failures.unauthorized], unmendable = failures.forbidden }) =>
      scriptedTool(
        ...attempts.map((well, at) => {
          if (well) return value;
          const last = at === attempts.length - 1;
          return hopeless && last ? unmendable() : (failing[Math.min(at, failing.length - 1)] ?? unmendable)();
        }),
      ),
    fix: (real = () => {}) => {
      let runs = 0;
      return (request: FixRequest) => {
        const succeeds = fixes[Math.min(runs++, fixes.length - 1)] ?? true;
        return succeeds ? real(request) : false;
      };
    },
  };
};

/**
 * Tells every way through the chart, from the tool's call to the record in the log.
 *
 * With two attempts there are five. With more there are those too in which a second failure is healed: a fix mends at most
 * once in a run, so that the second failure must be of another kind (`failing`).
 *
 * @param maxAttempts Calls of the tool in all, as `attempts` of the configuration. @default 2
 */
export const stories = (maxAttempts = 2): readonly Story[] => {
  const names = chart.states.map(({ name }) => name);
  const paths = getSimplePaths(chartMachine(maxAttempts), {
    // By default an event that a guard turns away would count as a step on the spot.
    events: (state) => names.map((type) => ({ type })).filter((event) => state.can(event)),
    toState: ({ status }) => status === 'done',
  });
  return paths.map(({ steps, state }) => {
    const states = [...steps.map((step) => step.state.value), state.value] as StateName[];
    return makeStory(states.filter((name, at) => name !== states[at - 1]));
  });
};
