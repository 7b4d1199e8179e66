import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { type Listening, listen } from '../../../../src/http/listen.ts';
import { KeepAlive } from '../../../../src/mcp/downstream/http/keep-alive.ts';
import { SseResponse } from '../../../../src/mcp/downstream/http/sse-response.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

let server: Listening | undefined;
afterEach(async () => {
  await server?.close(0);
});

/** One response on its way, both ends of it. */
const exchange = async (): Promise<{
  response: ServerResponse;
  read: () => Promise<IncomingMessage>;
  cut: () => void;
}> => {
  let arrive: (response: ServerResponse) => void = () => {};
  const arrived = new Promise<ServerResponse>((resolve) => {
    arrive = resolve;
  });
  server = await listen((_request, response) => arrive(response), { port: 0, clock: systemClock });
  const request = get(server.url);
  request.on('error', () => {});
  const received = once(request, 'response').then(([incoming]) => incoming as IncomingMessage);
  received.catch(() => {});
  return { response: await arrived, read: () => received, cut: () => request.destroy() };
};

describe('an SSE response', () => {
  it('lets the server wait while more than allowed is not taken, and go on when it is', async () => {
    const { response, read } = await exchange();
    const held: string[] = [];
    const source = { pause: () => held.push('hold'), resume: () => held.push('release') };
    const sse = new SseResponse({
      response,
      keepAlive: new KeepAlive(new FakeClock(), 1_000),
      source,
      highWaterMark: 100_000,
    });
    sse.begin();
    const incoming = await read();
    while (held.length === 0) sse.write(Buffer.alloc(1_000_000, 'x'));
    expect(held).toEqual(['hold']);
    incoming.resume();
    await vi.waitUntil(() => held.length === 2);
    expect(held).toEqual(['hold', 'release']);
  });

  it('cuts off a client that takes nothing for too long, and lets the server go on', async () => {
    const { response, read } = await exchange();
    const held: string[] = [];
    const gone = new Promise<boolean>((resolve) => {
      const source = { pause: () => held.push('hold'), resume: () => held.push('release') };
      const keepAlive = new KeepAlive(new FakeClock(), 1_000);
      const sse = new SseResponse({
        response,
        keepAlive,
        source,
        highWaterMark: 1,
        stalledMs: 30,
        onClose: resolve,
      });
      sse.begin();
      for (let at = 0; at < 20; at += 1) sse.write(Buffer.alloc(1_000_000, 'x'));
    });
    const incoming = await read();
    incoming.on('error', () => {});
    expect(await gone).toBe(false);
    expect(held).toEqual(['hold', 'release']);
  });

  it('says something where it was idle between two beats, and only then', async () => {
    const { response, read } = await exchange();
    const clock = new FakeClock();
    const source = { pause: () => {}, resume: () => {} };
    const sse = new SseResponse({ response, keepAlive: new KeepAlive(clock, 1_000), source, highWaterMark: 1_000 });
    sse.begin();
    let seen = '';
    (await read()).on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    await clock.advance(1_000);
    sse.write('data: 1\n\n');
    await clock.advance(1_000);
    sse.write('data: 2\n\n');
    await clock.advance(3_000);
    sse.frameEnd();
    await expect.poll(() => seen).toBe('data: 1\n\ndata: 2\n\n: keepalive\n\n: keepalive\n\n');
    await vi.waitUntil(() => response.closed);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('says whether all of it was handed over when the connection is over', async () => {
    const source = { pause: () => {}, resume: () => {} };
    const ends: boolean[] = [];
    for (const isWhole of [true, false]) {
      const { response, read, cut } = await exchange();
      const keepAlive = new KeepAlive(new FakeClock(), 1_000);
      const sse = new SseResponse({
        response,
        keepAlive,
        source,
        highWaterMark: 1_000,
        onClose: (whole) => ends.push(whole),
      });
      if (isWhole) {
        sse.send(200, {}, 'whole');
        (await read()).resume();
      } else {
        cut();
      }
      await vi.waitUntil(() => response.closed);
      sse.write('nobody hears it');
      sse.send(200);
      await server?.close(0);
    }
    expect(ends).toEqual([true, false]);
  });
});
