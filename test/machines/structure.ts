import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { Chart } from '../../machines/index.ts';

export const arrow = (from: string, to: string): string => `${from} → ${to}`;

export const chartArrows = ({ arrows }: Pick<Chart, 'arrows'>): string[] =>
  arrows.map(({ from, to }) => arrow(from, to)).sort();

const targets = (from: string, { target }: AnyTransitionDefinition): string[] =>
  (target ?? []).map(({ key }) => arrow(from, key));

/** The arrows of a machine, each once, as its own state nodes tell them. */
export const machineArrows = ({ root }: AnyStateMachine): string[] => {
  const arrows = root.initial.target.map(({ key }) => arrow('[*]', key));
  for (const [name, node] of Object.entries(root.states)) {
    for (const transition of [...node.transitions.values()].flat()) arrows.push(...targets(name, transition));
    for (const transition of node.always ?? []) arrows.push(...targets(name, transition));
    if (node.type === 'final') arrows.push(arrow(name, '[*]'));
  }
  return [...new Set(arrows)].sort();
};

const missingFrom = (some: readonly string[], others: readonly string[], says: string): string[] =>
  some.filter((one) => !others.includes(one)).map((one) => `${says}: ${one}`);

/** What a machine's structure has more or less than a chart's; empty where they are equal. */
export const structureDifferences = (machine: AnyStateMachine, chart: Chart): string[] => {
  const inChart = chart.states.map(({ name, description }) => `${name}: ${description}`);
  const inMachine = Object.entries(machine.root.states).map(([name, node]) => `${name}: ${node.description}`);
  const invokes = Object.values(machine.root.states).flatMap((node) => node.invoke.map(({ id }) => ({ id, node })));
  return [
    ...missingFrom(inMachine, inChart, 'state only in the machine'),
    ...missingFrom(inChart, inMachine, 'state only in the chart'),
    ...missingFrom(machineArrows(machine), chartArrows(chart), 'arrow only in the machine'),
    ...missingFrom(chartArrows(chart), machineArrows(machine), 'arrow only in the chart'),
    ...invokes
      .filter(({ id, node }) => !node.transitions.has(`xstate.error.actor.${id}`))
      .map(({ id }) => `invoke without onError: ${id}`),
  ];
};
