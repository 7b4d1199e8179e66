import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { callOf, catalogueOf, fixOf, program, requestOf, temporaryFolder } from './support.ts';

describe('a fix of `fixes.own`', () => {
  it('is found by its name alone, as own:NAME', () => {
    const catalogue = catalogueOf({ own: { restart: { command: ['restart', 'tunnel'] } } });
    expect(catalogue.select('own:restart', callOf())).toMatchObject({
      name: 'own:restart',
      key: 'host:own:restart:default',
      description: 'runs restart tunnel',
    });
    expect(catalogue.select('own:other', callOf())).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'own:other is not configured',
    });
    expect(catalogue.select('own:constructor', callOf())).toMatchObject({ code: 'FIX_NOT_CONFIGURED' });
  });

  it('is for the tools of its entries, the first that matches', () => {
    const own = {
      restart: [
        { tools: 'wiki_*', command: ['a'] },
        { tools: 'mail_*', command: ['b'], target: 'mail' },
      ],
    };
    const select = (tool: string) => catalogueOf({ own }).select('own:restart', callOf({ tool }));
    expect(select('wiki_read')).toMatchObject({ key: 'host:own:restart:default', description: 'runs a' });
    expect(select('mail_read')).toMatchObject({ key: 'host:own:restart:mail', description: 'runs b' });
    expect(select('k8s_get')).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'own:restart is not configured for the tool k8s_get',
    });
  });

  it('has the limits and the identity of every command: only what it does counts for the latter', () => {
    const rulesOf = (more: object) => fixOf('own:a', { own: { a: { command: ['a'], ...more } } }).rules;
    expect(rulesOf({})).toMatchObject({
      mode: 'auto',
      cooldownMs: 30_000,
      budget: { runs: 30, windowMs: 3_600_000 },
      timeoutMs: 30_000,
      scope: 'machine',
      identity: expect.any(String),
    });
    expect(rulesOf({ mode: 'ask', cooldownMs: 1, budget: { runs: 2 } })).toMatchObject({
      mode: 'ask',
      cooldownMs: 1,
      budget: { runs: 2, windowMs: 3_600_000 },
      identity: rulesOf({})?.identity,
    });
    expect(rulesOf({ target: 'x' })?.identity).not.toBe(rulesOf({})?.identity);
    expect(fixOf('own:b', { own: { b: { command: ['a'] } } }).rules?.identity).not.toBe(rulesOf({})?.identity);
    expect(rulesOf({ share: { fleet: 'tunnel' } })).toMatchObject({ scope: 'fleet', whenLost: 'machine' });
  });

  it('runs its command with its name in the environment, and reports a failure', async () => {
    const folder = temporaryFolder();
    const run = (command: string[]) =>
      fixOf('own:restart', { own: { restart: { command } } }, { baseDir: folder }).run(requestOf());
    const shown = await run(program('environment.mjs'));
    expect(shown).toMatchObject({ fix: 'own:restart', status: 'succeeded' });
    expect(shown.output).toContain('own:restart');
    expect(await run(program('ends.mjs', '3'))).toMatchObject({ fix: 'own:restart', status: 'failed' });
  });

  it('is not run if its probe succeeds, and else asks the probe until it does', async () => {
    const folder = temporaryFolder();
    const up = join(folder, 'up');
    const clock = new FakeClock();
    const own = {
      restart: { command: program('ends.mjs'), probe: { command: program('exists.mjs', up) }, timeoutMs: 60_000 },
    };
    const report = fixOf('own:restart', { own }, { clock, baseDir: folder }).run(requestOf());
    await vi.waitFor(() => expect(clock.delays).toContain(250), { timeout: 20_000 });
    writeFileSync(up, '');
    await clock.advance(250);
    expect(await report).toMatchObject({ status: 'succeeded', durationMs: 250 });
    expect(await fixOf('own:restart', { own }, { clock, baseDir: folder }).run(requestOf())).toMatchObject({
      status: 'not_needed',
    });
  });
});
