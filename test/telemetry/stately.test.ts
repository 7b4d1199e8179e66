import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { chart } from '../../machines/index.ts';
import { systemClock } from '../../src/clock.ts';
import { createHealer } from '../../src/healer/create.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { loadStately } from '../../src/telemetry/stately/load.ts';
import { type Socket, ViewerSocket } from '../../src/telemetry/stately/socket.ts';
import { folderWith } from '../config/support.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ScriptedError, testHealer } from '../support/healer.ts';

const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

/** A server like `createInspectorServer`: it broadcasts messages of a client to all others. */
const viewerServer = async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const messages: string[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      messages.push(String(data));
      for (const client of server.clients) {
        if (client !== socket && client.readyState === WebSocket.OPEN) client.send(String(data));
      }
    }),
  );
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { server, messages, url: `ws://127.0.0.1:${(server.address() as { port: number }).port}` };
};

const load = async (url: string, warnings: string[] = []) => {
  const stately = await loadStately({
    url,
    redact: createRedactor({ env: {}, values: ['dummy-own-secret'] }),
    clock: systemClock,
    warn: (message) => warnings.push(message),
  });
  onTestFinished(() => stately.close());
  return stately;
};

const failing = ({ attempt }: { attempt: number }): Promise<object> =>
  attempt === 1
    ? Promise.reject(new ScriptedError({ summary: `Unauthorized ${secret}`, evidence: 'dummy-own-secret' }))
    : Promise.resolve({ content: secret, password: 'dummy-result' });

describe("Stately's inspector", () => {
  it('receives every state of a healed run, including transient ones, through its own receiver', async () => {
    const { server, url } = await viewerServer();
    const received: StatelyInspectionEvent[] = [];
    createWebSocketReceiver({ server: url }).subscribe((event) => received.push(event));
    const { inspect } = await load(url);
    const { healer } = testHealer(undefined, { inspect });
    // The receiver, and the inspector of the healer.
    await vi.waitFor(() => expect(server.clients.size).toBe(2));
    const { runId } = await healer.runOutcome('get_pods', failing);
    const root = runId;
    const states = (): unknown[] =>
      received.flatMap((event) =>
        event.type === '@xstate.snapshot' && event.sessionId === root
          ? [(event.snapshot as unknown as { value: unknown }).value]
          : [],
      );
    await vi.waitFor(() => expect(states().at(-1)).toBe('Logging'));
    expect(states()).toEqual([
      ...['Executing', 'ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying', 'Success', 'Logging'],
    ]);
    const actors = received.filter((event) => event.type === '@xstate.actor');
    expect(actors.map(({ sessionId, parentId, name }) => [sessionId, parentId, name])).toEqual([
      [root, undefined, `healing:get_pods:${runId}`],
      [`${root}/execute`, root, 'execute'],
      [`${root}/analyze`, root, 'analyze'],
      [`${root}/fix`, root, 'fix'],
      [`${root}/retry`, root, 'retry'],
    ]);
    expect(new Set(received.map(({ rootId }) => rootId))).toEqual(new Set([root]));
  });

  it('shows the chart with descriptions of the states', async () => {
    const { url, messages } = await viewerServer();
    const { inspect } = await load(url);
    await testHealer(undefined, { inspect }).healer.runOutcome('t', () => 1);
    await vi.waitFor(() => expect(messages.length).toBeGreaterThan(3));
    const { definition } = messages.map((text) => JSON.parse(text)).find(({ type }) => type === '@xstate.actor');
    const { states } = JSON.parse(definition);
    expect(
      Object.entries<{ description: string }>(states)
        .map(([name, { description }]) => [name, description])
        .sort(),
    ).toEqual(chart.states.map(({ name, description }) => [name, description]).sort());
  });

  it('receives neither secrets nor the output of the tool', async () => {
    const { url, messages } = await viewerServer();
    const { inspect } = await load(url);
    const { healer } = testHealer(undefined, { inspect });
    await healer.runOutcome(`tool_${secret}`, failing, { args: { token: 'dummy-argument' } });
    await vi.waitFor(() => expect(messages.join()).toContain('Logging'));
    const all = messages.join('\n');
    for (const hidden of [secret, 'dummy-own-secret', 'dummy-result', 'dummy-argument'])
      expect(all).not.toContain(hidden);
    // A member of the run, which is the input of every service.
    expect(all).not.toContain('attemptStartedAt');
    expect(all).toContain('[redacted');
  });

  it('warns once that no viewer is connected, keeps a bounded number of events, and sends them to a later viewer', async () => {
    const { server, url, messages } = await viewerServer();
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const warnings: string[] = [];
    const { inspect } = await load(url, warnings);
    const { healer } = testHealer(undefined, { inspect });
    for (let run = 0; run < 3; run += 1) await healer.runOutcome('early', failing);
    await vi.waitFor(() => expect(warnings).toHaveLength(1));
    expect(warnings[0]).toContain(`no Stately inspector listens at ${url}`);
    const late = new WebSocketServer({ host: '127.0.0.1', port });
    onTestFinished(() => {
      for (const client of late.clients) client.terminate();
      late.close();
    });
    late.on('connection', (socket) => socket.on('message', (data) => messages.push(String(data))));
    await vi.waitFor(
      () => expect(messages.filter((text) => text.includes('Logging')).length).toBeGreaterThanOrEqual(3),
      {
        timeout: 5_000,
      },
    );
    expect(warnings).toHaveLength(1);
  });

  it('rejects an invalid URL', async () => {
    await expect(load('http://localhost:8080')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('works with createHealer, and does not keep the process alive', async () => {
    const { url, messages } = await viewerServer();
    const folder = await folderWith();
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const program = `
      const { createHealer } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/src/index.js')).href)});
      const healer = await createHealer({ config: {}, inspect: { stately: ${JSON.stringify(url)} } });
      await healer.run('get_pods', () => 'pods');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      process.stdin.destroy();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    await vi.waitFor(() => expect(messages.join()).toContain('Success'), { timeout: 10_000 });
    child.stdin?.write('the viewer has seen it');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('is closed with the healer', async () => {
    const { server, url } = await viewerServer();
    const folder = await folderWith();
    const healer = await createHealer({ config: {}, memoryDir: folder, inspect: { stately: url } });
    await vi.waitFor(() => expect(server.clients.size).toBe(1));
    await healer.close();
    await vi.waitFor(() => expect(server.clients.size).toBe(0));
  });
});

describe('the socket to a viewer', () => {
  const fakeSocket = (more: Partial<Socket> = {}) => {
    const sent: string[] = [];
    const socket: Socket = {
      readyState: 1,
      bufferedAmount: 0,
      onopen: null,
      onclose: null,
      onerror: null,
      send: (text) => sent.push(text),
      close: () => {},
      ...more,
    };
    return { socket, sent };
  };

  it('keeps at most 500 messages for a later viewer', () => {
    const { socket, sent } = fakeSocket({ readyState: 0 });
    const viewer = new ViewerSocket({ connect: () => socket, clock: new FakeClock(), onAbsent: () => {} });
    viewer.start();
    for (let number = 0; number < 1_000; number += 1) viewer.send(String(number));
    Object.assign(socket, { readyState: 1 });
    socket.onopen?.();
    expect([sent.length, sent[0], sent.at(-1)]).toEqual([500, '500', '999']);
  });

  it('sends nothing to a viewer that does not read, and handles one that throws', () => {
    const slow = fakeSocket({ bufferedAmount: 2 ** 30 });
    const viewer = new ViewerSocket({ connect: () => slow.socket, clock: new FakeClock(), onAbsent: () => {} });
    viewer.start();
    viewer.send('x');
    expect(slow.sent).toEqual([]);
    const throwing = fakeSocket({
      send: () => {
        throw new Error('closed');
      },
    });
    const other = new ViewerSocket({ connect: () => throwing.socket, clock: new FakeClock(), onAbsent: () => {} });
    other.start();
    expect(() => other.send('x')).not.toThrow();
  });

  it('reconnects with back-off, and stops once it is closed', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const viewer = new ViewerSocket({
      clock,
      onAbsent: () => {},
      connect: () => {
        tries += 1;
        throw new Error('refused');
      },
    });
    viewer.start();
    await clock.advance(200_000);
    expect([tries, clock.delays.slice(0, 7)]).toEqual([11, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]]);
    viewer.close();
    await clock.advance(200_000);
    expect(tries).toBe(11);
  });
});
