import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Listening, type ListenOptions, listen } from '../../src/http/listen.ts';
import { FakeClock } from '../support/fake-clock.ts';

const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

const start = async (handler: RequestListener, options: Partial<ListenOptions> = {}): Promise<Listening> => {
  const server = await listen(handler, { port: 0, clock: systemClock, ...options });
  servers.push(server);
  return server;
};

const ask = async (url: string, agent?: Agent): Promise<IncomingMessage> => {
  const [response] = await once(get(url, { agent }), 'response');
  return response as IncomingMessage;
};

describe('listen', () => {
  it('serves at the loopback address only, at a free port if 0 is given, and reports its URL', async () => {
    const server = await start((_request, response) => response.end('here'));
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await text(await ask(server.url))).toBe('here');
  });

  it('says which port is taken and what to do, as an error of usage', async () => {
    const { port } = await start(() => {});
    await expect(listen(() => {}, { port, clock: systemClock })).rejects.toMatchObject({
      name: 'HealError',
      code: 'CANNOT_LISTEN',
      message: `cannot listen on 127.0.0.1:${port}: another program listens there already; stop it, or choose another port`,
    });
  });

  it('rejects an address or a port that is not valid', async () => {
    await expect(listen(() => {}, { host: '192.0.2.1', port: 0, clock: systemClock })).rejects.toMatchObject({
      code: 'CANNOT_LISTEN',
      message: 'cannot listen on 192.0.2.1:0: this machine has no such address',
    });
    await expect(listen(() => {}, { port: 70_000, clock: systemClock })).rejects.toMatchObject({
      code: 'CANNOT_LISTEN',
    });
  });

  it('closes at once if no request is open, though connections are kept alive', async () => {
    const clock = new FakeClock();
    const server = await start((_request, response) => response.end('done'), { clock });
    const agent = new Agent({ keepAlive: true });
    await text(await ask(server.url, agent));
    await server.close(60_000);
    expect(clock.pending).toBe(0);
    agent.destroy();
  });

  it('closes at once if a client has opened a connection and sent nothing', async () => {
    const clock = new FakeClock();
    const server = await start(() => {}, { clock });
    const silent = connect(server.port, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    await Promise.all([once(silent, 'close'), server.close(60_000)]);
    expect(clock.pending).toBe(0);
  });

  it('lets a request that is under way end, and its connection with it', async () => {
    let finish: () => void = () => {};
    const clock = new FakeClock();
    const server = await start(
      (_request, response) => {
        response.write('one ');
        finish = () => response.end('two');
      },
      { clock },
    );
    const agent = new Agent({ keepAlive: true });
    const response = await ask(server.url, agent);
    const closed = server.close(60_000);
    finish();
    expect(await text(response)).toBe('one two');
    await closed;
    agent.destroy();
  });

  it('cuts what is still there after the grace', async () => {
    const clock = new FakeClock();
    const server = await start((_request, response) => void response.write('one '), { clock });
    const response = await ask(server.url);
    const cut = expect(text(response)).rejects.toThrow('aborted');
    const closed = server.close(5_000);
    await clock.advance(5_000);
    await closed;
    await cut;
  });

  it('takes no more connections while it closes', async () => {
    const clock = new FakeClock();
    const server = await start((_request, response) => void response.write('one '), { clock });
    await ask(server.url).then((response) => response.on('error', () => {}));
    const closed = server.close(5_000);
    await expect(once(connect(server.port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await clock.advance(5_000);
    await closed;
  });
});
