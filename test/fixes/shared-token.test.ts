import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createHealer } from '../../src/healer/create.ts';
import type { InternalHealer } from '../../src/healer/healer.ts';
import { type ServerOptions, startAuthorizationServer } from './authorization-server.ts';
import { temporaryFolder } from './support.ts';

type Entry = Exclude<NonNullable<ConfigInput['fixes']>['token_refresh'], readonly unknown[] | undefined>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A machine with a state folder and a refresh token, and an authorization server for it. */
const machine = async (options: ServerOptions = {}) => {
  const server = await startAuthorizationServer({ ...options, extra: { expires_in: 3_600, ...options.extra } });
  closing.push(server.close);
  const folder = temporaryFolder();
  const refreshTokenFile = join(folder, 'refresh');
  writeFileSync(refreshTokenFile, 'refresh-1\n', { mode: 0o600 });
  const oauth = { clientId: 'client', refreshTokenFile, tokenEndpoint: server.tokenEndpoint };
  const tokens = join(folder, 'state/tokens');
  return { server, folder, refreshTokenFile, oauth, tokens, record: () => join(tokens, String(readdirSync(tokens))) };
};

type Machine = Awaited<ReturnType<typeof machine>>;

/** A healer as a process of the machine has it: with its own upstream, whose header holds the token it was started with. */
const processOf = async (
  { folder, oauth }: Machine,
  {
    entry = {},
    token = 'access-0',
    env = {},
  }: { entry?: Partial<Entry>; token?: string; env?: NodeJS.ProcessEnv } = {},
) => {
  const held = { token, restarts: 0, breaks: false };
  const warnings: string[] = [];
  const header = { name: 'Authorization', value: '{token}' };
  const fix = { oauth, deliver: { header }, cooldownMs: 0, ...entry };
  const healer = (await createHealer({
    config: { stateDir: join(folder, 'state'), fixes: { token_refresh: fix } },
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    warn: (message) => warnings.push(message),
    upstream: {
      setHeader: (_, value) => {
        held.token = value;
      },
      restartWithEnv: async (variables) => {
        held.restarts += 1;
        if (held.breaks) throw new Error('the server did not start');
        held.token = Object.values(variables).join();
      },
    },
  })) as InternalHealer;
  closing.push(() => healer.close());
  /** Calls a tool that accepts the newest token alone. */
  const call = (newest: () => string) =>
    healer.runOutcome('tool', async () => {
      if (held.token === newest()) return 'fine';
      throw Object.assign(new Error('401 Unauthorized'), { status: 401 });
    });
  return { call, held, warnings, healer };
};

/** The newest token of a server whose refresh ends the older ones. */
const newestOf =
  ({ server }: Machine) =>
  () =>
    `access-${server.forms.length}`;

describe('a refresh that ends the older access token', () => {
  it('serves all processes of the machine, one after the other', async () => {
    const here = await machine();
    const [a, b] = [await processOf(here), await processOf(here)];
    const newest = newestOf(here);
    expect(await a.call(() => newest().replace('-0', '-1'))).toMatchObject({ status: 'healed' });
    expect(await b.call(newest)).toMatchObject({
      status: 'healed',
      attempts: 2,
      fixes: [{ fix: 'token_refresh', status: 'not_needed', code: 'ALREADY_FIXED', shared: true }],
    });
    expect(await a.call(newest)).toMatchObject({ status: 'succeeded' });
    expect(here.server.forms).toHaveLength(1);
  });

  it('serves all processes and calls at once, and each process takes the token over once', async () => {
    const here = await machine();
    const env = { deliver: { env: 'TOKEN' } };
    const processes = [
      await processOf(here, { entry: env }),
      await processOf(here, { entry: env }),
      await processOf(here),
    ];
    const valid = () => 'access-1';
    const calls = processes.flatMap(({ call }) => [call(valid), call(valid), call(valid)]);
    for (const outcome of await Promise.all(calls)) expect(outcome.status).toBe('healed');
    expect(here.server.forms).toHaveLength(1);
    expect(processes.map(({ held }) => held.restarts)).toEqual([1, 1, 0]);
  });

  it('may be taken over while the fix is cooling down', async () => {
    const here = await machine();
    const [a, b] = [await processOf(here, { entry: { cooldownMs: 600_000 } }), await processOf(here)];
    expect(await a.call(() => 'access-1')).toMatchObject({ status: 'healed' });
    expect(await b.call(() => 'access-2')).toMatchObject({ status: 'healed', attempts: 3 });
    expect(await a.call(() => 'access-2')).toMatchObject({ status: 'healed', fixes: [{ code: 'ALREADY_FIXED' }] });
    expect(here.server.forms).toHaveLength(2);
  });

  it('is made again in the same run if the token of another process is not accepted', async () => {
    const here = await machine();
    await (await processOf(here)).call(() => 'access-1');
    const b = await processOf(here);
    expect(await b.call(() => 'access-2')).toMatchObject({
      status: 'healed',
      attempts: 3,
      fixes: [{ status: 'not_needed', code: 'ALREADY_FIXED' }, { status: 'succeeded' }],
    });
  });

  it('serves a process that waited for one whose own server did not take the new token', async () => {
    const here = await machine({
      answer: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return { body: { access_token: 'access-1', token_type: 'Bearer', expires_in: 60 } };
      },
    });
    const broken = await processOf(here, { entry: { deliver: { env: 'TOKEN' } } });
    broken.held.breaks = true;
    const b = await processOf(here);
    const [first, second] = await Promise.all([broken.call(() => 'access-1'), b.call(() => 'access-1')]);
    expect(first).toMatchObject({ status: 'failed', refusal: { code: 'FIX_FAILED' } });
    expect(second.status).toBe('healed');
    expect(here.server.forms).toHaveLength(1);
  });

  it('wastes no attempt on a token that the process was started with', async () => {
    const here = await machine();
    await (await processOf(here)).call(() => 'access-1');
    const b = await processOf(here, { token: 'access-1', env: { API_TOKEN: 'Bearer access-1' } });
    expect(await b.call(() => 'access-2')).toMatchObject({ status: 'healed', attempts: 2 });
  });

  it('wastes no attempt on a token that has expired', async () => {
    const here = await machine({ extra: { expires_in: 0 } });
    await (await processOf(here)).call(() => 'access-1');
    const b = await processOf(here);
    expect(await b.call(() => 'access-2')).toMatchObject({ status: 'healed', attempts: 2 });
  });

  it('does not serve a person who has logged in again, as another user perhaps', async () => {
    const here = await machine({
      answer: (form) => ({
        body: { access_token: `for-${form.get('refresh_token')}`, token_type: 'Bearer', expires_in: 60 },
      }),
    });
    await (await processOf(here)).call(() => 'for-refresh-1');
    writeFileSync(here.refreshTokenFile, 'other\n');
    const b = await processOf(here);
    expect(await b.call(() => 'for-other')).toMatchObject({ status: 'healed', attempts: 2 });
  });

  it('runs once if it is a command whose token a process delivers', async () => {
    const here = await machine();
    const runs = join(here.folder, 'runs');
    const script = `require('fs').appendFileSync(${JSON.stringify(runs)}, '.'); process.stdout.write('from-command')`;
    const entry = { oauth: undefined, command: [process.execPath, '-e', script] };
    const [a, b] = [await processOf(here, { entry }), await processOf(here, { entry })];
    expect(await a.call(() => 'from-command')).toMatchObject({ status: 'healed' });
    expect(await b.call(() => 'from-command')).toMatchObject({ status: 'healed' });
    expect(readFileSync(runs, 'utf8')).toBe('.');
    const late = await processOf(here, { entry: { ...entry, cooldownMs: 600_000 } });
    expect(await late.call(() => 'from-command')).toMatchObject({ fixes: [{ code: 'ALREADY_FIXED' }] });
    expect(readFileSync(runs, 'utf8')).toBe('.');
    const later = await processOf(here, { entry });
    expect(await later.call(() => 'from-command')).toMatchObject({ fixes: [{ status: 'succeeded' }] });
    expect(readFileSync(runs, 'utf8')).toBe('..');
  });
});

describe('the shared token', () => {
  const refreshed = async () => {
    const here = await machine();
    await (await processOf(here)).call(() => 'access-1');
    return here;
  };
  /** What a later process does, and what it says. */
  const later = async (here: Machine) => {
    const process = await processOf(here);
    const outcome = await process.call(() => 'access-2');
    return { outcome, warnings: process.warnings };
  };

  it('is in a file that its owner alone can read, in a folder of its own', async () => {
    const here = await refreshed();
    const modes = [here.tokens, here.record()].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
    expect(readdirSync(here.tokens)).toHaveLength(1);
  });

  it('keeps a rotated refresh token that its process could not write into its file any more', async () => {
    const here = await refreshed();
    writeFileSync(here.refreshTokenFile, 'refresh-1\n');
    expect((await later(here)).outcome.status).toBe('healed');
    expect(here.server.forms.map((form) => form.get('refresh_token'))).toEqual(['refresh-1', 'refresh-2']);
    expect(readFileSync(here.refreshTokenFile, 'utf8')).toBe('refresh-3\n');
  });

  const put = (here: Machine, change: (path: string) => void) => change(here.record());
  it.each([
    ['is damaged', (path: string) => writeFileSync(path, '{"accessToken":')],
    ['is damaged', (path: string) => writeFileSync(path, '{"accessToken":"a\\r\\nb","obtainedAt":1}')],
    ['others can open it', (path: string) => chmodSync(path, 0o644)],
  ])('is not used, but replaced, if it %s', async (says, change) => {
    const here = await refreshed();
    put(here, change);
    const { outcome, warnings } = await later(here);
    expect(outcome).toMatchObject({ status: 'healed', attempts: 2, fixes: [{ status: 'succeeded' }] });
    expect(warnings).toEqual([expect.stringContaining(`${here.record()} is not used, as`)]);
    expect(warnings[0]).toContain(says);
    expect(statSync(here.record()).mode & 0o777).toBe(0o600);
    expect(await (await processOf(here)).call(() => 'access-2')).toMatchObject({ fixes: [{ code: 'ALREADY_FIXED' }] });
  });

  it('is not used if the folder is open to others, and each process then refreshes for itself', async () => {
    const here = await machine();
    mkdirSync(here.tokens, { recursive: true });
    chmodSync(join(here.folder, 'state'), 0o700);
    chmodSync(here.tokens, 0o755);
    const [a, b] = [await processOf(here), await processOf(here)];
    expect(await a.call(() => 'access-1')).toMatchObject({ status: 'healed' });
    expect(await b.call(() => 'access-2')).toMatchObject({ status: 'healed', attempts: 2 });
    expect(a.warnings).toEqual([
      expect.stringContaining(`the folder ${here.tokens} is not used, as others can open it`),
    ]);
    expect(readdirSync(here.tokens)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('is not used if it belongs to another user', async () => {
    const here = await refreshed();
    chownSync(here.record(), 12_345, 12_345);
    const { outcome, warnings } = await later(here);
    expect(outcome).toMatchObject({ status: 'healed', attempts: 2 });
    expect(warnings).toEqual([expect.stringContaining('it belongs to another user (uid 12345, this is 0)')]);
    expect(statSync(here.record()).uid).toBe(0);
  });

  it('is not read through a link', async () => {
    const here = await machine();
    mkdirSync(here.tokens, { recursive: true, mode: 0o700 });
    chmodSync(join(here.folder, 'state'), 0o700);
    const a = await processOf(here);
    await a.call(() => 'access-1');
    const path = here.record();
    const text = readFileSync(path, 'utf8');
    const elsewhere = join(here.folder, 'elsewhere');
    writeFileSync(elsewhere, text, { mode: 0o600 });
    unlinkSync(path);
    symlinkSync(elsewhere, path);
    const { outcome, warnings } = await later(here);
    expect(outcome).toMatchObject({ status: 'healed', attempts: 2 });
    expect(warnings).toEqual([expect.stringContaining('a symbolic link')]);
    expect(readFileSync(elsewhere, 'utf8')).toBe(text);
  });

  it('is masked in what a process that took it over reports', async () => {
    const here = await refreshed();
    const b = await processOf(here);
    await b.call(() => 'access-1');
    const said = b.healer.classify({ tool: 'tool', channel: 'exception', error: new Error('401 access-1 refresh-2') });
    expect(said.summary).not.toMatch(/access-1|refresh-2/);
    const log = readFileSync(join(here.folder, 'memory/learned/tool_fixes.yaml'), 'utf8');
    expect(log).not.toMatch(/access-1|refresh-2/);
  });
});
