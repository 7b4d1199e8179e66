import { describe, expect, it } from 'vitest';
import type { RelayPort } from '../../../../src/mcp/relay/upstream-port.ts';
import type { ServerProcess } from '../../../../src/mcp/upstream/stdio/server-process.ts';
import { ServerSupervisor } from '../../../../src/mcp/upstream/stdio/supervisor.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const limits = {
  maxLineBytes: 1_024,
  graceMs: 100,
  startTimeoutMs: 1_000,
  drainMs: 100,
  maxRestarts: 5,
  restartWindowMs: 60_000,
  progressEveryMs: 1_000,
  deadlineMs: 45_000,
};

/** A supervisor whose servers never accept the handshake; the first one has responded at some time, and then ends. */
const restarted = async (firstResponseAt: number) => {
  const clock = new FakeClock();
  const log: string[] = [];
  const starts: number[] = [];
  const ends: (() => void)[] = [];
  const server = (): ServerProcess => {
    const ended = new Promise((resolve) => ends.push(() => resolve({ code: 1, signal: null })));
    const outbox = { push: () => {}, unsent: [], withdraw: () => false, full: false };
    const kill = ends.at(-1);
    return {
      ...{ outbox, ended, kill, groupEnded: Promise.resolve(), isPaused: false, flushPartialLine: () => {} },
    } as unknown as ServerProcess;
  };
  class Supervisor extends ServerSupervisor {
    protected override async createServer(): Promise<ServerProcess> {
      starts.push(clock.monotonic());
      return server();
    }
  }
  const supervisor = new Supervisor({ clock, limits }, { onDrain: () => {}, log: (text) => log.push(text) });
  supervisor.attach({
    ...{ hasResponse: true, firstResponseAt, requestsAnswered: 0, upstreamLost: () => {}, end: () => {} },
    replayHandshake: () => new Promise<void>(() => {}),
  } as unknown as RelayPort);
  await supervisor.open();
  await clock.advance(firstResponseAt);
  ends[0]?.();
  await clock.advance(0);
  supervisor.send(Buffer.from('{}\n'), '1');
  await clock.advance(0);
  return { clock, log, starts };
};

describe('a server that is started again', () => {
  it.each([
    ['twice as long as its first start', 2_500, 5_000],
    ['not less than startTimeoutMs', 400, 1_000],
    ['never longer than 5 min: its client may have been late', 3_600_000, 300_000],
  ])('has %s to accept the handshake', async (_, firstResponseAt, limitMs) => {
    const { clock, log } = await restarted(firstResponseAt);
    log.length = 0;
    await clock.advance(limitMs - 1);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual([`the MCP server could not be started again: no response to the handshake for ${limitMs} ms`]);
  });

  it('is not started in a storm if it stays away', async () => {
    const { clock, starts, log } = await restarted(400);
    await clock.advance(30_000);
    expect(starts).toEqual([0, 400, 1_500, 2_900, 5_500, 11_500]);
    expect(log.at(-1)).toContain('has ended too often');
  });
});
