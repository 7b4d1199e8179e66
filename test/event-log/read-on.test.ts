import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HealingEvent } from '../../src/event-log/index.ts';
import { eventRecords, LogReader, type ReadPosition } from '../../src/event-log/read-on.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';

const open = (memoryDir: string, maxEvents = 200) => {
  const clock = new FakeClock();
  return { clock, reader: new LogReader(eventRecords(memoryDir), { clock, maxEvents }) };
};

/** Reads to the end; each batch as from a reader that knows nothing but the positions of the one before. */
const readOn = async (
  memoryDir: string,
  positions: readonly ReadPosition[],
  maxEvents?: number,
): Promise<{ events: HealingEvent[]; positions: readonly ReadPosition[]; batches: number[] }> => {
  const events: HealingEvent[] = [];
  const batches: number[] = [];
  let at = positions;
  for (;;) {
    const { reader } = open(memoryDir, maxEvents);
    let isAtEnd = true;
    for await (const batch of reader.read(at)) {
      events.push(...batch.events);
      batches.push(batch.events.length);
      at = JSON.parse(JSON.stringify(batch.positions));
      isAtEnd = false;
      break;
    }
    if (isAtEnd) return { events, positions: reader.positions, batches };
  }
};

const numbered = (from: number, to: number): HealingEvent[] =>
  Array.from({ length: to - from }, (_, index) =>
    anEvent({
      retry_count: from + index,
      run_id: `run-${from + index}`,
      // Characters of one to four bytes, and of every length.
      error: 'aé€😀'.repeat((from + index) % 90),
    }),
  );

const numbersOf = (events: readonly HealingEvent[]): number[] => events.map(({ retry_count }) => retry_count);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const write = (memoryDir: string, from: number, to: number, options = {}): void => {
  const { log, warnings } = openLog(memoryDir, options);
  for (const event of numbered(from, to)) log.append(event);
  expect(warnings).toEqual([]);
};

describe('a reader that goes on', () => {
  it('finds nothing if there is no log', async () => {
    const { reader } = open(temporaryFolder());
    expect(await reader.hasMore([])).toBe(false);
    for await (const batch of reader.read([])) expect.unreachable(String(batch.events.length));
  });

  it('gives every event once, in batches of bounded size, whatever it was stopped behind', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 700);
    const { events, positions, batches } = await readOn(memoryDir, [], 7);
    expect(events).toEqual((await readAll(memoryDir)).events);
    expect(Math.max(...batches)).toBeLessThanOrEqual(7);
    expect(await open(memoryDir).reader.hasMore(positions)).toBe(false);
    write(memoryDir, 700, 900);
    expect(await open(memoryDir).reader.hasMore(positions)).toBe(true);
    expect(numbersOf((await readOn(memoryDir, positions)).events)).toEqual(range(700, 900));
  });

  it('counts down the bytes that are left', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 1_000);
    const unread: number[] = [];
    for await (const { unreadBytes } of open(memoryDir).reader.read([])) unread.push(unreadBytes);
    expect(unread.at(-1)).toBe(0);
    expect(unread).toEqual([...unread].sort((a, b) => b - a));
    expect(unread[0]).toBeGreaterThan(100_000);
  });

  it('goes on through rotation, also with what is added to a file that was rotated', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 100);
    const first = await readOn(memoryDir, []);
    const rotated = join(memoryDir, 'learned/tool_fixes.000001.yaml');
    renameSync(liveLog(memoryDir), rotated);
    write(memoryDir, 100, 200);
    const second = await readOn(memoryDir, first.positions);
    expect(numbersOf(second.events)).toEqual(range(100, 200));
    // A writer that had it open.
    const record = readFileSync(liveLog(memoryDir), 'utf8').split('\n  - ').at(-1);
    appendFileSync(rotated, `  - ${record?.replace('retry_count: 199', 'retry_count: 777')}`);
    expect(numbersOf((await readOn(memoryDir, second.positions)).events)).toEqual([777]);
  });

  it('goes on where many files are rotated between its looks', async () => {
    const memoryDir = temporaryFolder();
    const rotation = { maxFileBytes: 20_000, keepFiles: 1_000 };
    let positions: readonly ReadPosition[] = [];
    const found: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      write(memoryDir, round * 200, (round + 1) * 200, rotation);
      const read = await readOn(memoryDir, positions, 50);
      found.push(...numbersOf(read.events));
      positions = read.positions;
    }
    expect(found).toEqual(range(0, 600));
    expect(positions.length).toBeGreaterThan(10);
  });

  it('reads a new file from its beginning if it has got the inode of one that was removed', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 10);
    const { positions } = await readOn(memoryDir, []);
    const stale = positions.map((position) => ({ ...position, offset: 900, head: '256:0123456789abcdef' }));
    expect(numbersOf((await readOn(memoryDir, stale)).events)).toEqual(range(0, 10));
  });

  it('reads a file again that was emptied', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 20);
    const { positions } = await readOn(memoryDir, []);
    writeFileSync(liveLog(memoryDir), '');
    write(memoryDir, 20, 25);
    expect(numbersOf((await readOn(memoryDir, positions)).events)).toEqual(range(20, 25));
  });

  it('forgets files that are gone', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 400, { maxFileBytes: 20_000, keepFiles: 2 });
    const { positions } = await readOn(memoryDir, [{ file: '1', offset: 5, head: '5:0' }]);
    expect(positions).toHaveLength(3);
  });

  it('leaves a half written record until it is whole, and passes over it if it stays torn', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 5);
    const whole = readFileSync(liveLog(memoryDir), 'utf8');
    const start = whole.lastIndexOf('  - timestamp');
    const { clock, reader } = open(memoryDir);
    const read = async (positions: readonly ReadPosition[]): Promise<number[]> => {
      const found: number[] = [];
      for await (const { events } of reader.read(positions)) found.push(...numbersOf(events));
      return found;
    };
    for (const cut of [start + 20, start + 60, whole.length - 1]) {
      writeFileSync(liveLog(memoryDir), whole.slice(0, cut));
      expect(await read([])).toEqual([0, 1, 2, 3]);
      expect(reader.isPending).toBe(true);
    }
    const before = reader.positions;
    writeFileSync(liveLog(memoryDir), whole);
    expect(await read(before)).toEqual([4]);
    expect(reader.isPending).toBe(false);

    appendFileSync(liveLog(memoryDir), whole.slice(start, -9));
    const torn = reader.positions;
    expect(await read(torn)).toEqual([]);
    await clock.advance(1_999);
    expect(await read(torn)).toEqual([]);
    expect(reader.positions).toEqual(torn);
    await clock.advance(1);
    expect(await read(torn)).toEqual([]);
    expect(reader.isPending).toBe(false);
    write(memoryDir, 5, 6);
    expect(await read(reader.positions)).toEqual([5]);
  });

  it('reads what other readers read in a file with torn and hand-written records', async () => {
    const memoryDir = temporaryFolder();
    const record = (number: number): string => {
      const folder = temporaryFolder();
      write(folder, number, number + 1);
      return readFileSync(liveLog(folder), 'utf8').slice('healing_events:\n'.length);
    };
    write(memoryDir, 0, 3);
    appendFileSync(liveLog(memoryDir), record(3).slice(0, 80));
    appendFileSync(liveLog(memoryDir), record(4));
    appendFileSync(liveLog(memoryDir), '# a note\n');
    appendFileSync(
      liveLog(memoryDir),
      '  - timestamp: 2026-02-04\n    tool: by_hand\n    error: null\n    fix_applied: null\n    result: failure\n    retry_count: 5\n',
    );
    appendFileSync(liveLog(memoryDir), record(6));
    appendFileSync(liveLog(memoryDir), Buffer.from([0x20, 0xff, 0xfe, 0x00, 0x0a]));
    appendFileSync(liveLog(memoryDir), record(7));
    const expected = (await readAll(memoryDir)).events;
    expect(numbersOf(expected)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    for (const maxEvents of [1, 2, 3, 200]) {
      expect((await readOn(memoryDir, [], maxEvents)).events).toEqual(expected);
    }
  });

  it('reads a long file in which a person has changed every record', async () => {
    const memoryDir = temporaryFolder();
    write(memoryDir, 0, 2_000);
    const text = readFileSync(liveLog(memoryDir), 'utf8').replaceAll('  - timestamp: "', '- timestamp: "');
    writeFileSync(liveLog(memoryDir), text.replaceAll('\n    ', '\n  '));
    const { clock, reader } = open(memoryDir);
    const found: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { events } of reader.read([])) found.push(...numbersOf(events));
    };
    await read();
    await clock.advance(2_000);
    found.length = 0;
    await read();
    expect(found).toEqual(range(0, 2_000));
    expect(await reader.hasMore(reader.positions)).toBe(false);
  });
});
