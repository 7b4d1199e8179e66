import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'healflow-cli-http-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** A server that requires the new token. */
const upstream = async (): Promise<string> => {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      if (request.headers.authorization !== 'Bearer dummy-fresh') response.writeHead(401).end();
      else {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const result = { content: [{ type: 'text', text: 'pods' }] };
        response.end(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(body).id, result }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
};

const configFor = (path: string): string => {
  const file = join(path, 'healflow.yaml');
  const command = [process.execPath, '-e', "process.stdout.write('dummy-fresh')"];
  const deliver = { header: { name: 'Authorization' } };
  writeFileSync(
    file,
    JSON.stringify({
      proxy: { headers: { Authorization: `Bearer $${'{SERVICE_TOKEN}'}` }, http: { tokenEnv: 'OWN_TOKEN' } },
      fixes: { token_refresh: { command, deliver } },
    }),
  );
  return file;
};

const start = (args: readonly string[], env: Record<string, string> = {}) => {
  const path = folder();
  const child: ChildProcess = spawn(process.execPath, [program, 'proxy', '--memory', path, ...args], {
    cwd: path,
    env: { PATH: process.env.PATH, HOME: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanups.push(() => child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout?.on('data', (piece) => {
    output.out += piece;
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (piece) => {
      output.err += piece;
      const found = /at (http:\/\/\S+\/mcp)/.exec(output.err)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(output.err)));
  });
  url.catch(() => {});
  const ended = once(child, 'close').then(([code]) => code as number);
  return { child, url, ended, output };
};

describe('healflow proxy --http --upstream', () => {
  it('refreshes its token, shows no token, and exits with 0 on SIGTERM', async () => {
    const config = configFor(folder());
    const env = { SERVICE_TOKEN: 'dummy-stale-token', OWN_TOKEN: 'dummy-own-token' };
    const { child, url, ended, output } = start(
      ['--config', config, '--http', '0', '--upstream', await upstream()],
      env,
    );
    const call = (token: string) => async () =>
      fetch(await url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"k8s_get_pods"}}',
      });
    expect((await call('wrong')()).status).toBe(401);
    const answer = await call('dummy-own-token')();
    expect(await answer.json()).toMatchObject({
      id: 1,
      result: { content: [{ text: 'pods' }], _meta: { 'healflow/run': { fixes: ['token_refresh: succeeded'] } } },
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.out).toBe('');
    expect(output.err).toMatch(/k8s_get_pods healed by token_refresh \(2 attempts/);
    expect(output.err).not.toContain('dummy-');
  });

  it('exits with 2 and one line if the port is in use, or the required token is not set', async () => {
    const taken = await upstream();
    const port = new URL(taken).port;
    const busy = start(['--http', port, '--upstream', taken]);
    expect(await busy.ended).toBe(2);
    expect(busy.output.err).toMatch(
      /^healflow: cannot listen on 127\.0\.0\.1:\d+: another program listens there already[^\n]*\n$/,
    );
    const tokenless = start(['--config', configFor(folder()), '--http', '0', '--upstream', taken], {
      SERVICE_TOKEN: 'dummy-x',
    });
    expect(await tokenless.ended).toBe(2);
    expect(tokenless.output.err).toMatch(
      /^healflow: proxy\.http\.tokenEnv: the environment variable OWN_TOKEN is not set[^\n]*\n$/,
    );
  });
});
