import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FixCatalogueOptions } from '../../fixes/catalogue.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type ServerOptions, startAuthorizationServer } from './authorization-server.ts';
import { callOf, catalogueOf, fixOf, program, requestOf, temporaryFolder } from './support.ts';

type Fixes = NonNullable<ConfigInput['fixes']>;
type Entry = Exclude<Fixes['token_refresh'], readonly unknown[] | undefined>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const start = async (options: ServerOptions = {}) => {
  const server = await startAuthorizationServer(options);
  closing.push(server.close);
  return server;
};

const folderWith = (refreshToken = 'refresh-1\n'): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'refresh'), refreshToken, { mode: 0o600 });
  return folder;
};

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

const refresh = (entry: Entry, changes: Partial<FixCatalogueOptions> = {}) =>
  fixOf('token_refresh', { token_refresh: entry }, { redact: createRedactor({ env: {} }), ...changes }).run(
    requestOf(),
  );

const client = { clientId: 'client', refreshTokenFile: 'refresh' };
const deliver = { file: 'access' };

describe('token_refresh by OAuth', () => {
  it('brings the new token into the file, and keeps the new refresh token', async () => {
    const { tokenEndpoint } = await start();
    const baseDir = folderWith();
    const oauth = { ...client, tokenEndpoint, scope: 'openid api' };
    expect(await refresh({ oauth, deliver }, { baseDir })).toEqual({
      fix: 'token_refresh',
      status: 'succeeded',
      reason: `got a new access token for 60 s, and a new refresh token; it is in the file ${join(baseDir, 'access')}`,
      durationMs: expect.any(Number),
    });
    expect(read(baseDir, 'access')).toBe('access-1');
    expect(read(baseDir, 'refresh')).toBe('refresh-2\n');
    for (const name of ['access', 'refresh']) expect(statSync(join(baseDir, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(baseDir).sort()).toEqual(['access', 'refresh']);
    expect(await refresh({ oauth, deliver }, { baseDir })).toMatchObject({ status: 'succeeded' });
    expect(read(baseDir, 'access')).toBe('access-2');
  });

  it('sends what RFC 6749 asks for', async () => {
    const { tokenEndpoint, forms, authorizations } = await start();
    await refresh({ oauth: { ...client, tokenEndpoint, scope: 'api' }, deliver }, { baseDir: folderWith() });
    expect(forms.map((form) => Object.fromEntries(form))).toEqual([
      { grant_type: 'refresh_token', refresh_token: 'refresh-1', scope: 'api', client_id: 'client' },
    ]);
    expect(authorizations).toEqual([undefined]);
  });

  it.each(['openid-configuration', 'oauth-authorization-server'] as const)(
    'finds the token endpoint in the metadata at %s',
    async (metadata) => {
      const { url } = await start({ metadata });
      const baseDir = folderWith();
      expect(await refresh({ oauth: { ...client, issuer: url }, deliver }, { baseDir })).toMatchObject({
        status: 'succeeded',
      });
      expect(read(baseDir, 'access')).toBe('access-1');
    },
  );

  it.each(['basic', 'post'] as const)('shows the client secret by %s', async (by) => {
    const { tokenEndpoint } = await start({ secret: { value: 'dummy-client', by } });
    const baseDir = folderWith();
    const oauth = { ...client, tokenEndpoint, clientSecretEnv: 'CLIENT' };
    expect(await refresh({ oauth, deliver }, { baseDir, env: { CLIENT: 'dummy-client' } })).toMatchObject({
      status: 'succeeded',
    });
    expect(read(baseDir, 'refresh')).toBe('refresh-2\n');
  });

  it('leaves the refresh token file alone where the server does not rotate', async () => {
    const { tokenEndpoint } = await start({ rotate: false });
    const baseDir = folderWith();
    chmodSync(join(baseDir, 'refresh'), 0o400);
    const before = statSync(join(baseDir, 'refresh'));
    await refresh({ oauth: { ...client, tokenEndpoint }, deliver }, { baseDir });
    expect(statSync(join(baseDir, 'refresh')).ino).toBe(before.ino);
  });

  it('replaces the file that a link leads to, not the link', async () => {
    const { tokenEndpoint } = await start();
    const baseDir = folderWith();
    symlinkSync('refresh', join(baseDir, 'link'));
    await refresh({ oauth: { ...client, refreshTokenFile: 'link', tokenEndpoint }, deliver }, { baseDir });
    expect(read(baseDir, 'refresh')).toBe('refresh-2\n');
  });

  it('keeps the new refresh token though an ID token came along that cannot be verified', async () => {
    const { tokenEndpoint } = await start({ extra: { id_token: 'a.b.c' } });
    const baseDir = folderWith();
    expect(await refresh({ oauth: { ...client, tokenEndpoint }, deliver }, { baseDir })).toMatchObject({
      status: 'succeeded',
    });
    expect(read(baseDir, 'refresh')).toBe('refresh-2\n');
  });

  it('keeps the new refresh token though the caller gave up while the request was under way', async () => {
    const control = new AbortController();
    const { tokenEndpoint } = await start({
      answer: () => {
        control.abort();
        return { body: { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'refresh-2' } };
      },
    });
    const baseDir = folderWith();
    const token_refresh = { oauth: { ...client, tokenEndpoint }, deliver };
    const report = await fixOf('token_refresh', { token_refresh }, { baseDir }).run(
      requestOf({ signal: control.signal }),
    );
    expect(report).toMatchObject({ status: 'cancelled' });
    expect(read(baseDir, 'refresh')).toBe('refresh-2\n');
  });

  it('still delivers the token where the new refresh token cannot be kept, and says so', async () => {
    const { tokenEndpoint } = await start({
      answer: () => {
        rmSync(join(baseDir, 'secrets'), { recursive: true });
        return { body: { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'refresh-2' } };
      },
    });
    const baseDir = temporaryFolder();
    mkdirSync(join(baseDir, 'secrets'));
    writeFileSync(join(baseDir, 'secrets/refresh'), 'refresh-1');
    const oauth = { ...client, refreshTokenFile: 'secrets/refresh', tokenEndpoint };
    const { status, reason } = await refresh({ oauth, deliver }, { baseDir });
    expect(status).toBe('succeeded');
    expect(reason).toMatch(/but the new refresh token could not be written to .*ENOENT.*: log in again before it ends/);
    expect(reason).not.toContain('refresh-2');
    expect(read(baseDir, 'access')).toBe('access-1');
  });
});

describe('token_refresh by OAuth says what to do', () => {
  const reasonOf = async (
    options: ServerOptions,
    changes: { token?: string; oauth?: object; env?: NodeJS.ProcessEnv } = {},
  ) => {
    const { tokenEndpoint } = await start(options);
    const baseDir = folderWith(changes.token);
    const oauth = { ...client, tokenEndpoint, ...changes.oauth };
    const report = await refresh({ oauth, deliver }, { baseDir, env: changes.env ?? {} });
    expect(report.status).toBe('failed');
    expect(readdirSync(baseDir)).not.toContain('access');
    return report.reason.replaceAll(baseDir, 'BASE');
  };

  it('where the refresh token is no longer good', async () => {
    expect(await reasonOf({}, { token: 'refresh-0' })).toBe(
      'the server did not accept the refresh token (invalid_grant: that is an invalid_grant): log in again, and put the new refresh token into BASE/refresh',
    );
  });

  it('where the client is not known', async () => {
    const env = { CLIENT: 'dummy-wrong' };
    const secret = { value: 'dummy-client', by: 'post' } as const;
    expect(await reasonOf({ secret }, { env, oauth: { clientSecretEnv: 'CLIENT' } })).toMatch(
      /^the server did not accept the client \(.*\): check `clientId` and `clientSecretEnv`$/,
    );
  });

  it('where the client secret is not set', async () => {
    expect(await reasonOf({}, { oauth: { clientSecretEnv: 'CLIENT' } })).toBe(
      'the environment variable CLIENT, which shall hold the client secret, is not set',
    );
  });

  it.each([
    ['refused', { status: 400, body: { error: 'invalid_scope' } }, 'the server refused (invalid_scope)'],
    ['broken', { status: 500, body: 'oops' }, 'the server answered with status 500'],
    ['not JSON', { headers: { 'content-type': 'text/html' }, body: 'a page' }, /no new token was to be had/],
    ['without a token', { body: {} }, /no new token was to be had/],
  ])('where the answer is %s', async (_how, answer, reason) => {
    expect(await reasonOf({ answer: () => answer })).toMatch(reason);
  });

  it('where nobody listens', async () => {
    const { tokenEndpoint } = await start();
    await closing.pop()?.();
    const report = await refresh({ oauth: { ...client, tokenEndpoint }, deliver }, { baseDir: folderWith() });
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('where the refresh token file is missing, empty, or holds something else', async () => {
    expect(await reasonOf({}, { oauth: { refreshTokenFile: 'none' } })).toMatch(
      /ENOENT.*: log in, and put the refresh token into/,
    );
    expect(await reasonOf({}, { token: ' \n' })).toMatch(/^BASE\/refresh holds no refresh token: log in/);
    expect(await reasonOf({}, { token: 'two words' })).toMatch(/^BASE\/refresh holds no refresh token: log in/);
  });

  it.each([
    ['tokenEndpoint', 'http://login.example.com/token'],
    ['issuer', 'http://login.example.com'],
    ['issuer', 'http://127.0.0.1.example.com'],
    ['tokenEndpoint', 'ftp://127.0.0.1/token'],
  ])('where the %s %s would send secrets without encryption', async (key, url) => {
    const report = await refresh({ oauth: { ...client, [key]: url }, deliver }, { baseDir: folderWith() });
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringContaining('must be https') });
  });

  it('where the metadata lead to a server without encryption', async () => {
    const { url } = await start({
      metadata: 'openid-configuration',
      metadataChanges: { token_endpoint: 'http://login.example.com/token' },
    });
    const report = await refresh({ oauth: { ...client, issuer: url }, deliver }, { baseDir: folderWith() });
    expect(report).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('http://login.example.com must be https'),
    });
  });

  it('where the server does not answer in time', async () => {
    const clock = new FakeClock();
    const { tokenEndpoint, forms } = await start({ answer: () => new Promise(() => {}) });
    const report = refresh(
      { oauth: { ...client, tokenEndpoint }, deliver, timeoutMs: 900 },
      { baseDir: folderWith(), clock },
    );
    await vi.waitFor(() => expect(forms).toHaveLength(1), { timeout: 20_000 });
    await clock.advance(900);
    expect(await report).toMatchObject({
      status: 'timed_out',
      reason: expect.stringMatching(/^not done within 900 ms: /),
    });
    expect(clock.pending).toBe(0);
  });
});

describe('token_refresh by command', () => {
  const env = () => ({ PATH: process.env.PATH });

  it('takes standard output for the token, and shows it to nobody', async () => {
    const baseDir = temporaryFolder();
    const command = program('ends.mjs', '0', '  dummy-token-0123456789\n', 'renewed dummy-token-0123456789');
    const report = await refresh({ command, deliver }, { baseDir, env: env() });
    expect(report).toMatchObject({ status: 'succeeded', output: expect.stringMatching(/^renewed \[redacted/) });
    expect(JSON.stringify(report)).not.toContain('dummy-token');
    expect(read(baseDir, 'access')).toBe('dummy-token-0123456789');
  });

  it('lets the command see to it alone where nothing is to be delivered', async () => {
    const report = await refresh({ command: program('ends.mjs', '0', 'logged in') }, { baseDir: '/', env: env() });
    expect(report).toMatchObject({ status: 'succeeded', output: 'logged in' });
  });

  it.each([
    ['nothing', ''],
    ['two lines', 'token\nother'],
    ['a sentence', 'Token: dummy'],
    ['a control character', 'dum\u0001my'],
  ])('has failed where the command writes %s in place of a token', async (_what, out) => {
    const baseDir = temporaryFolder();
    const report = await refresh({ command: program('ends.mjs', '0', out), deliver }, { baseDir, env: env() });
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringContaining('where one token was expected') });
    expect(readdirSync(baseDir)).toEqual([]);
  });

  it('has failed where the command writes more than the limit', async () => {
    const command = program('ends.mjs', '0', 'x'.repeat(100));
    const report = await refresh(
      { command, deliver, outputLimitBytes: 99 },
      { baseDir: temporaryFolder(), env: env() },
    );
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringContaining('more than `outputLimitBytes`') });
  });

  it('has failed where the command has', async () => {
    const command = program('ends.mjs', '7', 'dummy', 'session ended');
    const report = await refresh({ command, deliver }, { baseDir: temporaryFolder(), env: env() });
    expect(report).toMatchObject({
      status: 'failed',
      output: 'session ended',
      reason: expect.stringContaining('code 7'),
    });
  });
});

describe('token_refresh delivers', () => {
  const command = program('ends.mjs', '0', "dummy-$&-token-$'");
  const token = "dummy-$&-token-$'";
  const PATH = process.env.PATH;

  it('to a header of an HTTP upstream', async () => {
    const setHeader = vi.fn();
    const header = { name: 'authorization' };
    const report = await refresh(
      { command, deliver: { header } },
      { baseDir: '/', env: { PATH }, upstream: { setHeader } },
    );
    expect(report).toMatchObject({
      status: 'succeeded',
      reason: expect.stringMatching(/in the header authorization$/),
    });
    expect(setHeader).toHaveBeenCalledExactlyOnceWith('authorization', `Bearer ${token}`);
  });

  it('to the environment of a stdio upstream, by starting it again, when all else is done', async () => {
    const done: string[] = [];
    const upstream = {
      restartWithEnv: async (variables: Readonly<Record<string, string>>) => {
        done.push(read(baseDir, 'access'), JSON.stringify(variables));
      },
    };
    const baseDir = temporaryFolder();
    const env = { PATH };
    await refresh({ command, deliver: { env: 'API_TOKEN', file: 'access' } }, { baseDir, env, upstream });
    expect(done).toEqual([token, JSON.stringify({ API_TOKEN: token })]);
    expect(env).toEqual({ PATH });
  });

  it('to the environment of this process where there is no upstream', async () => {
    const env: NodeJS.ProcessEnv = { PATH };
    await refresh({ command, deliver: { env: 'API_TOKEN' } }, { baseDir: '/', env });
    expect(env.API_TOKEN).toBe(token);
  });

  it('and has failed where the upstream does not start again', async () => {
    const upstream = { restartWithEnv: () => Promise.reject(new Error(`cannot start with ${token}`)) };
    const report = await refresh({ command, deliver: { env: 'API_TOKEN' } }, { baseDir: '/', env: { PATH }, upstream });
    expect(report).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(
        'but it did not reach the environment variable API_TOKEN: cannot start with [redacted',
      ),
    });
  });

  it('and has failed where the file cannot be written', async () => {
    const baseDir = temporaryFolder();
    mkdirSync(join(baseDir, 'access'));
    const report = await refresh({ command, deliver }, { baseDir, env: { PATH } });
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringContaining('did not reach the file') });
    expect(readdirSync(baseDir)).toEqual(['access']);
  });
});

describe('token_refresh is not available', () => {
  const select = (token_refresh: Entry) => catalogueOf({ token_refresh }).select('token_refresh', callOf());
  const tokenEndpoint = 'https://login.example.com/token';

  it.each<[string, Entry]>([
    ['without oauth or a command', {}],
    ['without a server', { oauth: client, deliver }],
    ['where the token would go nowhere', { oauth: { ...client, tokenEndpoint } }],
    [
      'where the one place is a header and there is no upstream',
      { oauth: { ...client, tokenEndpoint }, deliver: { header: { name: 'x' } } },
    ],
    [
      'where a command prints a token that no header can take',
      { command: ['true'], deliver: { header: { name: 'x' } } },
    ],
  ])('%s', (_why, entry) => {
    expect(select(entry)).toMatchObject({
      code: 'FIX_NOT_CONFIGURED',
      reason: expect.stringContaining('token_refresh'),
    });
  });
});
