import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { secretsIn, withHeaders } from '../../src/cli/proxy-headers.ts';
import { loadConfig } from '../../src/config/load.ts';
import { secretValues } from '../../src/config/secrets.ts';
import { upstreamHeaders } from '../../src/config/upstream-headers.ts';
import { folderWith } from '../config/support.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const fixture = fileURLToPath(new URL('../fixtures/mcp/raw-server.mjs', import.meta.url));

describe('--header-env', () => {
  it('adds headers to those of the configuration, and masks them alike', async () => {
    const loaded = await loadConfig({ config: { proxy: { headers: { 'X-A': 'a' } } } });
    const { config } = withHeaders(loaded, ['Authorization=MY_AUTHORIZATION', 'X-A=MY_A']);
    const env = { MY_AUTHORIZATION: 'Bearer dummy-token-1', MY_A: 'b' };
    const headers = upstreamHeaders(config, env);
    expect(headers).toEqual({ 'X-A': 'b', Authorization: 'Bearer dummy-token-1' });
    expect(secretValues(config, env)).toContain('Bearer dummy-token-1');
    expect(secretsIn(headers)).toEqual(['dummy-token-1']);
    expect(withHeaders(loaded)).toBe(loaded);
  });

  it.each(['Authorization: Bearer dummy-secret', 'Authorization=', '=X', 'A B=X'])(
    'is rejected if it is not a header and variable, without showing it: %s',
    async (word) => {
      const loaded = await loadConfig({ config: {} });
      expect(() => withHeaders(loaded, [word])).toThrow(/^--header-env takes a header and a variable/);
    },
  );

  it('sends the headers of a wrapped entry to the server', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as { port: number };
    const words = [
      'proxy',
      '--header-env',
      'Authorization=MY_AUTHORIZATION',
      '--upstream',
      `http://127.0.0.1:${port}/mcp`,
    ];
    const child = spawn(process.execPath, [program, ...words], {
      cwd: await folderWith(),
      env: { ...process.env, MY_AUTHORIZATION: 'Bearer dummy-token-1' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await vi.waitFor(() => expect(seen[0]).toBe('Bearer dummy-token-1'), { timeout: 10_000 });
    child.stdin.end();
    await once(child, 'exit');
  });

  it('is rejected without --upstream', async () => {
    const child = spawn(process.execPath, [program, 'proxy', '--header-env', 'A=B', '--', 'x'], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([2, null]);
  });
});

describe('healflow proxy --inspect stately', () => {
  it('sends the runs of the proxy to the inspector', async () => {
    const viewer = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(viewer, 'listening');
    const url = `ws://127.0.0.1:${(viewer.address() as { port: number }).port}`;
    onTestFinished(() => {
      for (const client of viewer.clients) client.terminate();
      viewer.close();
    });
    const messages: string[] = [];
    viewer.on('connection', (socket) => socket.on('message', (data) => messages.push(String(data))));
    const folder = await folderWith();
    const child = spawn(process.execPath, [program, 'proxy', '--inspect', url, '--', process.execPath, fixture], {
      cwd: folder,
      env: { ...process.env, RAW_SERVER_STATE: join(folder, 'state') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"expired"}}\n');
    await vi.waitFor(() => expect(messages.join()).toContain('NoFix'), { timeout: 10_000 });
    child.stdin.end();
    await once(child, 'exit');
  });
});
