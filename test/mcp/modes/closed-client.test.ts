import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHealer } from '../../../src/healer/create.ts';
import type { InternalHealer } from '../../../src/healer/healer.ts';
import type { ProxyLimits } from '../../../src/mcp/relay/options.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { settledWith } from '../../support/processes.ts';
import { ProxyBench } from './proxy-bench.ts';

const benches: ProxyBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) {
    bench.kill();
    await bench.exitCode;
  }
});

/** A real server behind a real healer, whose clock is fake. */
const start = async (kind: 'read-only' | 'destructive' = 'read-only', limits: Partial<ProxyLimits> = {}) => {
  const clock = new FakeClock();
  const memoryDir = mkdtempSync(join(tmpdir(), 'healflow-closed-'));
  const config = { stateDir: memoryDir, tools: { 'closed*': { kind } } };
  const bench = new ProxyBench({
    limits,
    createHealer: async (upstream) =>
      (await createHealer({ config, memoryDir, upstream, clock, random: () => 0.5 })) as InternalHealer,
  });
  benches.push(bench);
  await bench.connect();
  const textOf = async (name: string): Promise<unknown> => {
    const { result } = (await settledWith(clock, bench.call(name))) as { result?: { content: { text: string }[] } };
    return result?.content[0]?.text;
  };
  const pid = () => textOf('pid');
  const restarts = () => bench.err.split('its own client is closed; it is started again').length - 1;
  return { bench, textOf, pid, restarts };
};

describe('a server whose own client is closed for good', () => {
  it('is started again after a retry has failed, and the call is healed', async () => {
    const { textOf, restarts } = await start();
    expect(await textOf('closed_once')).toBe('value');
    expect(restarts()).toBe(1);
  });

  it('is started again only once within a while', async () => {
    const { textOf, pid, restarts } = await start();
    const first = await pid();
    expect(await textOf('closed')).toBe('Error: The client is closed');
    const second = await pid();
    expect(second).not.toBe(first);
    expect(await textOf('closed')).toBe('Error: The client is closed');
    expect([await pid(), restarts()]).toEqual([second, 1]);
  });

  it('stays while another call is open', async () => {
    const { bench, textOf, pid, restarts } = await start();
    const first = await pid();
    bench.send({ jsonrpc: '2.0', id: 'open', method: 'tools/call', params: { name: 'never', arguments: {} } });
    expect(await textOf('closed_once')).toBe('The client is closed');
    expect([await pid(), restarts()]).toEqual([first, 0]);
  });

  it('stays if the tool may change things, or if no restart is allowed', async () => {
    for (const { textOf, restarts } of [await start('destructive'), await start('read-only', { maxRestarts: 0 })]) {
      expect(await textOf('closed_once')).toBe('The client is closed');
      expect(restarts()).toBe(0);
    }
  });
});
