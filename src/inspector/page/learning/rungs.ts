import type { Rung } from '../api/types.ts';

const order: readonly Rung[] = ['auto', 'ask', 'shadow', 'proposed', 'retired'];

/** The highest first. */
export const rungOrder = (a: Rung, b: Rung): number => order.indexOf(a) - order.indexOf(b);

/** Whether a move gives a lesson more rights. */
export const isUp = (from: Rung, to: Rung): boolean => rungOrder(to, from) < 0;

/** What a lesson on each rung does. */
export const rungWords: Readonly<Record<Rung, string>> = {
  proposed: 'does nothing',
  shadow: 'only records what it would do',
  ask: 'asks a person before each run',
  auto: 'runs without a question',
  retired: 'is not used any more',
};
