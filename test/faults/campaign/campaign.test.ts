import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHealer } from '../../../src/healer/create.ts';
import { diagnoser } from '../../diagnosis/support.ts';
import { compareInProcess, runBare } from './campaign.ts';
import { knownGaps } from './known-gaps.ts';
import type { Kind } from './scenario.ts';
import {
  count,
  healedOfHealable,
  newSecondEffects,
  type Ran,
  requiredPercent,
  tookEffectTwice,
  wronglyFailed,
} from './tally.ts';
import { failedResult } from './tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'healflow-campaign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const twice = (all: Ran['all'], kind: Kind): number =>
  count(all, (result) => result.scenario.kind === kind && tookEffectTwice(result));

describe('calls of tools of several steps', () => {
  it('have no second effect if they may change something, and are healed if they changed nothing', async () => {
    const runs = await compareInProcess({ create: createHealer, folder, count: 600, seed: 20_260_204 });
    const [healflow, cockatiel, keywords] = runs.map(({ all }) => all);
    expect(newSecondEffects(healflow ?? [])).toEqual([]);
    expect(twice(healflow ?? [], 'destructive')).toBe(0);
    expect(wronglyFailed(healflow ?? [])).toEqual([]);
    for (const kind of ['additive', 'unannotated'] as const) {
      expect(healedOfHealable(healflow ?? [], kind)).toBeGreaterThanOrEqual(requiredPercent);
    }
    // The same calls have second effects with retries that look at words or at nothing.
    expect(twice(cockatiel ?? [], 'destructive')).toBeGreaterThan(30);
    expect(twice(keywords ?? [], 'destructive')).toBeGreaterThan(30);
  }, 120_000);
});

describe('a report that is a plain failure although something took effect', () => {
  it('cannot be told from one of nothing, but the config can distrust it', async () => {
    const runs = await runBare({ create: createHealer, folder, count: 60, seed: 20_260_204 });
    const [byDefault, unannotatedStrict, reportsStrict] = runs.map(({ all }) => all);
    expect(twice(byDefault ?? [], 'unannotated')).toBeGreaterThan(0);
    expect(twice(unannotatedStrict ?? [], 'unannotated')).toBe(0);
    expect(twice(reportsStrict ?? [], 'unannotated') + twice(reportsStrict ?? [], 'additive')).toBe(0);
    for (const all of [byDefault, unannotatedStrict, reportsStrict]) expect(twice(all ?? [], 'destructive')).toBe(0);
  }, 120_000);
});

describe('a report that tells of more than a failure', () => {
  // KNOWN GAPS: each of these licenses a second effect. A test that fails here has been repaired: remove it from known-gaps.ts.
  it.fails.each(knownGaps)('does not say that nothing happened: $what', ({ tool, report }) => {
    const value = failedResult(report, true);
    expect(diagnoser.diagnose({ tool, channel: 'isError', value, error: undefined }).delivered).toBe('maybe');
  });
});
