import { createMachine } from 'xstate';
import { chart, type HealingMachine, healingMachine } from '../../machines/index.ts';

/** A machine with one fault. */
export interface Mutant {
  readonly kind: 'redirect' | 'guard' | 'drop';
  /** The fault, in words. */
  readonly fault: string;
  readonly machine: HealingMachine;
}

interface Transition {
  target: string;
  guard?: { type: string };
  actions?: unknown;
}

interface State {
  type?: string;
  entry?: unknown;
  always?: Transition | Transition[];
  invoke?: { onDone?: Transition | Transition[]; onError?: Transition | Transition[] };
}

interface Config {
  initial: string;
  states: Record<string, State>;
}

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const copy = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)])) as T;
};

/** The machine's config, copied, with every transition and action in a list. */
const copyOfConfig = (): Config => {
  const config = copy(healingMachine.config) as unknown as Config;
  for (const state of Object.values(config.states)) {
    const holders: Record<string, unknown>[] = [state as Record<string, unknown>];
    if (state.invoke) holders.push(state.invoke as Record<string, unknown>);
    for (const holder of holders) {
      for (const key of ['always', 'onDone', 'onError']) if (holder[key] !== undefined) holder[key] = list(holder[key]);
    }
    if (state.entry !== undefined) state.entry = list(state.entry);
    for (const transition of transitionsOf(state).flatMap(([, some]) => some)) {
      transition.actions = list(transition.actions);
    }
  }
  return config;
};

const transitionsOf = ({ always, invoke }: State): [name: string, transitions: Transition[]][] => [
  ['always', list(always)],
  ['onDone', list(invoke?.onDone)],
  ['onError', list(invoke?.onError)],
];

const built = (config: Config): HealingMachine =>
  createMachine(
    // A state that always leads back to itself would never come to rest.
    { ...config, options: { maxIterations: 100 } } as unknown as Parameters<typeof createMachine>[0],
    healingMachine.implementations as Parameters<typeof createMachine>[1],
  ) as unknown as HealingMachine;

const mutant = (kind: Mutant['kind'], fault: string, edit: (config: Config) => void): Mutant => {
  const config = copyOfConfig();
  edit(config);
  return { kind, fault, machine: built(config) };
};

/** The unharmed machine, built the same way. */
export const unharmed = (): HealingMachine => built(copyOfConfig());

const names = chart.states.map(({ name }) => name);

/** The faults of one transition, found again in each copy by its place. */
const transitionMutants = (name: string, slot: string, index: number, transition: Transition): Mutant[] => {
  const place = `${name}.${slot}[${index}]`;
  const found = (config: Config): Transition[] =>
    transitionsOf(config.states[name] as State).find(([one]) => one === slot)?.[1] ?? [];
  const at = (config: Config): Transition => found(config)[index] as Transition;
  const redirects = names
    .filter((target) => target !== transition.target)
    .map((target) =>
      mutant('redirect', `${place} leads to ${target}, not ${transition.target}`, (config) => {
        at(config).target = target;
      }),
    );
  const guards = transition.guard
    ? [
        mutant('guard', `${place} has lost its guard`, (config) => {
          delete at(config).guard;
        }),
      ]
    : [];
  const actions = list(transition.actions).map((action, position) =>
    mutant('drop', `${place} has lost its action ${(action as { type: string }).type}`, (config) => {
      (at(config).actions as unknown[]).splice(position, 1);
    }),
  );
  const drop = mutant('drop', `${place} is gone`, (config) => void found(config).splice(index, 1));
  return [...redirects, ...guards, ...actions, drop];
};

/** Every machine that differs from the real one by one arrow, guard, action or handler. */
export const mutants = (): Mutant[] => {
  const config = copyOfConfig();
  return [
    ...names
      .filter((name) => name !== config.initial)
      .map((name) =>
        mutant('redirect', `[*] leads to ${name}, not ${config.initial}`, (one) => {
          one.initial = name;
        }),
      ),
    ...Object.entries(config.states).flatMap(([name, state]) =>
      transitionsOf(state).flatMap(([slot, transitions]) =>
        transitions.flatMap((transition, index) => transitionMutants(name, slot, index, transition)),
      ),
    ),
    ...Object.entries(config.states)
      .filter(([, { invoke }]) => invoke)
      .map(([name]) =>
        mutant('drop', `${name} has lost its onError`, (one) => {
          delete one.states[name]?.invoke?.onError;
        }),
      ),
    mutant('drop', 'Logging has lost its log', (one) => {
      delete one.states.Logging?.entry;
    }),
    mutant('drop', 'Logging is not final', (one) => {
      delete one.states.Logging?.type;
    }),
  ];
};
