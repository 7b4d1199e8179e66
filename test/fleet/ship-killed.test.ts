import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { ended, startWriter } from '../event-log/writers.ts';
import { skipWithoutDatabases } from '../support/postgres.ts';
import { useFleetServer, withClient } from './fleet-server.ts';
import { temporaryFolder } from './shippers.ts';

const program = fileURLToPath(new URL('../fixtures/fleet/shipper.mjs', import.meta.url));
const writers = 4;
const eventsEach = 1_500;
const kills = 6;

/** A small generator of numbers below `limit`, always the same ones. */
const seeded = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
};

describe.skipIf(skipWithoutDatabases())('shippers that are killed', { timeout: 180_000 }, () => {
  const running = useFleetServer();

  const start = (memoryDir: string, stateDir: string): ChildProcess =>
    spawn(process.execPath, [program, running.pooler.url(), memoryDir, stateDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });

  it(`lose no event and copy none twice, with ${kills} kills under ${writers * eventsEach} events and rotation`, async () => {
    const [memoryDir, stateDir] = [temporaryFolder('memory'), temporaryFolder('state')];
    const rotation = { maxFileBytes: 512 * 1024, keepFiles: 10_000 };
    const written = Array.from({ length: writers }, (_, n) => {
      const writer = startWriter(memoryDir, `writer-${n}`, eventsEach, rotation);
      writer.stdout?.resume();
      return ended(writer);
    });
    const random = seeded(20_261_130);
    for (let kill = 0; kill < kills; kill += 1) {
      const child = start(memoryDir, stateDir);
      // Of its signs, before and after a batch, that is the last one.
      let left = 1 + random(9);
      child.stdout?.on('data', (signs: Buffer) => {
        left -= signs.length;
        if (left <= 0) child.kill('SIGKILL');
      });
      expect(await ended(child)).toBe('SIGKILL');
    }
    expect(await Promise.all(written)).toEqual(written.map(() => 0));
    const counted = () =>
      withClient(running.server.url('fleet_reader', 'fleet'), async (client) => {
        const { rows } = await client.query(
          'select count(*)::int as rows, count(distinct id)::int as ids from healflow.events',
        );
        return rows[0];
      });
    const left = (await counted()).rows;
    expect(left).toBeLessThan(writers * eventsEach);
    const last = start(memoryDir, stateDir);
    last.stdout?.resume();
    await vi.waitFor(async () => expect((await counted()).rows).toBe(writers * eventsEach), {
      timeout: 60_000,
      interval: 200,
    });
    last.kill('SIGKILL');
    await ended(last);
    expect(await counted()).toEqual({ rows: writers * eventsEach, ids: writers * eventsEach });
  });
});
