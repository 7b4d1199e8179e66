import { describe, expect, it } from 'vitest';
import { chart, healingMachine } from '../../machines/index.ts';
import { walks } from './model.ts';
import { chartArrows } from './structure.ts';

const added = 'Retrying → ErrorDetected';
const visited = (all: readonly { readonly arrows: readonly string[] }[]) => [
  ...new Set(all.flatMap(({ arrows }) => arrows)),
];

describe.each([1, 2, 3])('healingMachine with %i attempts, driven along the paths of the model', (maxAttempts) => {
  const all = walks(maxAttempts);

  it.each(all)('$description', async ({ take }) => {
    await expect(take(healingMachine)).resolves.toBeUndefined();
  });
});

describe('the paths of the model', () => {
  it('ride every arrow with three attempts', () => {
    expect(visited(walks(3)).sort()).toEqual(chartArrows(chart));
  });

  it('ride the fourteen documented arrows and no other with two attempts', () => {
    const documented = chartArrows({ arrows: chart.arrows.filter((arrow) => !arrow.added) });
    expect(documented).toHaveLength(14);
    expect(visited(walks(2)).sort()).toEqual(documented);
  });

  it('visit all nine states', () => {
    const states = new Set(visited(walks(2)).flatMap((arrow) => arrow.split(' → ')));
    expect([...states].filter((name) => name !== '[*]').sort()).toEqual(chart.states.map(({ name }) => name).sort());
  });

  it('ride the added arrow at most once with three attempts', () => {
    const rides = walks(3).map(({ arrows }) => arrows.filter((arrow) => arrow === added).length);
    expect(Math.max(...rides)).toBe(1);
  });
});
