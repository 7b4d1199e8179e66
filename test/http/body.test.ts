import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { BodyTooLargeError, readBody } from '../../src/http/body.ts';
import { type Listening, listen } from '../../src/http/listen.ts';

const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

/** A server that answers with what it read, or with the status of the error. */
const echo = async (maxBytes: number): Promise<{ url: string; seen: () => Promise<unknown> }> => {
  let settle: (seen: unknown) => void = () => {};
  const seen = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  const server = await listen(
    async (incoming, response) => {
      try {
        const body = await readBody(incoming, maxBytes);
        settle(body);
        response.end(body);
      } catch (error) {
        settle(error);
        if (error instanceof BodyTooLargeError) response.writeHead(error.status).end(error.message);
      }
    },
    { port: 0, clock: systemClock },
  );
  servers.push(server);
  return { url: server.url, seen: () => seen };
};

const post = (url: string, headers: Record<string, string | number> = {}) => request(url, { method: 'POST', headers });

const answerTo = async (outgoing: ReturnType<typeof post>): Promise<IncomingMessage> =>
  (await once(outgoing, 'response'))[0];

describe('readBody', () => {
  it('gives the bytes as they came, over several pieces', async () => {
    const { url } = await echo(1_000);
    const outgoing = post(url);
    outgoing.write('one ');
    outgoing.end('two');
    expect(await text(await answerTo(outgoing))).toBe('one two');
  });

  it('takes a body that is just as long as allowed, and an empty one', async () => {
    const { url } = await echo(4);
    const full = post(url);
    full.end('four');
    expect(await text(await answerTo(full))).toBe('four');
    const empty = post(url);
    empty.end();
    expect(await text(await answerTo(empty))).toBe('');
  });

  it('refuses a length that is announced to be too much before a byte of it has come', async () => {
    const { url } = await echo(4);
    const outgoing = post(url, { 'content-length': 5 });
    outgoing.flushHeaders();
    const response = await answerTo(outgoing);
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toBe('Content Too Large: the limit is 4 bytes');
    outgoing.destroy();
  });

  it('refuses one that turns out to be too long, without waiting for its end', async () => {
    const { url, seen } = await echo(4);
    const outgoing = post(url);
    outgoing.write('far too long');
    expect((await answerTo(outgoing)).statusCode).toBe(413);
    expect(await seen()).toBeInstanceOf(BodyTooLargeError);
    outgoing.destroy();
  });

  it('rejects if the client disconnects before the end', async () => {
    const { url, seen } = await echo(100);
    const outgoing = post(url, { 'content-length': 10 });
    outgoing.on('error', () => {});
    outgoing.write('half', () => outgoing.destroy());
    expect(await seen()).toMatchObject({ message: 'the client has gone before it had sent its request' });
  });
});
