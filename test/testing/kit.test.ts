import { AssertionError } from 'node:assert';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import {
  chart,
  chartMachine,
  createTestHealer,
  expectPath,
  FakeClock,
  failures,
  never,
  scriptedFix,
  scriptedTool,
  seededRandom,
  stories,
} from '../../src/testing/index.ts';

const healedPath = [
  'Executing',
  'ErrorDetected',
  'Analyzing',
  'FixAvailable',
  'ApplyingFix',
  'Retrying',
  'Success',
  'Logging',
] as const;

describe('a test healer', () => {
  it('runs a tool to its end without real delays, and records its states', async () => {
    await using kit = await createTestHealer();
    const tool = scriptedTool(failures.refused(), failures.unavailable(), 'pods');
    const run = await kit.run('get_pods', tool, { annotations: { readOnlyHint: true } });
    expect([run.ok && run.value, run.status, tool.calls.length]).toEqual(['pods', 'healed', 3]);
    expectPath(run, [...healedPath.slice(0, 6), ...healedPath.slice(1, 6), ...healedPath.slice(6)]);
    expect(kit.clock.monotonic()).toBeGreaterThan(0);
    expect((await kit.events()).map(({ tool, result }) => [tool, result])).toEqual([['get_pods', 'success']]);
    expect(kit.warnings).toEqual([]);
  });

  it('has the same delays for equal seeds, and different ones for others', async () => {
    const waited = async (seed: number): Promise<number> => {
      await using kit = await createTestHealer({ seed });
      await kit.run('t', scriptedTool(failures.refused(), 1));
      return kit.clock.monotonic();
    };
    expect(await waited(1)).toBe(await waited(1));
    expect(await waited(1)).not.toBe(await waited(2));
    expect([0, -3, 2_147_483_646, 7].map((seed) => seededRandom(seed)()).every((one) => one >= 0 && one < 1)).toBe(
      true,
    );
  });

  it('passes the failure to a fix, and respects a failed fix', async () => {
    const fix = scriptedFix(false, true);
    await using kit = await createTestHealer({ fixes: { token_refresh: fix } });
    const refused = await kit.run('t', scriptedTool(failures.unauthorized(), 1), { args: { cluster: 'a' } });
    expect([refused.status, refused.refusal?.code]).toEqual(['failed', 'FIX_FAILED']);
    await kit.clock.advance(60_000);
    expect((await kit.run('t', scriptedTool(failures.unauthorized(), 1))).status).toBe('healed');
    expect(fix.requests.map(({ args, attempt }) => [args, attempt])).toEqual([
      [{ cluster: 'a' }, 1],
      [undefined, 1],
    ]);
  });

  it('times out a tool that never responds', async () => {
    await using kit = await createTestHealer({ config: { attemptTimeoutMs: 5_000, attempts: 2 } });
    const run = await kit.run('t', scriptedTool<string>(never, 'late'), { annotations: { readOnlyHint: true } });
    expect([run.status, run.durationMs >= 5_000]).toEqual(['healed', true]);
  });

  it('leaves no files behind, and rejects an invalid configuration', async () => {
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('healflow-testing-'));
    const before = left();
    const kit = await createTestHealer();
    await kit.run('t', scriptedTool(failures.invalid()));
    await kit.close();
    await expect(createTestHealer({ config: { attempts: 0 } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(left().filter((name) => !before.includes(name))).toEqual([]);
  });

  it.each([
    ['unauthorized', 'auth'],
    ['forbidden', 'auth'],
    ['refused', 'network'],
    ['interrupted', 'network'],
    ['rateLimited', 'rate'],
    ['unavailable', 'server'],
    ['invalid', 'usage'],
  ] as const)('recognises the ready-made failure %s as %s', async (name, kind) => {
    await using kit = await createTestHealer({ config: { attempts: 1 } });
    expect((await kit.run('t', scriptedTool(failures[name]()))).diagnosis?.class).toBe(kind);
  });
});

describe('expectPath', () => {
  it('reports the path and the outcome of the run', async () => {
    await using kit = await createTestHealer();
    const run = await kit.run('get_pods', scriptedTool(failures.forbidden()));
    let thrown: unknown;
    try {
      expectPath(run, healedPath);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AssertionError);
    expect((thrown as AssertionError).message).toBe(
      [
        'The run of get_pods took the path',
        '  Executing -> ErrorDetected -> Analyzing -> NoFix -> Logging',
        'and not',
        `  ${healedPath.join(' -> ')}`,
        `It ended failed (auth, ${run.diagnosis?.pattern}), NO_FIX_KNOWN: ${run.refusal?.reason}.`,
      ].join('\n'),
    );
  });
});

describe('the chart as a model', () => {
  it('has the five paths of the documented chart', () => {
    expect(stories().map(({ attempts, fixes }) => ({ attempts, fixes }))).toEqual(
      expect.arrayContaining([
        { attempts: [true], fixes: [] },
        { attempts: [false], fixes: [] },
        { attempts: [false], fixes: [false] },
        { attempts: [false, true], fixes: [true] },
        { attempts: [false, false], fixes: [true] },
      ]),
    );
    expect(stories()).toHaveLength(5);
    expect(stories(1)).toHaveLength(3);
    expect(stories(3).length).toBeGreaterThan(5);
  });

  it('reaches every state, according to xstate/graph', () => {
    const names = chart.states.map(({ name }) => name);
    const events = names.map((type) => ({ type }));
    const reached = new Set(getShortestPaths(chartMachine(), { events }).map(({ state }) => state.value));
    expect([...reached].sort()).toEqual([...names].sort());
  });

  it.each(stories())("a user's fix leads a run along $name", async (story) => {
    let token = 'expired';
    const login = scriptedFix(() => {
      token = 'fresh';
    });
    await using kit = await createTestHealer({
      config: { attempts: 2 },
      fixes: { token_refresh: story.fix(login) },
    });
    const run = await kit.run('get_pods', story.tool({ value: 'pods' }));
    expectPath(run, story.states);
    expect(token).toBe(story.fixes.includes(true) ? 'fresh' : 'expired');
  });

  it('leads a run with two different failures along every path with three attempts', async () => {
    const wanted = stories(3).filter(({ fixes }) => fixes.every(Boolean));
    expect(wanted.some(({ fixes }) => fixes.length === 2)).toBe(true);
    for (const story of wanted) {
      await using kit = await createTestHealer({ fixes: { token_refresh: story.fix() } });
      const tool = story.tool({ value: 'pods', failing: [failures.unauthorized, failures.refused, failures.refused] });
      const run = await kit.run('get_pods', tool);
      expectPath(run, story.states);
    }
  });
});

describe('a fake clock', () => {
  it('advances from timer to timer until a promise settles, and passes on its error', async () => {
    const clock = new FakeClock();
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimeout(resolve, ms));
    const twice = async (): Promise<string> => {
      await wait(86_400_000);
      await wait(1);
      return 'done';
    };
    expect(await clock.runUntil(twice())).toBe('done');
    expect([clock.monotonic(), clock.delays]).toEqual([86_400_001, [86_400_000, 1]]);
    await expect(clock.runUntil(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
