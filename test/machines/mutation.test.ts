import { describe, expect, it } from 'vitest';
import { chart, type HealingMachine } from '../../machines/index.ts';
import { walks } from './model.ts';
import { mutants, unharmed } from './mutants.ts';
import { stories } from './stories.ts';
import { structureDifferences } from './structure.ts';
import { tell } from './tell.ts';

// The short ones first: most faults show there.
const paths = walks(3).sort((one, other) => one.arrows.length - other.arrows.length);

/** What the model-based test says of a machine: whether it leaves a path. */
const strays = async (machine: HealingMachine): Promise<boolean> => {
  for (const { take } of paths) {
    const kept = await take(machine).then(
      () => true,
      () => false,
    );
    if (!kept) return true;
  }
  return false;
};

/** What the stories say of a machine: whether one goes otherwise. */
const misbehaves = async (machine: HealingMachine): Promise<boolean> => {
  for (const story of stories) if ((await tell(machine, story)).length > 0) return true;
  return false;
};

describe('a machine with a fault', () => {
  it('is reported apart from the unharmed one, which every test lets pass', async () => {
    expect(structureDifferences(unharmed(), chart)).toEqual([]);
    expect(await strays(unharmed())).toBe(false);
    expect(await misbehaves(unharmed())).toBe(false);
  });

  const all = mutants();
  const redirects = all.filter(({ kind }) => kind === 'redirect');

  it('is any of the redirects of the 18 transitions to the eight wrong states, and more', () => {
    expect(redirects).toHaveLength(18 * 8);
    expect(all.length).toBeGreaterThan(190);
  });

  it.each(redirects)('is killed by the model-based test: $fault', async ({ machine }) => {
    expect(await strays(machine)).toBe(true);
  });

  it.each(all)('is killed by the stories: $fault', async ({ machine }) => {
    expect(await misbehaves(machine)).toBe(true);
  });

  it('is mostly seen by the structure test already', () => {
    const seen = redirects.filter(({ machine }) => structureDifferences(machine, chart).length > 0);
    expect(seen.length).toBeGreaterThan(redirects.length / 2);
  });
});
