import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { probeSchema } from '../../src/config/fix-schema.ts';
import type { Clock } from '../../src/model/clock.ts';
import { makeProbe } from '../../src/runner/probe.ts';
import { program } from '../fixes/support.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settledWith } from '../support/processes.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const listen = async (server: Server): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const probeOf = (entry: unknown, clock: Clock = systemClock) =>
  makeProbe(probeSchema.parse(entry), {
    context: { baseDir: '/', clock, random: () => 0.5, redact: (text) => text, env: {} },
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
  });

const { signal } = new AbortController();

describe('a probe by command', () => {
  it.each([
    ['0', true],
    ['1', false],
  ])('whose command ends with %s says %s', async (code, healthy) => {
    const result = await probeOf({ command: program('ends.mjs', code) })(signal);
    expect(result).toEqual({ healthy, reason: expect.stringContaining(`ended with code ${code}`) });
  });

  it('that cannot be started says no, and why', async () => {
    expect(await probeOf({ command: ['no-such-program'] })(signal)).toEqual({
      healthy: false,
      reason: 'the command no-such-program was not found on PATH',
    });
  });

  it('that does not answer in time says no', async () => {
    const clock = new FakeClock();
    const probe = probeOf({ command: ['sleep', '3600'], timeoutMs: 400 }, clock);
    expect(await settledWith(clock, probe(signal))).toEqual({
      healthy: false,
      reason: 'sleep 3600 did not answer within 400 ms',
    });
    expect(clock.pending).toBe(0);
  });
});

describe('a probe by TCP', () => {
  it('says yes where the port accepts connections', async () => {
    const port = await listen(createServer((socket) => socket.destroy()));
    expect(await probeOf({ tcp: `127.0.0.1:${port}` })(signal)).toEqual({
      healthy: true,
      reason: `127.0.0.1:${port} accepts connections`,
    });
  });

  it('says no where nobody listens', async () => {
    const port = await listen(createServer());
    await new Promise((resolve) => open.pop()?.close(resolve));
    const { healthy, reason } = await probeOf({ tcp: `127.0.0.1:${port}` })(signal);
    expect(healthy).toBe(false);
    expect(reason).toContain('ECONNREFUSED');
  });

  it.each(['[::1]:1', '127.0.0.1:99999', 'a b:1'])('never rejects, as with %s', async (tcp) => {
    expect((await probeOf({ tcp })(signal)).healthy).toBe(false);
  });
});

describe('a probe by HTTP', () => {
  it.each([
    [200, true],
    [204, true],
    [302, true],
    [401, false],
    [503, false],
  ])('that meets status %i says %s', async (status, healthy) => {
    const asked: string[] = [];
    const port = await listen(
      createHttpServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.writeHead(status, { location: '/elsewhere' }).end(status === 204 ? undefined : 'body');
      }),
    );
    expect(await probeOf({ http: `http://127.0.0.1:${port}/healthz?key=dummy` })(signal)).toEqual({
      healthy,
      reason: `http://127.0.0.1:${port}/healthz answered with status ${status}`,
    });
    expect(asked).toEqual(['GET /healthz?key=dummy']);
  });

  it('sends the credentials of its URL, and never shows them', async () => {
    const given: unknown[] = [];
    const server = createHttpServer((request, response) => {
      given.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    const port = await listen(server);
    expect(await probeOf({ http: `http://baker:dummy%3A1@127.0.0.1:${port}/` })(signal)).toEqual({
      healthy: false,
      reason: `http://127.0.0.1:${port}/ answered with status 403`,
    });
    expect(given).toEqual([`Basic ${btoa('baker:dummy:1')}`]);
  });

  it('says no where the server does not answer in time', async () => {
    const clock = new FakeClock();
    const hear = vi.fn();
    const server = createHttpServer(hear);
    const port = await listen(server);
    const result = probeOf({ http: `http://127.0.0.1:${port}/`, timeoutMs: 300 }, clock)(signal);
    await vi.waitFor(() => expect(hear).toHaveBeenCalled());
    await clock.advance(300);
    expect(await result).toEqual({ healthy: false, reason: `http://127.0.0.1:${port}/ did not answer within 300 ms` });
    server.closeAllConnections();
  });

  it('ends when the caller gives up', async () => {
    const control = new AbortController();
    const server = createHttpServer(() => control.abort());
    const port = await listen(server);
    expect(await probeOf({ http: `http://127.0.0.1:${port}/` })(control.signal)).toEqual({
      healthy: false,
      reason: `http://127.0.0.1:${port}/ had not answered`,
    });
    server.closeAllConnections();
  });
});
