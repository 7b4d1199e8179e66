import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAllRepairs } from '../learning/records.ts';
import { program, repair, type World, world } from './repair-world.ts';

interface Request {
  readonly id?: number;
  readonly method: string;
}

const tool = { name: 'get_pods', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } };
const serverInfo = { name: 'broken', version: '1' };

/** An HTTP server whose tool fails until a file exists; each call has a log message beside its response. */
const openServer = async ({ path }: World) => {
  let calls = 0;
  const resultOf = (method: string): object => {
    if (method === 'initialize') return { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
    if (method === 'tools/list') return { tools: [tool] };
    calls += 1;
    if (existsSync(path('flag'))) return { content: [{ type: 'text', text: 'all is well' }] };
    return { isError: true, content: [{ type: 'text', text: 'Error: connect ECONNREFUSED 10.0.0.1:443' }] };
  };
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method } = (await json(request)) as Request;
    if (id === undefined) return void response.writeHead(202).end();
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(method) });
    if (method !== 'tools/call') {
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's1' }).end(answer);
      return;
    }
    const log = { level: 'error', data: 'the backend is away' };
    const note = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: log });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${note}\n\ndata: ${answer}\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, calls: () => calls };
};

const timeout = 120_000;

describe('healflow repair with a server over HTTP', { timeout }, () => {
  it('has the call made again by a proxy between HTTP and HTTP, with the session of the client', async () => {
    const here = await world();
    const { url, calls } = await openServer(here);
    const args = [program, 'proxy', '--upstream', url, '--http', '0'];
    const child = spawn(process.execPath, args, {
      cwd: here.folder,
      env: here.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let proxy: string | undefined;
    for await (const line of createInterface({ input: child.stderr })) {
      proxy = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(line.replace(url, ''))?.[0];
      if (proxy !== undefined) break;
    }
    const post = async (body: object, session?: string): Promise<Response> =>
      fetch(proxy ?? '', {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          ...{ 'mcp-protocol-version': '2025-11-25', ...(session === undefined ? {} : { 'mcp-session-id': session }) },
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      });
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const begun = await post({ id: 1, method: 'initialize', params });
    const session = begun.headers.get('mcp-session-id') ?? '';
    await post({ method: 'notifications/initialized' }, session);
    await (await post({ id: 2, method: 'tools/list', params: {} }, session)).text();
    const call = { method: 'tools/call', params: { name: 'get_pods', arguments: {}, _meta: { progressToken: 'p' } } };
    expect(await (await post({ id: 3, ...call }, session)).text()).toContain('ECONNREFUSED');
    const made = calls();
    const { code, stderr } = await repair(here, '--', ...here.fix);
    expect(stderr).toMatch(/get_pods: failing before, working after/);
    expect(code).toBe(0);
    expect(calls()).toBe(made + 2);
    expect(await (await post({ id: 4, ...call }, session)).text()).toContain('all is well');
    const { records } = await readAllRepairs(join(here.folder, 'memory'));
    expect(records.filter(({ kind }) => kind === 'repaired')).toMatchObject([{ checked: 'call', after: 'succeeded' }]);
  });
});
