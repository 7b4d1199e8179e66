import { describe, expect, it } from 'vitest';
import { chart, healingMachine } from '../../machines/index.ts';
import { chartArrows, machineArrows, structureDifferences } from './structure.ts';

const documentedStates = [
  'Executing',
  'ErrorDetected',
  'Analyzing',
  'FixAvailable',
  'ApplyingFix',
  'Retrying',
  'Success',
  'NoFix',
  'Logging',
];

const documentedArrows = [
  '[*] → Executing',
  'Executing → Success',
  'Executing → ErrorDetected',
  'ErrorDetected → Analyzing',
  'Analyzing → FixAvailable',
  'Analyzing → NoFix',
  'FixAvailable → ApplyingFix',
  'ApplyingFix → Retrying',
  'ApplyingFix → NoFix',
  'Retrying → Success',
  'Retrying → NoFix',
  'Success → Logging',
  'NoFix → Logging',
  'Logging → [*]',
];

describe('the chart', () => {
  it('has the nine documented states', () => {
    expect(chart.states.map(({ name }) => name)).toEqual(documentedStates);
  });

  it('has the fourteen documented arrows and one that is marked as added', () => {
    const documented = chart.arrows.filter(({ added }) => !added);
    const added = chart.arrows.filter((arrow) => arrow.added);
    expect(chartArrows({ arrows: documented })).toEqual([...documentedArrows].sort());
    expect(chartArrows({ arrows: added })).toEqual(['Retrying → ErrorDetected']);
  });

  it('cannot be changed', () => {
    const all = [chart, chart.states, chart.arrows, ...chart.states, ...chart.arrows];
    const points = chart.arrows.flatMap((arrow) => [arrow.labelAt, arrow.points, ...arrow.points]);
    expect([...all, ...points].every(Object.isFrozen)).toBe(true);
  });

  it('lays no state over another', () => {
    for (const one of chart.states) {
      for (const other of chart.states.filter((state) => state !== one)) {
        const apart = Math.abs(one.x - other.x) >= one.width || Math.abs(one.y - other.y) >= one.height;
        expect(apart, `${one.name} and ${other.name}`).toBe(true);
      }
    }
  });

  it('begins and ends every arrow at the edges of its states', () => {
    const onEdge = (name: string, point: readonly [number, number] | undefined) => {
      const state = chart.states.find((one) => one.name === name);
      if (!state || !point) return name === '[*]';
      const [left, up] = [point[0] - state.x, point[1] - state.y];
      const across = left >= 0 && left <= state.width && (up === 0 || up === state.height);
      return across || (up >= 0 && up <= state.height && (left === 0 || left === state.width));
    };
    for (const { from, to, points } of chart.arrows) {
      expect(onEdge(from, points[0]) && onEdge(to, points.at(-1)), `${from} → ${to}`).toBe(true);
    }
  });
});

describe('healingMachine', () => {
  it('has the states and arrows of the chart, and no invoke without an onError', () => {
    expect(structureDifferences(healingMachine, chart)).toEqual([]);
  });

  it('has the fourteen documented arrows and the added one', () => {
    expect(machineArrows(healingMachine)).toEqual([...documentedArrows, 'Retrying → ErrorDetected'].sort());
  });

  it('is of the kinds that the chart shows: services invoke, transient states are left at once, Logging is final', () => {
    const kinds = Object.entries(healingMachine.root.states).map(([name, { invoke, always, type }]) => {
      const kind = type === 'final' ? 'final' : always?.length === 1 && !always[0]?.guard ? 'transient' : '';
      return [name, invoke.length === 1 ? 'service' : kind];
    });
    expect(kinds).toEqual(chart.states.map(({ name, kind }) => [name, kind]));
  });

  it('names its invokes by what they do', () => {
    const ids = Object.values(healingMachine.root.states).flatMap(({ invoke }) => invoke.map(({ id }) => id));
    expect(ids).toEqual(['execute', 'analyze', 'fix', 'retry']);
  });
});
