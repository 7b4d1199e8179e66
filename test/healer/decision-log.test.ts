import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHealer, type HealerOptions } from '../../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-decisions-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

/** Calls a tool that fails with these errors and then succeeds: the lines on stderr, without ids and times. */
const linesOf = async (
  errors: readonly Error[],
  { env = { HEALFLOW_DEBUG: '1' }, tool = 'k8s_get_pods', ...options }: HealerOptions & { readonly tool?: string } = {},
): Promise<string[]> => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await using healer = await createHealer({ cwd: folder, env, ...options });
  const left = [...errors];
  await healer.runOutcome(tool, async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'fine';
  });
  const lines = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^(healflow debug: \S+) [\w-]+:/, '$1 ID:').replace(/\b\d[\d.]* m?s\b/g, 'TIME'));
};

const unauthorized = new Error(`error: You must be logged in to the server (Unauthorized)`);
const kube_login = () => {};

describe('HEALFLOW_DEBUG', () => {
  it('writes one line for each decision of a run that is healed', async () => {
    expect(await linesOf([unauthorized], { fixes: { kube_login } })).toEqual([
      expect.stringMatching(
        /^healflow debug: k8s_get_pods ID: attempt 1 failed, recognised as auth by \S+: .*Unauthorized/,
      ),
      expect.stringMatching(/^healflow debug: k8s_get_pods ID: fix chosen: kube_login, /),
      expect.stringMatching(/^healflow debug: k8s_get_pods ID: fix kube_login succeeded after TIME: /),
      expect.stringMatching(/^healflow debug: k8s_get_pods ID: retry allowed because /),
      'healflow debug: k8s_get_pods ID: attempt 2 succeeded',
      'healflow debug: k8s_get_pods ID: outcome: healed after 2 attempts in TIME',
    ]);
  });

  it('says why no fix was run', async () => {
    expect(await linesOf([unauthorized])).toEqual([
      expect.stringContaining('recognised as auth'),
      expect.stringMatching(/ fix refused because .+ \(FIX_NOT_CONFIGURED\)$/),
      expect.stringMatching(/ outcome: failed after 1 attempt in TIME, because .+ \(FIX_NOT_CONFIGURED\)$/),
    ]);
  });

  it('says why the call was not retried', async () => {
    const fixes = {
      kube_login: () => {
        throw new Error('no such realm');
      },
    };
    expect(await linesOf([unauthorized], { fixes })).toEqual([
      expect.stringContaining('recognised as auth'),
      expect.stringContaining('fix chosen: kube_login'),
      expect.stringMatching(/ fix kube_login failed after TIME: .*no such realm/),
      expect.stringMatching(/ no retry because .+ \([A-Z_]+\)$/),
      expect.stringMatching(/ outcome: \w+ after 1 attempt in TIME, because .+ \(FIX_FAILED\)$/),
    ]);
  });

  it('masks secrets, and writes no escape sequences and no second line', async () => {
    const error = new Error(
      `Unauthorized: the token ${token} of s3cret-of-mine expired\n\u001b[31mhealflow debug: forged`,
    );
    const lines = await linesOf([error], {
      tool: `k8s_${token}`,
      config: { secretEnv: ['MINE'], fixes: { kube_login: { command: ['true', '--password=two words'] } } },
      env: { HEALFLOW_DEBUG: '1', MINE: 's3cret-of-mine', PATH: process.env.PATH },
    });
    expect(lines.length).toBeGreaterThan(2);
    const text = lines.join('\n');
    for (const secret of [token, 's3cret-of-mine', 'two words', '\u001b', '\nhealflow debug: forged']) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('[redacted');
  });

  it.each([undefined, '', '0'])('writes nothing if it is %j, or if nothing fails', async (HEALFLOW_DEBUG) => {
    expect(await linesOf([unauthorized], { fixes: { kube_login }, env: { HEALFLOW_DEBUG } })).toEqual([]);
    expect(await linesOf([])).toEqual([]);
  });

  it('leaves the other watchers as they are', async () => {
    const seen = new Set<string>();
    const inspect = ({ type }: { readonly type: string }) => seen.add(type);
    expect(await linesOf([unauthorized], { fixes: { kube_login }, inspect })).toHaveLength(6);
    expect(seen).toContain('@xstate.snapshot');
    const watched: string[] = [];
    const observer = {
      attach: () => watched.push('attach'),
      started: () => watched.push('started'),
      inspect: () => watched.push('step'),
      finished: () => watched.push('finished'),
    };
    expect(await linesOf([unauthorized], { fixes: { kube_login }, inspect: { observer } })).toHaveLength(6);
    expect([...new Set(watched)]).toEqual(['attach', 'started', 'step', 'finished']);
  });

  it('counts each run by itself if several run at once', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await using healer = await createHealer({ cwd: folder, env: { HEALFLOW_DEBUG: '1' }, fixes: { kube_login } });
    const failing = () => {
      let calls = 0;
      return async () => {
        calls += 1;
        if (calls === 1) throw unauthorized;
      };
    };
    await Promise.all([healer.run('k8s_a', failing()), healer.run('k8s_b', failing())]);
    const lines = write.mock.calls.map(([text]) => String(text));
    for (const tool of ['k8s_a', 'k8s_b']) {
      const own = lines.filter((line) => line.startsWith(`healflow debug: ${tool} `));
      expect([own.length, new Set(own.map((line) => line.split(' ')[3])).size]).toEqual([6, 1]);
    }
  });
});
