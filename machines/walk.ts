import type { HealingContext, HealingMachine } from './healing.ts';
import type { ServiceCall } from './service.ts';
import type { HealingInput, HealingOutput } from './services.ts';

/** What happened last: a service's end. The names are those of XState's events. */
interface Event {
  readonly output?: unknown;
  readonly error?: unknown;
}

interface Moment {
  readonly context: HealingContext;
  readonly event: Event;
}

type Params = ((moment: Moment) => unknown) | object | undefined;

interface NamedPart {
  readonly type: string;
  readonly params?: Params;
}

interface MoveConfig {
  readonly target?: string;
  readonly guard?: NamedPart;
  readonly actions?: NamedPart | readonly NamedPart[];
}

interface StateConfig {
  readonly type?: 'final';
  readonly entry?: NamedPart | readonly NamedPart[];
  readonly always?: MoveConfig | readonly MoveConfig[];
  readonly invoke?: {
    readonly src: string;
    readonly input: (moment: Pick<Moment, 'context'>) => unknown;
    readonly onDone?: MoveConfig | readonly MoveConfig[];
    readonly onError?: MoveConfig | readonly MoveConfig[];
  };
}

/** A part of the machine's config that is walked as it stands there. */
interface Chart {
  readonly initial: string;
  readonly states: Readonly<Record<string, StateConfig>>;
  readonly context: (given: { readonly input: HealingInput }) => HealingContext;
  readonly output: (moment: Moment) => HealingOutput;
}

type Act = (moment: Moment) => HealingContext;
type Service = (call: ServiceCall<unknown>) => unknown;

interface Move {
  readonly target: string;
  readonly enabled: (moment: Moment) => boolean;
  readonly actions: readonly Act[];
}

interface State {
  readonly isFinal: boolean;
  readonly entry: readonly Act[];
  readonly always: readonly Move[];
  readonly service: Service | undefined;
  readonly input: (moment: Pick<Moment, 'context'>) => unknown;
  readonly onDone: readonly Move[];
  readonly onError: readonly Move[];
}

/** Brings one run from its begin to its end. `step` is told of every arrow. */
export type Walk = (input: HealingInput, step?: (from: string, to: string) => void) => Promise<HealingOutput>;

const known = {
  state: ['type', 'description', 'entry', 'always', 'invoke'],
  move: ['target', 'guard', 'actions'],
  invoke: ['id', 'src', 'input', 'onDone', 'onError'],
  named: ['type', 'params'],
} as const;

const list = <T>(some: T | readonly T[] | undefined): readonly T[] =>
  some === undefined ? [] : Array.isArray(some) ? (some as readonly T[]) : [some as T];

const only = (kind: keyof typeof known, part: object): void => {
  const strange = Object.keys(part).find((key) => !(known[kind] as readonly string[]).includes(key));
  if (strange !== undefined) throw new TypeError(`the walk knows no ${kind} with \`${strange}\``);
};

const present = <T>(part: T | undefined, what: string): T => {
  if (part === undefined) throw new TypeError(`the walk finds no ${what}`);
  return part;
};

const paramsOf = (params: Params): ((moment: Moment) => unknown) =>
  typeof params === 'function' ? (params as (moment: Moment) => unknown) : () => params;

const unchanged: Move['enabled'] = () => true;

/** The call of a service that nobody can stop. */
class Call implements ServiceCall<unknown> {
  readonly input: unknown;
  readonly #never = new AbortController();

  constructor(input: unknown) {
    this.input = input;
  }

  get signal(): AbortSignal {
    return this.#never.signal;
  }
}

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const choose = (moves: readonly Move[], moment: Moment): Move | undefined => {
  for (const move of moves) if (move.enabled(moment)) return move;
  return undefined;
};

/** Reads the chart of a machine. Throws where something stands there that a walk does not know. */
const read = (machine: HealingMachine) => {
  const { guards, actions, actors } = machine.implementations as unknown as Record<
    'guards' | 'actions' | 'actors',
    Readonly<Record<string, ((...given: unknown[]) => unknown) & { assignment?: unknown; resolve?: unknown }>>
  >;
  const chart = machine.config as unknown as Chart;
  const act = (part: NamedPart): Act => {
    only('named', part);
    const action = present(actions[part.type], part.type);
    const params = paramsOf(part.params);
    const { assignment, resolve } = action;
    if (typeof assignment === 'function') {
      return (moment) => Object.assign({}, moment.context, assignment(moment, params(moment)));
    }
    // Another of XState's own actions.
    if (resolve !== undefined) throw new TypeError(`the walk does not know the action ${part.type}`);
    return (moment) => {
      action(moment, params(moment));
      return moment.context;
    };
  };
  const move = (config: MoveConfig): Move => {
    only('move', config);
    const target = present(config.target, 'target');
    const actionsOf = list(config.actions).map(act);
    if (config.guard === undefined) return { target, enabled: unchanged, actions: actionsOf };
    only('named', config.guard);
    const guard = present(guards[config.guard.type], config.guard.type);
    const params = paramsOf(config.guard.params);
    return { target, enabled: (moment) => guard(moment, params(moment)) === true, actions: actionsOf };
  };
  const state = (name: string, config: StateConfig): State => {
    only('state', config);
    if (list(config.always).some(({ target }) => target === name)) throw new TypeError(`${name} leads to itself`);
    if (config.invoke !== undefined) only('invoke', config.invoke);
    const { src, input = () => undefined, onDone, onError } = config.invoke ?? {};
    return {
      isFinal: config.type === 'final',
      entry: list(config.entry).map(act),
      always: list(config.always).map(move),
      service: src === undefined ? undefined : present((actors[src] as { run?: Service } | undefined)?.run, src),
      input,
      onDone: list(onDone).map(move),
      onError: list(onError).map(move),
    };
  };
  const states = new Map(Object.entries(chart.states).map(([name, config]) => [name, state(name, config)]));
  return { initial: chart.initial, states, context: chart.context, output: chart.output };
};

/**
 * Makes a function that walks the chart of a machine as an actor of it does: the same states, guards, actions and
 * services in the same order. It is for runs that nobody watches: actors, four of them for the services alone, take
 * fifteen times as long and leave 30 KB for the garbage collector.
 *
 * Undefined where the machine has something that a walk does not know, or services that are not of `fromService`.
 */
export const walkOf = (machine: HealingMachine): Walk | undefined => {
  let chart: ReturnType<typeof read>;
  try {
    chart = read(machine);
  } catch {
    return undefined;
  }
  return async (input, step) => {
    let name = chart.initial;
    let context = chart.context({ input });
    let event: Event = {};
    step?.('[*]', name);
    for (;;) {
      const state = present(chart.states.get(name), name);
      for (const act of state.entry) context = act({ context, event });
      if (state.isFinal) break;
      let next = choose(state.always, { context, event });
      if (next === undefined) {
        if (state.service === undefined) throw new Error(`nothing leads out of the state ${name}`);
        const call = new Call(state.input({ context }));
        let moves = state.onDone;
        try {
          const output = state.service(call);
          event = { output: isPromiseLike(output) ? await output : output };
        } catch (error) {
          event = { error };
          moves = state.onError;
        }
        next = choose(moves, { context, event });
        if (next === undefined) {
          if ('error' in event) throw event.error;
          throw new Error(`the state ${name} does not know what comes next`);
        }
      }
      for (const act of next.actions) context = act({ context, event });
      step?.(name, next.target);
      name = next.target;
    }
    step?.(name, '[*]');
    return chart.output({ context, event });
  };
};
