import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readMessage } from '../../../../src/mcp/jsonrpc/message.ts';
import { IdleStop } from '../../../../src/mcp/upstream/stdio/idle-stop.ts';
import { ResponseCache } from '../../../../src/mcp/upstream/stdio/response-cache.ts';
import { folderWith } from '../../../config/support.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { fixture, ProxyBench, type ProxyBenchOptions } from '../../modes/proxy-bench.ts';

/** A folder with a server that lists the given tools and counts its starts. */
const world = async () => {
  const folder = await folderWith();
  const starts = join(folder, 'starts');
  const tools = join(folder, 'tools.json');
  const list = (...names: readonly string[]): void =>
    writeFileSync(tools, JSON.stringify(names.map((name) => ({ name, inputSchema: { type: 'object' } }))));
  list('a');
  const open = (limits: ProxyBenchOptions['limits']): ProxyBench => {
    const bench = new ProxyBench({
      command: [process.execPath, fixture('listing-server.mjs')],
      env: { LISTING_TOOLS: tools, LISTING_STARTS: starts },
      cacheFile: join(folder, 'cache.json'),
      limits: { graceMs: 5_000, ...limits },
    });
    onTestFinished(async () => {
      bench.kill();
      await bench.exitCode;
    });
    return bench;
  };
  const startCount = (): number => (existsSync(starts) ? readFileSync(starts, 'utf8').length / 'start\n'.length : 0);
  return { folder, list, open, startCount };
};

/** Starts the server once, so that its responses are known; returns them. */
const warmed = async () => {
  const all = await world();
  const bench = all.open({ lazy: true });
  await bench.connect();
  const { result } = await bench.request('tools/list');
  expect(await bench.end()).toBe(0);
  expect(all.startCount()).toBe(1);
  return { ...all, result };
};

const notifications = (bench: ProxyBench) =>
  bench.messages.filter(({ method }) => method !== undefined).map(({ method }) => method);

describe('proxy.lazy', () => {
  it('keeps the handshake and the lists in a file of its owner', async () => {
    const { folder } = await warmed();
    expect(statSync(join(folder, 'cache.json')).mode & 0o777).toBe(0o600);
  });

  it('responds with them without a server, and a call starts it', async () => {
    const { open, startCount, result } = await warmed();
    const bench = open({ lazy: true });
    await bench.connect();
    expect((await bench.request('tools/list')).result).toEqual(result);
    expect((await bench.request('ping')).result).toEqual({});
    expect(startCount()).toBe(1);
    expect(await bench.text('a')).toMatch(/^\d+$/);
    expect(startCount()).toBe(2);
    expect(notifications(bench)).toEqual([]);
  });

  it('tells the client if the list is another one now, and keeps the new one', async () => {
    const { open, list } = await warmed();
    list('b');
    const bench = open({ lazy: true });
    await bench.connect();
    await bench.request('tools/list');
    await bench.text('a');
    await bench.until(() => notifications(bench).includes('notifications/tools/list_changed'));
    const { result } = await bench.request('tools/list');
    expect(result).toEqual({ tools: [{ name: 'b', inputSchema: { type: 'object' } }] });
    await bench.end();
    const next = open({ lazy: true });
    await next.connect();
    expect((await next.request('tools/list')).result).toEqual(result);
  });

  it('starts the server for a request that it cannot respond to', async () => {
    const { open, startCount } = await warmed();
    const bench = open({ lazy: true });
    await bench.request('initialize', { protocolVersion: '2025-06-18' });
    expect(startCount()).toBe(2);
  });

  it('ends without having started anything', async () => {
    const { open, startCount } = await warmed();
    const bench = open({ lazy: true });
    await bench.connect();
    expect(await bench.end()).toBe(0);
    expect(startCount()).toBe(1);
  });

  it('takes a damaged file for none', async () => {
    const { open, folder, startCount } = await warmed();
    writeFileSync(join(folder, 'cache.json'), '{"version":1,"resul');
    const bench = open({ lazy: true });
    await bench.connect();
    expect(startCount()).toBe(2);
  });
});

describe('the kept responses', () => {
  const request = (method: string, params: object, id = 1) =>
    readMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params })));

  it('belong to the page, the version and the capabilities that were asked for, and go with a change', async () => {
    const file = join(await folderWith(), 'cache.json');
    const cache = new ResponseCache(file, () => {});
    cache.sent(request('tools/list', {}));
    cache.received(Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"tools": [1.0]}}\n'));
    expect(cache.responseTo(request('tools/list', { _meta: { progressToken: 1 } }, 7))?.toString()).toBe(
      '{"jsonrpc":"2.0","id":7,"result":{"tools": [1.0]}}\n',
    );
    expect(cache.responseTo(request('tools/list', { cursor: 'x' }))).toBeUndefined();
    expect(cache.responseTo(request('tools/call', { name: 'a' }))).toBeUndefined();
    await cache.flushed();
    const other = new ResponseCache(file, () => {});
    expect(await other.load()).toBe(true);
    other.received(Buffer.from('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n'));
    expect(other.responseTo(request('tools/list', {}))).toBeUndefined();
  });

  it('do not include errors', () => {
    const cache = new ResponseCache('/nonexistent/cache.json', () => {});
    cache.sent(request('tools/list', {}));
    cache.received(Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"x"}}\n'));
    expect(cache.responseTo(request('tools/list', {}))).toBeUndefined();
  });
});

describe('proxy.idleStopMs', () => {
  const idle = (isQuiet = () => true) => {
    const clock = new FakeClock();
    const state = { received: 0, stops: 0 };
    const stop = new IdleStop({
      ...{ clock, idleMs: 1_000, isQuiet },
      messagesReceived: () => state.received,
      stop: () => {
        state.stops += 1;
      },
    });
    return { clock, state, stop };
  };

  it('stops the server once after the time', async () => {
    const { clock, state, stop } = idle();
    stop.sent();
    await clock.advance(999);
    expect(state.stops).toBe(0);
    await clock.advance(10_000);
    expect(state.stops).toBe(1);
  });

  it('counts from the last message of either side', async () => {
    const { clock, state, stop } = idle();
    stop.sent();
    await clock.advance(900);
    state.received += 1;
    await clock.advance(900);
    expect(state.stops).toBe(0);
    await clock.advance(1_000);
    expect(state.stops).toBe(1);
  });

  it('takes no account of pings', async () => {
    const { clock, state, stop } = idle();
    stop.sent();
    await clock.advance(900);
    stop.sent(true);
    state.received += 1;
    await clock.advance(100);
    expect(state.stops).toBe(1);
  });

  it('waits for what is open', async () => {
    let isQuiet = false;
    const { clock, state, stop } = idle(() => isQuiet);
    stop.sent();
    await clock.advance(50_000);
    expect(state.stops).toBe(0);
    isQuiet = true;
    await clock.advance(1_000);
    expect(state.stops).toBe(1);
  });

  it('the next call starts the server again, and a ping does not', async () => {
    const { open, startCount } = await world();
    const bench = open({ idleStopMs: 20 });
    await bench.connect();
    const first = await bench.text('a');
    await bench.until(() => bench.err.includes('the MCP server was stopped'));
    expect((await bench.request('ping')).result).toEqual({});
    expect(startCount()).toBe(1);
    expect(await bench.text('a')).not.toBe(first);
    expect(startCount()).toBe(2);
    expect(await bench.end()).toBe(0);
  });
});

describe('a restart on request', () => {
  it('replaces the server and replays the handshake', async () => {
    const { open, list, startCount } = await world();
    const bench = open({});
    await bench.connect();
    await bench.request('tools/list');
    const first = await bench.text('a');
    list('b');
    bench.restart();
    await bench.until(() => bench.err.includes('was restarted on request'));
    expect(await bench.text('a')).not.toBe(first);
    expect(startCount()).toBe(2);
    await bench.until(() => notifications(bench).includes('notifications/tools/list_changed'));
  });
});
