import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpBackend } from './backend.ts';
import { type ConfigName, program } from './configs.ts';
import { Control } from './control.ts';
import { type Fault, faults } from './faults.ts';
import { pageOf, problemsOf, totalsOf } from './report.ts';
import { type Row, runCell } from './row.ts';
import type { Server } from './server.ts';

const fake = (env: Readonly<Record<string, string>> = {}): Server => ({
  name: 'fake',
  command: () => [process.execPath, program('fake-server.mjs')],
  env: ({ url, token }) => ({ BACKEND: url, TOKEN: token, ...env }),
  read: { name: 'get', healthy: /tea/ },
  write: { name: 'put', healthy: /tea/ },
  login: { fix: 'token_refresh', deliver: { env: 'TOKEN' } },
  backend: httpBackend({ healthy: () => ({ item: 'tea' }), writes: ({ method }) => method === 'POST' }),
});

const faultOf = (name: string): Fault => {
  const fault = faults.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  return fault;
};

// Each row starts three programs.
const rowTimeoutMs = 120_000;

describe('a row of the field suite', { timeout: rowTimeoutMs }, () => {
  let control: Control;
  beforeAll(async () => {
    control = await Control.open();
  });
  afterAll(() => control.close());

  interface Options {
    readonly server?: Server;
    readonly config?: object;
    readonly fault?: Fault;
  }
  const run = (name: string, use: 'read' | 'write', options: Options = {}): Promise<Row> => {
    const { server = fake(), config = {}, fault = faultOf(name) } = options;
    const configName: ConfigName = 'config' in options ? 'tools' : 'defaults';
    return runCell({ server, use, fault, config: configName }, config, control);
  };

  it('is healed by a new token, and the old one stays expired', async () => {
    const row = await run('401', 'read');
    expect(row).toMatchObject({ end: 'healed', healable: true, attempts: 2, fixes: ['token_refresh'], wrongFixes: [] });
  });

  it('is not healed without a retry, and the client receives the own error of the tool', async () => {
    const row = await run('500', 'read', { config: { tools: { get: { replay: 'never' } } } });
    expect(row).toMatchObject({ end: 'own error', healable: true, attempts: 1, fixes: [] });
    expect(row.received).toBe('HTTP 500: {"message":"Internal Server Error"}');
    expect(row.decisions.at(-1)).toContain('REPEAT_SWITCHED_OFF');
  });

  it('counts a second effect if a call that changes something is retried after its effect', async () => {
    const safe = await run('500', 'write');
    expect(safe).toMatchObject({ end: 'own error', healable: false, attempts: 1, secondEffects: 0 });
    const twice = await run('500', 'write', { config: { tools: { put: { kind: 'read-only' } } } });
    expect(twice).toMatchObject({ end: 'healed', attempts: 2, secondEffects: 1 });
    expect(problemsOf([twice], [])).toEqual(['fake, put, 500 (tools): took effect more than once']);
  });

  it('counts a fix that does not fit the fault', async () => {
    expect(await run('403', 'read')).toMatchObject({ end: 'own error', healable: false, fixes: [], wrongFixes: [] });
    const pattern = { id: 'wrong', class: 'auth', text: 'insufficient permissions', fix: ['token_refresh'] };
    const wrong = await run('403', 'read', { config: { patterns: [pattern] } });
    expect(wrong).toMatchObject({ end: 'own error', wrongFixes: ['token_refresh'] });
    expect(problemsOf([wrong], [])).toEqual(['fake, get, 403 (tools): token_refresh ran, which does not fit']);
  });

  it('does not count what the server healed itself', async () => {
    const fault: Fault = { ...faultOf('429'), cure: { by: 'time', ms: 0, longestMs: 100 } };
    const row = await run('429', 'read', { fault, server: fake({ RETRIES: '100000' }) });
    expect(row).toMatchObject({ end: 'by itself', healable: false, attempts: 1 });
  });

  it('measures nothing if no attempt meets the fault', async () => {
    const server: Server = {
      ...fake(),
      backend: httpBackend({ healthy: () => ({ item: 'tea' }), exempt: () => true }),
    };
    await expect(run('500', 'read', { server })).rejects.toThrow('no attempt met the fault');
  });
});

describe('the report', () => {
  const row: Row = {
    ...{ server: 'fake', tool: 'get', use: 'read', fault: '500', config: 'tools', end: 'healed', healable: true },
    ...{ attempts: 2, fixes: [], wrongFixes: [], secondEffects: 0, decisions: [], ms: 1_234 },
  };
  const missed: Row = {
    ...{ ...row, fault: '503', end: 'own error', received: 'connect 127.0.0.1:4242 | refused' },
    decisions: ['outcome: failed after 1 attempt in 1 s, because nothing fits (NO_FIX)'],
  };

  it('adds up the shares of what is healable', () => {
    const unhealable: Row = { ...row, fault: '403', end: 'own error', healable: false };
    expect(totalsOf([row, missed, unhealable])).toMatchObject({ healable: 2, healed: 1, share: 50 });
    expect(problemsOf([row, missed], ['tools'])).toEqual(['tools: 1 of 2 healed, less than 85 %']);
    expect(problemsOf([row], ['tools'])).toEqual([]);
    expect(problemsOf([{ ...row, end: 'other error' }], [])).toEqual([
      "fake, get, 500 (tools): not the tool's own error",
    ]);
  });

  it('shows each row, and what the client received of those that were not healed', () => {
    const page = pageOf([row, missed], [fake()], ['Redis: not installed']);
    expect(page).toContain('| fake | `get` | read |');
    expect(page).toContain('| fake | get | 503 |  | `connect 127.0.0.1:PORT \\| refused` | nothing fits (NO_FIX) |');
    expect(page).toContain('- Redis: not installed');
  });
});
