import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../src/event-log/index.ts';
import { createHealer } from '../../src/index.ts';
import type { FunctionEntry } from '../../src/runner/function.ts';
import { FakeClock } from '../support/fake-clock.ts';

const unauthorized = () => Promise.reject(new Error('401 Unauthorized'));

const healerWith = async (entry: Partial<FunctionEntry> = {}) => {
  const cwd = mkdtempSync(join(tmpdir(), 'healflow-healer-'));
  const clock = new FakeClock();
  let logins = 0;
  const run = async () => {
    // It takes some time, as any fix does.
    await clock.advance(1);
    logins += 1;
  };
  const healer = await createHealer({ cwd, clock, fixes: { token_refresh: { run, ...entry } } });
  const refusals = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const { refusal } of readEvents(join(cwd, 'memory'))) found.push(refusal);
    return found;
  };
  return { healer, clock, refusals, logins: () => logins };
};

describe('a tool that always answers 401, though the login succeeds', () => {
  it('leads to one login per cool-down; every other call ends at once, and the log says why', async () => {
    const { healer, clock, refusals, logins } = await healerWith();
    expect(await healer.runOutcome('tool', unauthorized)).toMatchObject({
      attempts: 2,
      refusal: { code: 'FIX_USED_UP' },
    });
    for (const _ of [1, 2, 3]) {
      await clock.advance(9_000);
      // Decided while the failure is analysed: no fix is begun, nothing is waited for.
      expect(await healer.runOutcome('tool', unauthorized)).toMatchObject({
        attempts: 1,
        fixes: [],
        durationMs: 0,
        refusal: { code: 'FIX_COOLING_DOWN' },
      });
    }
    await clock.advance(3_000);
    await healer.runOutcome('tool', unauthorized);
    expect(logins()).toBe(2);
    expect(await refusals()).toEqual([
      'FIX_USED_UP',
      'FIX_COOLING_DOWN',
      'FIX_COOLING_DOWN',
      'FIX_COOLING_DOWN',
      'FIX_USED_UP',
    ]);
  });
});

describe('a thousand calls that meet one expired token', () => {
  it('lead to one refresh, and are all healed', async () => {
    const { healer, logins } = await healerWith();
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () => healer.runOutcome('tool', () => (logins() === 0 ? unauthorized() : 'fine'))),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['healed']));
    expect(logins()).toBe(1);
  });
});

describe('a call that has only been repeated since another run had fixed it', () => {
  it('still gets a run of the fix when it fails again', async () => {
    const { healer, clock, logins } = await healerWith({ cooldownMs: 0 });
    let fail = (_: Error): void => {};
    const slow = healer.runOutcome('tool', ({ attempt }) => {
      if (attempt === 1) {
        return new Promise<string>((_, reject) => {
          fail = reject;
        });
      }
      return attempt === 2 ? unauthorized() : 'fine';
    });
    await clock.advance(10);
    expect(await healer.runOutcome('tool', ({ attempt }) => (attempt === 1 ? unauthorized() : 'fine'))).toMatchObject({
      status: 'healed',
    });
    await clock.advance(10);
    fail(new Error('401 Unauthorized'));
    expect(await slow).toMatchObject({
      status: 'healed',
      attempts: 3,
      fixes: [{ status: 'not_needed', code: 'ALREADY_FIXED' }, { status: 'succeeded' }],
    });
    expect(logins()).toBe(2);
  });
});

describe('a dry run', () => {
  it('is diagnosed and logged, and nothing is done or repeated', async () => {
    const { healer, refusals, logins } = await healerWith({ mode: 'dry-run' });
    expect(await healer.runOutcome('tool', unauthorized)).toMatchObject({
      attempts: 1,
      diagnosis: { class: 'auth' },
      fixes: [
        { status: 'refused', code: 'DRY_RUN', reason: 'dry run, nothing was done: calls a function of the program' },
      ],
      refusal: { code: 'DRY_RUN' },
    });
    expect(logins()).toBe(0);
    expect(await refusals()).toEqual(['DRY_RUN']);
  });
});
