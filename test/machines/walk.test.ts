import { describe, expect, it } from 'vitest';
import { assign, createMachine, fromPromise, raise } from 'xstate';
import { fromService, type HealingMachine, healingMachine } from '../../machines/index.ts';
import { walkOf } from '../../machines/walk.ts';
import { provideServices, type ServiceParts } from '../../src/healer/services.ts';
import { unharmed } from './mutants.ts';

const services = {
  attemptTool: fromService(() => Promise.reject(new Error('not called'))),
  analyze: fromService(() => Promise.reject(new Error('not called'))),
  applyFix: fromService(() => Promise.reject(new Error('not called'))),
} as never;
const provided = healingMachine.provide({ actors: services });

/** The machine with another config. */
const withConfig = (change: (config: { states: Record<string, Record<string, unknown>> }) => void): HealingMachine => {
  const config = { ...provided.config, states: { ...provided.config.states } };
  change(config as never);
  return createMachine(config as never, provided.implementations as never) as unknown as HealingMachine;
};

describe('walkOf', () => {
  it('walks the machine as a healer provides it', () => {
    expect(walkOf(provideServices({} as ServiceParts))).toBeTypeOf('function');
  });

  it('walks the machine with services of fromService, also where transitions stand in lists', () => {
    expect(walkOf(provided)).toBeTypeOf('function');
    expect(walkOf(unharmed().provide({ actors: services }))).toBeTypeOf('function');
  });

  it.each<[string, HealingMachine]>([
    ['services of another kind', healingMachine],
    [
      'one service of another kind',
      provided.provide({ actors: { analyze: fromPromise(() => Promise.reject(new Error('not called'))) } }),
    ],
    [
      'delayed transitions',
      withConfig(({ states }) => {
        states.Retrying = { ...states.Retrying, after: { 10: 'NoFix' } };
      }),
    ],
    [
      'exit actions',
      withConfig(({ states }) => {
        states.Retrying = { ...states.Retrying, exit: { type: 'log' } };
      }),
    ],
    [
      'actions that stand in line',
      withConfig(({ states }) => {
        states.NoFix = { always: { target: 'Logging', actions: () => {} } };
      }),
    ],
    [
      'a state that leads to itself',
      withConfig(({ states }) => {
        states.NoFix = { always: { target: 'NoFix' } };
      }),
    ],
    ['assignments by property', provided.provide({ actions: { recordFix: assign({ attempt: 7 }) } as never })],
    ['other actions of XState', provided.provide({ actions: { log: raise({ type: 'again' } as never) } as never })],
  ])('leaves a machine with %s to actors', (_, machine) => {
    expect(walkOf(machine)).toBeUndefined();
  });
});
