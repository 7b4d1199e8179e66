import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { createHealer, type HealerOptions } from '../../../src/healer/create.ts';
import type { InternalHealer } from '../../../src/healer/healer.ts';
import type { HealerPort } from '../../../src/mcp/healing/healer-port.ts';
import { callOf, ExchangeBench, fine, json, type Met, type Received, ScriptedServer } from './passthrough-bench.ts';

let server: ScriptedServer;
let bench: ExchangeBench;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-exchange-'));
  server = await new ScriptedServer().start();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (
  config: ConfigInput = {},
  ownsToken = false,
  fixes: HealerOptions['fixes'] = {},
): Promise<void> => {
  bench = await new ExchangeBench().start(server.url, {
    ownsToken: () => ownsToken,
    headers: { Authorization: 'Bearer stale' },
    createHealer: async (upstream): Promise<HealerPort & AsyncDisposable> =>
      (await createHealer({
        config: { ...config, stateDir: folder },
        memoryDir: folder,
        upstream,
        fixes,
        random: () => 0.5,
      })) as InternalHealer,
  });
};

const annotations = { reads: { readOnlyHint: true }, destroys: { destructiveHint: true }, plain: {} };
const tools = Object.entries(annotations).map(([name, hints]) => ({ name, annotations: hints }));

/** Fails the first call with the given response; all else succeeds. */
const failOnce = (fail: (asked: Received) => void): void => {
  let isFirst = true;
  server.respond = (asked) => {
    const { id, method } = asked.json;
    if (method === 'tools/list') return json(asked, { jsonrpc: '2.0', id, result: { tools } });
    if (!isFirst) return json(asked, fine(id));
    isFirst = false;
    fail(asked);
  };
};
const callsOf = (): number => server.methods.filter((method) => method === 'tools/call').length;
const statusOf =
  (status: number, headers: Record<string, string> = {}) =>
  ({ response }: Received): void =>
    void response.writeHead(status, headers).end();
const reset = ({ response }: Received): void => void response.destroy();

describe('the repeat policy', () => {
  it.each([
    ['reads', 'reset', reset, 2, 200],
    ['plain', 'reset', reset, 1, 502],
    ['destroys', 'reset', reset, 1, 502],
    ['destroys', '429', statusOf(429, { 'Retry-After': '0' }), 2, 200],
    ['reads', '503', statusOf(503), 2, 200],
    ['plain', '503', statusOf(503), 1, 503],
    ['destroys', '500', statusOf(500), 1, 500],
    ['reads', '500', statusOf(500), 2, 200],
    ['reads', '403', statusOf(403), 1, 403],
    ['reads', '404', statusOf(404), 1, 404],
    ['plain', '302', statusOf(302, { Location: '/done' }), 1, 502],
    ['destroys', '302', statusOf(302, { Location: '/done' }), 1, 502],
    ['destroys', '308', statusOf(308, { Location: '/mcp/' }), 2, 200],
  ] as const)('holds for a tool that %s after a %s', async (tool, _, fail, calls, status) => {
    await start();
    failOnce(fail);
    const met = await bench.send({ body: callOf(1, tool) });
    expect([callsOf(), met.status]).toEqual([calls, status]);
  });

  it.each([
    ['reads', 2],
    ['plain', 1],
    ['destroys', 1],
  ])('holds for a tool that %s and was redirected to where no server is', async (tool, calls) => {
    const { port } = server;
    let stopped: Promise<unknown> = Promise.resolve();
    failOnce(({ response }) => {
      stopped = server.stop();
      response.writeHead(307, { Location: '/mcp/', Connection: 'close' }).end();
    });
    await start({}, false, { retry_backoff: () => stopped.then(() => server.start(port)) });
    await bench.send({ body: '{"jsonrpc":"2.0","id":"tools","method":"tools/list"}' });
    await bench.send({ body: callOf(1, tool) });
    await stopped;
    expect(callsOf()).toBe(calls);
  });

  it('repeats for every tool what was refused before it was sent', async () => {
    failOnce((asked) => json(asked, fine(asked.json.id)));
    const { port } = server;
    await start({}, false, { retry_backoff: () => server.start(port) });
    await server.stop();
    const call = bench.send({ body: callOf(1, 'destroys') });
    expect([(await call).status, callsOf()]).toEqual([200, 1]);
    expect(bench.err).toContain('destroys healed by retry_backoff');
  });
});

describe('a tool whose annotations change while it is called', () => {
  const event = (message: object): string => `data: ${JSON.stringify(message)}\n\n`;
  const listChanged = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
  const text = 'deleted order 12 but notification failed: connection refused';

  it.each([
    ['destructive', { destructiveHint: true }, 1],
    ['unannotated', {}, 1],
    ['read-only', { readOnlyHint: true }, 2],
  ])('is still %s for the call that failed', async (_, before, calls) => {
    await start();
    let hints: object = before;
    server.respond = (asked) => {
      const { id, method } = asked.json;
      if (method === 'tools/list') {
        return json(asked, { jsonrpc: '2.0', id, result: { tools: [{ name: 'delete_order', annotations: hints }] } });
      }
      if (method !== 'tools/call' || callsOf() > 1) return json(asked, fine(id));
      hints = { readOnlyHint: true };
      const failed = { jsonrpc: '2.0', id, result: { isError: true, content: [{ type: 'text', text }] } };
      asked.response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(event(listChanged) + event(failed));
    };
    await bench.send({ body: '{"jsonrpc":"2.0","id":"tools","method":"tools/list"}' });
    await bench.send({ body: callOf(1, 'delete_order') });
    expect(callsOf()).toBe(calls);
  });
});

describe('token_refresh', () => {
  const config: ConfigInput = {
    fixes: {
      token_refresh: {
        command: [process.execPath, '-e', 'console.log("dummy-fresh")'],
        deliver: { header: { name: 'Authorization' } },
      },
    },
  };
  const respondTo = (asked: Received): void => {
    if (asked.request.headers.authorization === 'Bearer dummy-fresh') json(asked, fine(asked.json.id));
    else statusOf(401, { 'WWW-Authenticate': 'Bearer' })(asked);
  };

  it('heals the first request of a morning and a call alike, and is written down', async () => {
    await start(config, true);
    server.respond = respondTo;
    const met: Met = await bench.send({ body: '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}' });
    expect([met.status, met.body.toString()]).toEqual([200, JSON.stringify(fine(0))]);
    expect((await bench.send({ body: callOf(1, 'destroys') })).status).toBe(200);
    expect(callsOf()).toBe(1);
    const log = readFileSync(join(folder, 'learned/tool_fixes.yaml'), 'utf8');
    expect(log).toContain('tool: "initialize"');
    expect(log).toContain('fix_applied: "token_refresh"');
    expect(log + bench.err).not.toContain('dummy-fresh');
  });

  it('does not log in for ever where the new token is no better', async () => {
    await start(config, true);
    server.respond = statusOf(401, { 'WWW-Authenticate': 'Bearer realm="a"' });
    const met = await bench.send({ body: callOf(1, 'reads') });
    expect([met.status, met.headers['www-authenticate']]).toEqual([401, 'Bearer realm="a"']);
    expect(callsOf()).toBe(2);
    expect((await bench.send({ body: callOf(2, 'reads') })).status).toBe(401);
    expect(callsOf()).toBeLessThanOrEqual(4);
  });
});
