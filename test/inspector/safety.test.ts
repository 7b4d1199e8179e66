import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Hub } from '../../src/inspector/hub.ts';
import type { Health, RunDetail, RunsPage } from '../../src/inspector/model.ts';
import { streamTo } from '../../src/inspector/stream.ts';
import { packageFile } from '../../src/package-root.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { apiOf, newFolder, unauthorized, watchedHealer } from './support.ts';

describe('access', () => {
  it('requires the token, a local host name and the same origin', async () => {
    const { inspector, healer, api } = await watchedHealer();
    const host = new URL(api.base).host;
    const of = async (answer: Promise<{ status: number }>) => (await answer).status;
    expect(await of(api.get('/api/runs'))).toBe(200);
    expect(await of(api.get('/api/runs', { origin: api.base }))).toBe(200);
    expect(await of(api.get('/api/runs', { authorization: '' }))).toBe(401);
    expect(await of(api.get('/api/runs', { authorization: `Bearer ${api.token}x` }))).toBe(401);
    expect(await of(api.get(`/api/runs?token=${api.token}`, { authorization: '' }))).toBe(401);
    expect(await of(api.raw('/api/runs', { host: 'evil.example' }))).toBe(403);
    expect(await of(api.raw('/api/runs', { host: `evil.example:${new URL(api.base).port}` }))).toBe(403);
    expect(await of(api.raw('/api/runs', { host, origin: 'https://evil.example' }))).toBe(403);
    expect(await of(api.raw('/api/runs', { host, origin: 'http://127.0.0.1:1' }))).toBe(403);
    expect(await of(api.raw('/api/runs', { host, origin: 'null' }))).toBe(403);
    expect(await of(api.raw('/', { host, origin: 'https://evil.example' }))).toBe(403);
    await healer.close();
    await inspector.close();
  });

  it.each([
    ['a file above', '/../package.json'],
    ['a file above, half encoded', '/..%2fpackage.json'],
    ['a file above, encoded', '/%2e%2e/package.json'],
    ['another root', '//etc/passwd'],
    ['a file above a file', '/app.js/../../package.json'],
    ['the page by its name', '/index.html'],
    ['what every object has', '/constructor'],
    ['the API itself', '/api'],
    ['a file as a run', '/api/runs/..%2f..%2fpackage.json'],
    ['a run whose name is no text', '/api/runs/%E0%A4%A'],
    ['a run of a long name', `/api/runs/${'x'.repeat(2_000)}`],
    ['a long path', `/${'x'.repeat(8_000)}`],
    ['another server', 'http://evil.example/api/runs'],
  ])('finds nothing at %s', async (_, path) => {
    const { inspector, healer, api } = await watchedHealer();
    const { status, text } = await api.raw(path, { host: new URL(api.base).host });
    expect([status, JSON.parse(text)]).toEqual([404, { error: { code: 'GONE', message: 'not found' } }]);
    await healer.close();
    await inspector.close();
  });

  it('is read-only, without request bodies', async () => {
    const { inspector, healer, api } = await watchedHealer();
    const host = new URL(api.base).host;
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await api.raw('/api/runs', { host }, method)).status, method).toBe(405);
    }
    expect((await api.raw('/api/runs', { host, 'content-length': '100000000' }, 'POST', 'x')).status).toBe(413);
    expect((await api.raw('/api/runs', { host, 'transfer-encoding': 'chunked' }, 'POST', 'x')).status).toBe(413);
    await healer.close();
    await inspector.close();
  });

  it('serves a page without external resources, inline scripts or framing', async () => {
    const { inspector, healer, api } = await watchedHealer();
    for (const path of ['/', '/app.js', '/api/runs', '/nothing']) {
      const { headers } = await api.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await api.get('/api/runs')).headers.get('cache-control')).toBe('no-store');
    await healer.close();
    await inspector.close();
  });
});

describe('secrets', () => {
  // Dummy secrets, each in a different format.
  const secrets = {
    bearer: 'Bearer dummy-token-abcdefghijklmnopqrstuvwx',
    jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkdW1teS11c2VyIn0.c2lnbmF0dXJlLWR1bW15LWR1bW15',
    github: 'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    gitlab: 'glpat-dummyDUMMYdummy12345',
    aws: 'AKIADUMMYDUMMYDUMMY1',
    named: 'password=hunter2dummy',
    url: 'postgres://admin:dummypassword@db.internal/prod',
  };

  it('appear in no response, event, export or log', async () => {
    const { inspector, healer, api } = await watchedHealer();
    const values = Object.values(secrets).map((text) =>
      text.replace(/^(?:Bearer |password=|postgres:\/\/admin:)/, '').replace(/@.*$/, ''),
    );
    let last = '';
    const streamed = api.stream(
      (text) => (text.match(/"to":"\[\*\]"/g) ?? []).length >= Object.keys(secrets).length,
      async () => {
        for (const [name, secret] of Object.entries(secrets)) {
          const outcome = await healer.runOutcome(`tool ${secret}`, () => {
            throw new Error(`error: You must be logged in to the server (Unauthorized) ${name} ${secret}`);
          });
          last = outcome.runId;
        }
      },
    );
    let all = await streamed;
    const { runs } = await api.json<RunsPage>('/api/runs');
    expect(runs).toHaveLength(Object.keys(secrets).length);
    for (const { runId } of runs) {
      all += (await api.get(`/api/runs/${runId}`)).text;
      all += (await api.get(`/api/runs/${runId}/export`)).text;
    }
    for (const path of ['/api/runs', '/api/totals', '/api/health']) all += (await api.get(path)).text;
    expect(last).not.toBe('');
    expect(all.length).toBeGreaterThan(10_000);
    expect(values.filter((value) => all.includes(value))).toEqual([]);
    await healer.close();
    await inspector.close();
  });

  it('of a fix do not appear in its command, its output or the reason of its failure', async () => {
    const { github, gitlab, aws } = secrets;
    const code = `console.log('${gitlab}'); console.error('key ${aws}'); process.exit(1)`;
    const command = [process.execPath, '-e', code, '--', `--token=${github}`];
    const { inspector, healer, heal, api } = await watchedHealer({
      config: { fixes: { kube_login: { command } } },
      fixes: {},
    });
    const { runId, status } = await heal();
    expect(status).toBe('failed');
    const run = await api.json<RunDetail>(`/api/runs/${runId}`);
    expect(run.fixReports).toMatchObject([{ fix: 'kube_login', status: 'failed' }]);
    expect(run.fixReports[0]?.command).toContain('--token=');
    expect(run.fixReports[0]?.output).toContain('key ');
    const text = JSON.stringify(run) + (await api.get(`/api/runs/${runId}/export`)).text;
    expect([github, gitlab, aws].filter((secret) => text.includes(secret))).toEqual([]);
    await healer.close();
    await inspector.close();
  });
});

describe('a viewer that does not read', () => {
  it('is disconnected, and its events are released', async () => {
    const hub = new Hub(() => {});
    const ended = new Promise<void>((resolve) => {
      const server = createServer((_, response) => {
        streamTo(response, { hub, clock: new FakeClock(), localOnly: false, hello: {}, onEnd: resolve });
      });
      server.listen(0, '127.0.0.1', () => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        socket.pause();
      });
    });
    const data = 'x'.repeat(100_000);
    let received = 0;
    while (!hub.listened) await nextTurn();
    while (hub.listened && received < 5_000) {
      hub.broadcast({ event: 'totals', data });
      received += 1;
      await nextTurn();
    }
    await ended;
    // The buffer of a connection, and 4 MiB more.
    expect(received).toBeLessThan(500);
  });
});

describe('the runs of other processes', () => {
  it('are shown on one page with all details until their process ends', async () => {
    const stateDir = join(await newFolder(), 'state');
    const one = await watchedHealer({ stateDir, inspect: { title: 'one' } });
    const other = await watchedHealer({ stateDir, inspect: { title: 'other' } });
    const there = await other.heal('there');
    const here = await one.heal('here');
    const page = await one.api.json<RunsPage>('/api/runs');
    expect(page.runs.map(({ runId }) => runId).sort()).toEqual([there.runId, here.runId].sort());
    const detail = await one.api.json<RunDetail>(`/api/runs/${there.runId}`);
    expect(detail.steps).toHaveLength(9);
    const text = await one.api.stream(
      (received) => received.includes('"tool":"later"') && received.includes('"to":"[*]"'),
      () => other.heal('later'),
    );
    expect(text).toContain('"to":"ApplyingFix"');
    const { processes } = await one.api.json<Health>('/api/health');
    expect(processes.map(({ title }) => title).sort()).toEqual(['one', 'other']);
    await other.healer.close();
    await other.inspector.close();
    await one.healer.close();
    await one.inspector.close();
  });

  it('are announced in files that only their user may read', async () => {
    const stateDir = join(await newFolder(), 'state');
    const one = await watchedHealer({ stateDir });
    const { stdout } = spawn('find', [stateDir, '-name', '*.json', '-perm', '0600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const found = (await stdout.setEncoding('utf8').toArray()).join('');
    expect(found).toMatch(/inspect\/.+\.json/);
    await one.healer.close();
    await one.inspector.close();
  });
});

describe('healflow inspect', () => {
  const program = packageFile('dist/src/cli/main.js');

  const start = (args: readonly string[], cwd: string) => {
    const child = spawn(process.execPath, [program, 'inspect', ...args], {
      cwd,
      env: { ...process.env, HEALFLOW_STATE_DIR: join(cwd, 'state') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return child;
  };

  it('opens an exported run, and exits on Ctrl-C', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    const { runId } = await heal('exported', unauthorized);
    const folder = await newFolder();
    await writeFile(join(folder, 'run.json'), (await api.get(`/api/runs/${runId}/export`)).text);
    await healer.close();
    await inspector.close();
    const child = start(['run.json'], folder);
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const there = apiOf({ url: line.trim() });
    expect(await there.json('/api/mode')).toMatchObject({
      mode: 'file',
      run: { runId, tool: 'exported', status: 'healed' },
    });
    expect((await there.get('/api/mode', { authorization: '' })).status).toBe(401);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['a file that is not there', ['none.json'], /none\.json cannot be opened: ENOENT/],
    ['a port that is none', ['--port', '99999'], /--port: '99999' is not a port/],
  ])('rejects %s', async (_, args, message) => {
    const child = start(args, await newFolder());
    const text = (await child.stderr.setEncoding('utf8').toArray()).join('');
    expect(text).toMatch(message);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(2);
  });
});
