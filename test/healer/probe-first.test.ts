import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createHealer, type RunOptions } from '../../src/index.ts';
import { program } from '../fixes/support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-probe-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const linesOf = (name: string): string[] =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean) : [];

/** The network is up if the file `up` exists; connecting creates it. Both note that they ran. */
const vpn = () => ({
  command: program('network.mjs', 'connect', folder),
  probe: { command: program('network.mjs', 'probe', folder) },
  // Only the probes before and after the command count here.
  pollMs: 60_000,
});

const healerWith = (config: ConfigInput, env: NodeJS.ProcessEnv = {}) =>
  createHealer({
    config: { stateDir: join(folder, 'state'), ...config },
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    random: () => 0,
    // How long programs take here depends on the machine; how long a result counts must not.
    clock: { ...systemClock, monotonic: () => 0 },
  });

/** Throws this error as long as the network is down. */
const toolOf = (message: string, error = (text: string): Error => new Error(text)) => {
  let calls = 0;
  return {
    call: async () => {
      calls += 1;
      if (existsSync(join(folder, 'up'))) return 'pages';
      throw error(message);
    },
    get calls() {
      return calls;
    },
  };
};

const readOnly: RunOptions = { annotations: { readOnlyHint: true } };

describe('the probe of vpn_connect', () => {
  it.each([
    'TypeError: fetch failed',
    'Network request failed',
    'No response from wiki.internal.example',
    'Socket closed',
    'socket hang up',
    'Connection error.',
    'HTTPConnectionPool(host=wiki): Read timed out. (read timeout=5)',
    'the page could not be shown',
  ])('decides for vpn_connect if it fails, whatever the text says: %s', async (message) => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    const outcome = await healer.runOutcome('read_wiki', toolOf(message).call, readOnly);
    expect(outcome).toMatchObject({ status: 'healed', attempts: 2, value: 'pages' });
    expect(outcome.fixes).toMatchObject([{ fix: 'vpn_connect', status: 'succeeded', chosenBy: 'probe' }]);
    // Once for the choice, which the fix takes over, and once for its success.
    expect(linesOf('ran')).toEqual(['probe', 'connect', 'probe']);
  });

  it('does not license a retry: the connection is healed, and the outcome is unknown', async () => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    const tool = toolOf('fetch failed');
    const outcome = await healer.runOutcome('create_page', tool.call);
    expect(outcome).toMatchObject({
      status: 'unknown',
      attempts: 1,
      refusal: { code: 'REPEAT_UNSAFE' },
      advice: expect.stringMatching(/^vpn_connect succeeded, so the next call can work/),
    });
    expect(tool.calls).toBe(1);
    expect(linesOf('ran')).toContain('connect');
  });

  it('leaves everything as it is if it succeeds', async () => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    let calls = 0;
    const flaky = async () => {
      calls += 1;
      if (calls === 1) {
        writeFileSync(join(folder, 'up'), '');
        throw new TypeError('fetch failed');
      }
      return 'pages';
    };
    const outcome = await healer.runOutcome('read_wiki', flaky, readOnly);
    expect(outcome.status).toBe('healed');
    expect(outcome.fixes.map(({ fix, chosenBy }) => [fix, chosenBy])).toEqual([['retry_backoff', undefined]]);
    expect(linesOf('ran')).toEqual(['probe']);
  });

  it.each([
    ['a failure of the arguments', 'Invalid arguments for tool read_wiki: page is required'],
    ['a missing permission', '403 Forbidden: insufficient permissions'],
    ['a rate limit', '429 Too Many Requests'],
  ])('is not asked about %s', async (_, message) => {
    await using healer = await healerWith({ attempts: 1, healForNextCall: true, fixes: { vpn_connect: vpn() } });
    await healer.runOutcome('read_wiki', toolOf(message, (text) => new Error(text)).call, readOnly);
    expect(linesOf('ran')).toEqual([]);
  });

  it('is not asked about a result that is healthy', async () => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    await healer.runOutcome('read_wiki', async () => 'How to handle "fetch failed": try again.', readOnly);
    expect(linesOf('ran')).toEqual([]);
  });

  it('is not asked about a tool that the fix is not for, nor after the last attempt', async () => {
    await using healer = await healerWith({ attempts: 1, fixes: { vpn_connect: { ...vpn(), tools: 'wiki_*' } } });
    await healer.runOutcome('read_orders', toolOf('fetch failed').call, readOnly);
    await healer.runOutcome('wiki_read', toolOf('fetch failed').call, readOnly);
    expect(linesOf('ran')).toEqual([]);
  });

  it('is asked once for all calls that fail at once', async () => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    const calls = Array.from({ length: 200 }, () =>
      healer.runOutcome('read_wiki', toolOf('fetch failed').call, readOnly),
    );
    const outcomes = await Promise.all(calls);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['healed']));
    expect(linesOf('ran')).toEqual(['probe', 'connect', 'probe']);
  });

  it('ends with the caller', async () => {
    const server: Server = await new Promise((resolve) => {
      const silent = createServer().listen(0, '127.0.0.1', () => resolve(silent));
    });
    const { port } = server.address() as { port: number };
    const asked = new Promise((resolve) => server.once('connection', resolve));
    await using healer = await healerWith({
      fixes: { vpn_connect: { ...vpn(), probe: { http: `http://127.0.0.1:${port}/`, timeoutMs: 60_000 } } },
    });
    const control = new AbortController();
    const outcome = healer.runOutcome('read_wiki', toolOf('fetch failed').call, {
      ...readOnly,
      signal: control.signal,
    });
    await asked;
    control.abort();
    expect(await outcome).toMatchObject({ refusal: { code: 'CANCELLED' } });
    server.close();
    expect(linesOf('ran')).toEqual([]);
  });

  it('is named in the log of decisions', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } }, { HEALFLOW_DEBUG: '1' });
    await healer.runOutcome('read_wiki', toolOf('fetch failed').call, readOnly);
    const text = write.mock.calls.map(([line]) => String(line)).join('');
    write.mockRestore();
    expect(text).toMatch(/fix chosen by its probe \(the command .* ended with code 1\): vpn_connect, runs /);
  });

  it('goes into the log and into the facts of the run', async () => {
    await using healer = await healerWith({ fixes: { vpn_connect: vpn() } });
    await healer.runOutcome('read_wiki', toolOf('fetch failed').call, readOnly);
    await healer.close();
    const log = readFileSync(join(folder, 'memory/learned/tool_fixes.yaml'), 'utf8');
    expect(log).toMatch(/"chosen_by":\s*"probe"/);
  });
});

describe('a fix bound to a tool by its globs', () => {
  const login = (name: string) => ({ command: program('appends.mjs', join(folder, 'ran'), `${name}\n`) });
  const failing = (message: string) => async () => {
    throw new Error(message);
  };

  it('comes before the one that the text proposes', async () => {
    await using healer = await healerWith({
      attempts: 2,
      fixes: { kube_login: { ...login('kube'), tools: ['pods_*'] }, token_refresh: login('token') },
    });
    const outcome = await healer.runOutcome('pods_list', failing('401 Unauthorized'));
    expect(outcome.fixes.map(({ fix }) => fix)).toEqual(['kube_login']);
    await healer.runOutcome('orders_list', failing('401 Unauthorized'));
    expect(linesOf('ran')).toEqual(['kube', 'token']);
  });

  it('comes first among several that the text proposes', async () => {
    await using healer = await healerWith({
      attempts: 2,
      fixes: { kube_login: login('kube'), token_refresh: { ...login('token'), tools: 'k8s_*' } },
    });
    await healer.runOutcome('k8s_get_pods', failing('error: You must be logged in to the server (Unauthorized)'));
    expect(linesOf('ran')).toEqual(['token']);
  });

  it.each([
    ['a network failure', 'connect ECONNREFUSED 10.0.0.1:443'],
    ['a missing permission', '403 Forbidden: User "baker" cannot list resource "pods"'],
    ['a usage error', 'unknown flag: --namespce'],
  ])('does not run for %s', async (_, message) => {
    await using healer = await healerWith({
      attempts: 1,
      healForNextCall: true,
      fixes: { kube_login: { ...login('kube'), tools: ['pods_*'] } },
    });
    await healer.runOutcome('pods_list', failing(message));
    expect(linesOf('ran')).toEqual([]);
  });
});
