import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../fixes/catalogue.ts';
import { noHistory } from '../../src/sharing/history.ts';
import { peekHistory, readHistory, writeHistory } from '../../src/sharing/history-file.ts';
import { openStateDir, resolveStateDir } from '../../src/sharing/state-dir.ts';
import { callOf, catalogueOf } from '../fixes/support.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'healflow-files-'));

describe('the state folder', () => {
  it.each([
    [{ HEALFLOW_STATE_DIR: '/asked' }, '/config', '/asked'],
    [{ HEALFLOW_STATE_DIR: 'asked' }, undefined, '/here/asked'],
    [{ XDG_STATE_HOME: '/xdg', HOME: '/home/me' }, '/config', '/config'],
    [{ XDG_STATE_HOME: '/xdg', HOME: '/home/me' }, undefined, '/xdg/healflow'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/home/me' }, undefined, '/home/me/.local/state/healflow'],
    [{ HOME: '/home/me' }, undefined, '/home/me/.local/state/healflow'],
  ])('of %j and %s is %s', (env, configured, expected) => {
    expect(resolveStateDir({ env, configured, cwd: '/here' })).toBe(expected);
  });

  it('is made for its user alone, and not used where others may write into it', () => {
    const path = join(folder(), 'deep/state');
    openStateDir(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o777);
    expect(() => openStateDir(path)).toThrow(`others can write to the state folder ${path}: run chmod 700 ${path}`);
  });
});

describe('the file of a fix', () => {
  const history = {
    starts: [1, 2],
    last: { id: 'i', by: 'b', endedAt: 3, status: 'failed', reason: 'no', code: undefined },
    lastSuccess: { by: 'b', endedAt: 2 },
  } as const;

  it('gives back what was written, and leaves nothing else', async () => {
    const where = folder();
    const path = join(where, 'a.json');
    await writeHistory(path, 'host:kube_login:default', history, 'id');
    expect(await readHistory(path)).toEqual({ ...history, last: { ...history.last, code: undefined } });
    expect(peekHistory(path)).toEqual(await readHistory(path));
    expect(readdirSync(where)).toEqual(['a.json']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8')).fix).toBe('host:kube_login:default');
  });

  it('leaves out a code that only another version knows', async () => {
    const path = join(folder(), 'a.json');
    const last = { ...history.last, status: 'refused' };
    writeFileSync(path, JSON.stringify({ ...history, last: { ...last, code: 'FIX_OF_TOMORROW' } }));
    expect(await readHistory(path)).toEqual({ ...history, last });
    writeFileSync(path, JSON.stringify({ ...history, last: { ...last, code: 'FIX_NOT_APPROVED' } }));
    expect(await readHistory(path)).toMatchObject({ last: { code: 'FIX_NOT_APPROVED' } });
  });

  it.each(['', '{"starts":[1', 'null', '[]', '{"starts":7,"last":{"id":1},"lastSuccess":[]}'])(
    'that is damaged (%j) tells nothing',
    async (text) => {
      const path = join(folder(), 'a.json');
      writeFileSync(path, text);
      expect(await readHistory(path)).toEqual(noHistory);
      expect(peekHistory(path)).toEqual(noHistory);
    },
  );
});

describe('the identity of a fix', () => {
  type Fixes = Parameters<typeof catalogueOf>[0];
  const rulesOf = (fixes: Fixes, changes: Parameters<typeof catalogueOf>[1] = {}, call = {}) => {
    const [name] = Object.keys(fixes) as ['kube_login'];
    const found = catalogueOf(fixes, { baseDir: '/project', env: { HOME: '/home/me' }, ...changes }).select(
      name,
      callOf(call),
    );
    if (isRefusal(found) || found.rules === undefined) throw new Error('there is no such fix');
    return found.rules;
  };
  const login = (more = {}) => ({
    kube_login: { command: ['login', '{cluster}'], clusters: { a: {}, b: {} }, ...more },
  });
  const onA = { args: { cluster: 'a' } };

  it('is the same wherever the same is done, whenever and for whichever tool', () => {
    const same = rulesOf(login(), {}, onA).identity;
    expect(same).toMatch(/^[0-9a-f]{32}$/);
    const more = { tools: ['k8s_*'], timeoutMs: 5, cooldownMs: 5, mode: 'ask', budget: { runs: 1 } } as const;
    expect(rulesOf(login(more), { env: { HOME: '/home/me', PATH: '/other' } }, onA).identity).toBe(same);
  });

  it.each([
    ['another cluster', login(), {}, { args: { cluster: 'b' } }],
    ['another project', login(), { baseDir: '/other' }, onA],
    ['another command', login({ command: ['login', '--force', '{cluster}'] }), {}, onA],
    ['another kubeconfig', login(), { env: { HOME: '/home/me', KUBECONFIG: '/k' } }, onA],
    [
      'another value of a variable that it gets',
      login({ env: ['PROFILE'] }),
      { env: { HOME: '/home/me', PROFILE: 'p' } },
      onA,
    ],
  ])('is another one for %s', (_, fixes, changes, call) => {
    expect(rulesOf(fixes, changes, call).identity).not.toBe(rulesOf(login(), {}, onA).identity);
  });

  const refresh = (deliver: object, clientId = 'c') => ({
    token_refresh: {
      oauth: { tokenEndpoint: 'https://login.example.com/token', clientId, refreshTokenFile: '/home/me/refresh' },
      deliver,
    },
  });

  it('of two that use one refresh token differs, but they take turns', () => {
    const [a, b] = [rulesOf(refresh({ file: '/a' })), rulesOf(refresh({ file: '/b' }), { baseDir: '/other' })];
    expect(a.identity).not.toBe(b.identity);
    expect(a.exclusive).toBe(b.exclusive);
    expect([a.scope, b.scope]).toEqual(['machine', 'machine']);
  });

  it('reaches one process alone where the token goes to its own server or environment', () => {
    expect(rulesOf(refresh({ env: 'TOKEN' })).scope).toBe('process');
    const upstream = { setHeader: () => {} };
    expect(rulesOf(refresh({ header: { name: 'authorization' } }), { upstream }).scope).toBe('process');
    expect(rulesOf(refresh({ file: '/a', header: { name: 'authorization' } })).scope).toBe('machine');
    const callTool = async () => ({});
    expect(rulesOf({ cache_clear: { tool: { name: 'clear' } } }, { upstream: { callTool } }).scope).toBe('process');
  });

  it('is not known of a function, and a wait is not shared at all', () => {
    const found = catalogueOf({}, { functions: { token_refresh: () => {}, wait_retry: () => {} } });
    expect(found.select('token_refresh', callOf())).toMatchObject({
      rules: { mode: 'auto', cooldownMs: 30_000, scope: 'process' },
    });
    expect(found.select('token_refresh', callOf())).not.toHaveProperty('rules.identity');
    expect(found.select('wait_retry', callOf())).not.toHaveProperty('rules');
    expect(found.select('retry_backoff', callOf())).not.toHaveProperty('rules');
  });
});
