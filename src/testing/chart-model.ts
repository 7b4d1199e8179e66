import { assign, createMachine } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { chart, type StateName } from '../../machines/chart.ts';
import type { FixFunction, FixRequest } from '../model/fix.ts';
import { failures } from './failures.ts';
import { type ScriptedTool, scriptedTool } from './scripted-tool.ts';

/** A transition of the chart as an event. */
export interface ChartEvent {
  /** The state to which the transition leads. */
  readonly type: StateName;
}

interface Attempts {
  readonly attempts: number;
}

const callsTool: readonly StateName[] = ['Executing', 'Retrying'];

/**
 * Makes a machine of the chart that calls nothing: an event named after a state takes the transition to that state. It
 * is meant for `xstate/graph` and other tools for model-based tests.
 *
 * @param maxAttempts - Maximum number of calls of the tool; with two, no transition leads from Retrying to ErrorDetected.
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
                // While attempts are left, only the deadline ends a run here, and the model has none.
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

/** What the tool of a story returns and throws. */
export interface StoryTool<T> {
  /** The value that it returns if it succeeds. */
  readonly value: T;
  /**
   * The errors that it throws, one for each failure; the last one is used for all later failures.
   *
   * @default an expired token
   */
  readonly failing?: readonly (() => Error)[];
  /**
   * The error that it throws if no fix should match.
   *
   * @default a missing permission
   */
  readonly unmendable?: () => Error;
}

/** One path through the chart. */
export interface Story {
  /** The states, separated by arrows; meant as the name of a test. */
  readonly name: string;
  /** The states of the path, in order. */
  readonly states: readonly StateName[];
  /** Whether each call of the tool succeeds, in order. */
  readonly attempts: readonly boolean[];
  /** Whether each fix succeeds, in order. */
  readonly fixes: readonly boolean[];
  /** Makes the tool of this story. */
  tool<T>(parts: StoryTool<T>): ScriptedTool<T>;
  /**
   * Makes the fix of this story: it calls `real` if it should succeed, and fails otherwise.
   *
   * @param real - The function to call. By default a function that does nothing.
   */
  fix(real?: FixFunction): FixFunction;
}

const makeStory = (states: readonly StateName[]): Story => {
  const outcomes = (from: readonly StateName[], success: StateName): boolean[] =>
    states.flatMap((state, at) => (from.includes(state) ? [states[at + 1] === success] : []));
  const attempts = outcomes(callsTool, 'Success');
  const fixes = outcomes(['ApplyingFix'], 'Retrying');
  // If Analyzing finds no fix, the failure is that of the previous attempt.
  const hopeless = states.some((state, at) => state === 'Analyzing' && states[at + 1] === 'NoFix');
  return {
    name: states.join(' -> '),
    states,
    attempts,
    fixes,
    tool: ({ value, failing = [failures.unauthorized], unmendable = failures.forbidden }) =>
      scriptedTool(
        ...attempts.map((succeeds, at) => {
          if (succeeds) return value;
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
 * Lists every path through the chart, from the call of the tool to the record in the log.
 *
 * With two attempts there are five. With more, there are also paths on which a second failure is healed: a fix runs at
 * most once in a run, so the second failure must be of another kind (`failing`).
 *
 * @param maxAttempts - Maximum number of calls of the tool, as `attempts` of the configuration; 2 by default.
 */
export const stories = (maxAttempts = 2): readonly Story[] => {
  const names = chart.states.map(({ name }) => name);
  const paths = getSimplePaths(chartMachine(maxAttempts), {
    // By default, an event rejected by a guard would count as a transition to the same state.
    events: (state) => names.map((type) => ({ type })).filter((event) => state.can(event)),
    toState: ({ status }) => status === 'done',
  });
  return paths.map(({ steps, state }) => {
    const states = [...steps.map((step) => step.state.value), state.value] as StateName[];
    return makeStory(states.filter((name, at) => name !== states[at - 1]));
  });
};
