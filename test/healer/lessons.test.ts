import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createHealer, type HealerOptions } from '../../src/index.ts';
import { triedDigest } from '../../src/learning/lesson.ts';
import { moveLesson, type ProposedLesson, readLesson } from '../../src/learning/lesson-file.ts';
import type { Rung, Trial } from '../../src/learning/model.ts';
import { readRepairs } from '../../src/learning/read-repairs.ts';
import { approvalsBeside, lessonAt, proposed, redact } from '../learning/lessons.ts';

/** A program of the test that appends to a file and ends with what another file says. */
const repairIn = (folder: string): string => {
  const path = join(folder, 'repair');
  writeFileSync(
    path,
    `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(join(folder, 'ran'))}, process.argv.slice(2).join(' ') + '\\n');
process.exitCode = fs.existsSync(${JSON.stringify(join(folder, 'broken'))}) ? 1 : 0;
`,
  );
  chmodSync(path, 0o755);
  return path;
};

const readRan = (folder: string): string[] => {
  try {
    return readFileSync(join(folder, 'ran'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

interface Site {
  readonly folder: string;
  readonly lessons: string;
  readonly warnings: string[];
  /** Calls a tool that fails this many times first. */
  readonly call: (failures: number, more?: { error?: string; tool?: string; readOnly?: boolean }) => Promise<string>;
  readonly trials: () => Promise<Trial[]>;
  readonly close: () => Promise<void>;
}

const siteWith = async (
  rung: Rung | undefined,
  {
    lesson = {},
    config = {},
    listed = true,
    options = {},
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-lessons-'))),
  }: {
    folder?: string;
    lesson?: Parameters<typeof proposed>[0];
    config?: NonNullable<HealerOptions['config']>;
    listed?: boolean;
    options?: Partial<HealerOptions>;
  } = {},
): Promise<Site> => {
  const program = repairIn(folder);
  const lessons = join(folder, 'lessons');
  const content: ProposedLesson = proposed({ fix: { run: [program, 'alpha'], timeoutMs: 20_000 }, ...lesson });
  if (rung !== undefined) await lessonAt(lessons, 'tunnel', rung, content);
  const warnings: string[] = [];
  const healer = await createHealer({
    cwd: folder,
    memoryDir: folder,
    env: { PATH: process.env.PATH, HEALFLOW_STATE_DIR: join(folder, 'state') },
    warn: (message) => warnings.push(message),
    config: {
      learn: { programs: listed ? [program] : [], control: 0 },
      fixes: { own: { restart: { command: [program, 'own'], cooldownMs: 0 } }, retry_backoff: false },
      ...config,
    },
    ...options,
  });
  return {
    folder,
    lessons,
    warnings,
    call: async (failures, { error = 'error: tunnel alpha is stuck', tool = 'db_query', readOnly = true } = {}) => {
      let calls = 0;
      const task = () => {
        calls += 1;
        if (calls <= failures) throw new Error(error);
        return 'rows';
      };
      const { status } = await healer.runOutcome(tool, task, {
        args: { q: 1 },
        annotations: { readOnlyHint: readOnly },
      });
      return `${status} after ${calls}`;
    },
    trials: async () => {
      await healer.close();
      const found: Trial[] = [];
      for await (const record of readRepairs(folder)) if (record.kind === 'trial') found.push(record);
      return found;
    },
    close: () => healer.close(),
  };
};

describe('a lesson', () => {
  it('does nothing while it is proposed, edited or retired', async () => {
    const site = await siteWith('proposed');
    await lessonAt(site.lessons, 'edited', 'auto', proposed({ fix: { run: [join(site.folder, 'repair')] } as never }));
    const path = join(site.lessons, 'edited.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('is stuck', 'is stuc.'));
    expect(await site.call(1)).toBe('failed after 1');
    expect(await site.call(1)).toBe('failed after 1');
    expect(site.warnings).toEqual([
      'the lesson edited: it was changed after it was approved for `auto`, so it counts as `proposed`',
    ]);
    expect(readRan(site.folder)).toEqual([]);
    expect(await site.trials()).toEqual([]);
  });

  it('only records in the shadow what it would have done, and whether that was needed', async () => {
    const needed = await siteWith('shadow');
    expect(await needed.call(5)).toBe('failed after 1');
    expect(await needed.call(5)).toBe('failed after 1');
    expect(await needed.trials()).toMatchObject([
      {
        lesson: 'tunnel',
        mode: 'shadow',
        after: 'unknown',
        tool: 'db_query',
        sig: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ]);
    const needless = await siteWith('shadow', {
      config: {
        fixes: { retry_backoff: { baseMs: 1 } },
        learn: { control: 0 },
      },
    });
    expect(await needless.call(1, { error: 'connect ECONNREFUSED: tunnel alpha is stuck' })).toMatch('healed after 2');
    expect(await needless.trials()).toMatchObject([{ mode: 'shadow', after: 'succeeded', needless: true }]);
    expect([...readRan(needed.folder), ...readRan(needless.folder)]).toEqual([]);
  });

  it('asks a person before it runs at the rung `ask`, and does not run without', async () => {
    const silent = await siteWith('ask');
    expect(await silent.call(1)).toBe('failed after 1');
    expect(readRan(silent.folder)).toEqual([]);
    expect(await silent.trials()).toEqual([]);
    const approve = vi.fn(() => true);
    const asked = await siteWith('ask', { options: { approve } });
    expect(await asked.call(1)).toBe('healed after 2');
    expect(approve).toHaveBeenCalledWith(expect.objectContaining({ fix: 'lesson:tunnel', tool: 'db_query' }));
    expect(readRan(asked.folder)).toEqual(['alpha']);
    expect(await asked.trials()).toMatchObject([{ mode: 'run', after: 'succeeded' }]);
  });

  it('heals by itself at the rung `auto`, is logged by its name, and holds to its cool-down', async () => {
    const site = await siteWith('auto');
    expect(await site.call(1)).toBe('healed after 2');
    expect(await site.call(1)).toBe('failed after 1');
    expect(readRan(site.folder)).toEqual(['alpha']);
    expect(await site.trials()).toMatchObject([{ lesson: 'tunnel', mode: 'run', after: 'succeeded' }]);
    const log = readFileSync(join(site.folder, 'learned', 'tool_fixes.yaml'), 'utf8');
    expect(log).toContain('fix_applied: "lesson:tunnel"');
    expect(log).toContain('FIX_COOLING_DOWN');
  });

  it('runs a configured fix under its own name, with its mode at the least', async () => {
    const site = await siteWith('auto', { lesson: { fix: { use: 'own:restart' } } });
    expect(await site.call(1)).toBe('healed after 2');
    expect(readRan(site.folder)).toEqual(['own']);
    await site.close();
    const missing = await siteWith('auto', { lesson: { fix: { use: 'own:other' } } });
    expect(await missing.call(1)).toBe('failed after 1');
    expect(await missing.trials()).toEqual([]);
  });

  it('does not run a program that the configuration does not list', async () => {
    const site = await siteWith('auto', { listed: false });
    expect(await site.call(1)).toBe('failed after 1');
    expect(readRan(site.folder)).toEqual([]);
    await site.close();
    expect(readFileSync(join(site.folder, 'learned', 'tool_fixes.yaml'), 'utf8')).toContain(
      'is not in `learn.programs`',
    );
  });

  it.each([
    ['of another tool', { tool: 'wiki' }],
    ['that is another failure', { error: 'error: tunnel alpha is open' }],
    ['of the caller', { error: 'Error: invalid arguments: tunnel alpha is stuck' }],
    ['of a missing permission', { error: '403 Forbidden: tunnel alpha is stuck' }],
  ])('is not for a failure %s', async (_, more) => {
    const site = await siteWith('auto', { lesson: { tools: ['db_*'] } });
    expect(await site.call(1, more)).toMatch(/^(failed|unknown) after 1$/);
    expect(readRan(site.folder)).toEqual([]);
    await site.close();
  });

  it('comes after a pattern of the user', async () => {
    const patterns = [{ id: 'mine', class: 'network' as const, text: 'is stuck', fix: ['own:restart' as const] }];
    const site = await siteWith('auto', { config: { patterns, fixes: { own: { restart: { command: ['false'] } } } } });
    expect(await site.call(1)).toBe('failed after 1');
    expect(readRan(site.folder)).toEqual([]);
    await site.close();
  });

  it('repairs for later calls, but licenses no retry of a call that may have taken effect', async () => {
    const site = await siteWith('auto');
    expect(await site.call(1, { readOnly: false })).toBe('unknown after 1');
    expect(readRan(site.folder)).toEqual(['alpha']);
    expect(await site.trials()).toMatchObject([{ mode: 'run', after: 'unknown' }]);
  });

  it('runs for what would be rejected again without it, if the tool only reads', async () => {
    const site = await siteWith('auto');
    const error = 'error: tunnel alpha is stuck: No such file or directory';
    expect(await site.call(1, { error, readOnly: false })).toBe('unknown after 1');
    expect(readRan(site.folder)).toEqual([]);
    expect(await site.call(1, { error })).toBe('healed after 2');
    expect(readRan(site.folder)).toEqual(['alpha']);
    expect(await site.trials()).toMatchObject([{ mode: 'run', after: 'succeeded' }]);
  });

  it('is taken up with a failure a moment later, and given up with the next, without a restart', async () => {
    let ahead = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
    const site = await siteWith(undefined, { options: { clock } });
    expect(await site.call(1)).toBe('failed after 1');
    ahead += 100;
    await lessonAt(site.lessons, 'tunnel', 'auto', proposed({ fix: { use: 'own:restart' } }));
    expect(await site.call(1)).toBe('healed after 2');
    const retired = { to: 'retired', by: 'Ada', at: 0, reason: 'not used any more' } as const;
    await moveLesson(site.lessons, 'tunnel', retired, { redact, approvals: approvalsBeside(site.lessons) });
    expect(await site.call(1)).toBe('failed after 1');
    expect(readRan(site.folder)).toEqual(['own']);
    await site.close();
  });

  it('heals each of the failures that come together first', async () => {
    const site = await siteWith('auto', { lesson: { fix: { use: 'own:restart' } } });
    const four = await Promise.all([1, 1, 1, 1].map((failures) => site.call(failures)));
    expect(four).toEqual(['healed after 2', 'healed after 2', 'healed after 2', 'healed after 2']);
    await site.close();
  });

  it('is not used if the folder is a link to itself, and calls are healed as without', async () => {
    let ahead = 0;
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
    const site = await siteWith(undefined, {
      config: { fixes: { own: { restart: { command: ['true'], cooldownMs: 0 } }, retry_backoff: { baseMs: 1 } } },
      options: { clock },
    });
    symlinkSync(site.lessons, site.lessons);
    const error = 'connect ECONNREFUSED: tunnel alpha is stuck';
    expect(await site.call(1, { error })).toBe('healed after 2');
    ahead += 100;
    expect(await site.call(1, { error })).toBe('healed after 2');
    expect(site.warnings).toHaveLength(1);
    expect(site.warnings[0]).toContain(`the lessons in ${site.lessons} cannot be read: `);
    rmSync(site.lessons);
    ahead += 100;
    await lessonAt(site.lessons, 'tunnel', 'auto', proposed({ fix: { use: 'own:restart' } }));
    expect(await site.call(1)).toBe('healed after 2');
    await site.close();
  });

  it('goes back to `ask` within ten runs once it has stopped working, and says so', async () => {
    const site = await siteWith('auto', { lesson: { fix: { use: 'own:restart' } } });
    for (let run = 0; run < 3; run += 1) expect(await site.call(1)).toBe('healed after 2');
    writeFileSync(join(site.folder, 'broken'), '');
    let runs = 0;
    for (
      ;
      runs < 10 && readLesson(site.lessons, 'tunnel', redact, approvalsBeside(site.lessons)).rung === 'auto';
      runs += 1
    ) {
      expect(await site.call(9)).toMatch('failed after 1');
      await vi.waitFor(() => expect(readRan(site.folder)).toHaveLength(4 + runs));
    }
    await vi.waitFor(() =>
      expect(readLesson(site.lessons, 'tunnel', redact, approvalsBeside(site.lessons)).rung).toBe('ask'),
    );
    expect(runs).toBeLessThanOrEqual(10);
    const before = readRan(site.folder).length;
    expect(await site.call(1)).toBe('failed after 1');
    expect(readRan(site.folder)).toHaveLength(before);
    await site.close();
    expect(site.warnings.join('\n')).toContain('the lesson tunnel was moved from `auto` to `ask`: ');
    expect(
      readLesson(site.lessons, 'tunnel', redact, approvalsBeside(site.lessons)).content.history.at(-1),
    ).toMatchObject({
      by: 'healflow',
      to: 'ask',
    });
  });

  it('goes back to `ask` within ten runs of all processes together', async () => {
    const first = await siteWith('auto', { lesson: { fix: { use: 'own:restart' } } });
    const others = await Promise.all([1, 2, 3].map(() => siteWith(undefined, { folder: first.folder })));
    const sites = [first, ...others];
    for (const site of sites) expect(await site.call(1)).toBe('healed after 2');
    writeFileSync(join(first.folder, 'broken'), '');
    const rung = () => readLesson(first.lessons, 'tunnel', redact, approvalsBeside(first.lessons)).rung;
    let runs = 0;
    for (; runs < 10 && rung() === 'auto'; runs += 1) {
      const site = sites[runs % sites.length] ?? first;
      expect(await site.call(9)).toMatch('failed after 1');
      // A trial is judged beside the call: the lesson may have gone down before this one began.
      await vi.waitFor(() => {
        if (rung() === 'auto') expect(readRan(first.folder)).toHaveLength(5 + runs);
      });
    }
    await vi.waitFor(() =>
      expect(readLesson(first.lessons, 'tunnel', redact, approvalsBeside(first.lessons)).rung).toBe('ask'),
    );
    await Promise.all(sites.map(({ close }) => close()));
    expect(runs).toBeLessThanOrEqual(10);
  });

  it('goes back to `ask` also if the clock was ahead when it was approved', async () => {
    const first = await siteWith(undefined);
    await lessonAt(first.lessons, 'tunnel', 'auto', proposed({ fix: { use: 'own:restart' } }), Date.now() + 1e10);
    writeFileSync(join(first.folder, 'broken'), '');
    for (
      let runs = 0;
      runs < 10 && readLesson(first.lessons, 'tunnel', redact, approvalsBeside(first.lessons)).rung === 'auto';
      runs += 1
    ) {
      const site = await siteWith(undefined, { folder: first.folder });
      expect(await site.call(9)).toMatch('failed after 1');
      await site.close();
    }
    await first.close();
    expect(readLesson(first.lessons, 'tunnel', redact, approvalsBeside(first.lessons)).rung).toBe('ask');
  });

  it('has its trial in the file before the caller gets the result, with what was tried', async () => {
    const site = await siteWith('auto', { lesson: { fix: { use: 'own:restart' } } });
    expect(await site.call(1)).toBe('healed after 2');
    const written = readFileSync(join(site.folder, 'learned', 'repairs.yaml'), 'utf8');
    expect(written).toContain('kind: "trial"');
    const { content } = readLesson(site.lessons, 'tunnel', redact, approvalsBeside(site.lessons));
    expect(await site.trials()).toMatchObject([{ digest: triedDigest(content), approved_at: content.approved?.at }]);
    expect(triedDigest({ ...content, fix: { use: 'own:other' } })).not.toBe(triedDigest(content));
  });

  it('is held back in some runs of calls that only read, and still runs if the failure has not ended', async () => {
    const config = { learn: { control: 1 }, attempts: 4 };
    const site = await siteWith('auto', {
      lesson: { fix: { use: 'own:restart' } },
      config: {
        ...config,
        fixes: { own: { restart: { command: ['true'], cooldownMs: 0 } }, retry_backoff: false },
      },
    });
    // Nothing is known yet of how long the fix takes.
    expect(await site.call(1)).toBe('healed after 2');
    expect(await site.call(1)).toBe('healed after 2');
    expect(await site.call(2)).toBe('healed after 3');
    expect((await site.trials()).map(({ mode, after }) => `${mode} ${after}`)).toEqual([
      'run succeeded',
      'control succeeded',
      'control failed',
      'run succeeded',
    ]);
  });
});
