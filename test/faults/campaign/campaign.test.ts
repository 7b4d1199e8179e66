import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHealer } from '../../../src/healer/create.ts';
import { diagnoser } from '../../diagnosis/support.ts';
import { compareInProcess, runBare } from './campaign.ts';
import type { Kind } from './scenario.ts';
import {
  count,
  healedOfHealable,
  nameOf,
  type Ran,
  requiredPercent,
  secondEffects,
  tookEffectTwice,
  wronglyFailed,
} from './tally.ts';
import { failedResult } from './tool.ts';
import type { Report } from './wordings.ts';

const folder = mkdtempSync(join(tmpdir(), 'healflow-campaign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const twice = (all: Ran['all'], kind: Kind): number =>
  count(all, (result) => result.scenario.kind === kind && tookEffectTwice(result));

describe('calls of tools of several steps', () => {
  it('have no second effect if they may change something, and are healed if they changed nothing', async () => {
    const runs = await compareInProcess({ create: createHealer, folder, count: 600, seed: 20_260_204 });
    const [healflow, cockatiel, keywords] = runs.map(({ all }) => all);
    expect(secondEffects(healflow ?? []).map(({ scenario }) => nameOf(scenario))).toEqual([]);
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
  it.each<[string, string, Report]>([
    ['a number of steps in brackets', 'copy_file', { text: '[2/3] connect ECONNREFUSED 10.0.0.1:443' }],
    ['what was done to a user', 'delete_user', { text: 'User deleted. Connection refused' }],
    [
      'the id of an incident that the tool works on',
      'close_incident',
      { text: 'Connection refused', members: { incident_id: 7_963 } },
    ],
    [
      'another step, in a synonym of what the tool does',
      'write_row',
      { text: 'Failed to insert record: fetch failed', because: 'connect ECONNREFUSED 10.0.0.1:443' },
    ],
    [
      'another step, in words that failures of a connection or a login have too',
      'merge_branch',
      { text: 'Failed to disable account: HTTP 429 Too Many Requests', status: 429 },
    ],
  ])('does not say that nothing happened: %s', (_, tool, report) => {
    const value = failedResult(report, true);
    expect(diagnoser.diagnose({ tool, channel: 'isError', value, error: undefined }).delivered).toBe('maybe');
  });
});
