import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HealingEvent } from '../../src/event-log/index.ts';
import { anEvent, openLog, readAll, temporaryFolder } from './events.ts';
import { acknowledged, ended, startWriter, type WriterOptions } from './writers.ts';

const numbersOf = (events: readonly HealingEvent[], tool: string): number[] =>
  events.filter((event) => event.tool === tool).map(({ retry_count }) => retry_count);

const writeTogether = async (memoryDir: string, options: WriterOptions): Promise<void> => {
  const writers = Array.from({ length: 8 }, (_, index) => startWriter(memoryDir, `writer-${index}`, 500, options));
  for (const writer of writers) writer.stdout?.resume();
  expect(await Promise.all(writers.map(ended))).toEqual(writers.map(() => 0));
};

const expectAllThere = async (memoryDir: string): Promise<void> => {
  const { events, damage } = await readAll(memoryDir);
  expect(damage).toEqual([]);
  expect(events).toHaveLength(8 * 500);
  for (let index = 0; index < 8; index += 1) {
    expect(numbersOf(events, `writer-${index}`).sort((a, b) => a - b)).toEqual([...Array(500).keys()]);
  }
};

// They take a few seconds, on a busy machine many more.
const timeout = 120_000;

describe('eight processes that write 500 events each', { timeout }, () => {
  it('lose and tear none', async () => {
    const memoryDir = temporaryFolder();
    await writeTogether(memoryDir, {});
    await expectAllThere(memoryDir);
    expect(readdirSync(join(memoryDir, 'learned'))).toEqual(['tool_fixes.yaml']);
  });

  it('lose and tear none while the file is rotated under them', async () => {
    const memoryDir = temporaryFolder();
    await writeTogether(memoryDir, { maxFileBytes: 32 * 1024, keepFiles: 10_000 });
    await expectAllThere(memoryDir);
    expect(readdirSync(join(memoryDir, 'learned')).length).toBeGreaterThan(50);
  });
});

describe('a reader', { timeout }, () => {
  it('finds each event once while writers write and rotate', async () => {
    const memoryDir = temporaryFolder();
    const writers = ['a', 'b'].map((name) =>
      startWriter(memoryDir, name, 1_000, { maxFileBytes: 32 * 1024, keepFiles: 10_000 }),
    );
    const done = Promise.all(writers.map(ended));
    let running = true;
    const codes = done.finally(() => {
      running = false;
    });
    for (const writer of writers) writer.stdout?.resume();
    while (running) {
      const before = ['a', 'b'].map((name) => safely(() => acknowledged(memoryDir, name)));
      const { events, damage } = await readAll(memoryDir);
      expect(damage).toEqual([]);
      for (const [index, name] of ['a', 'b'].entries()) {
        const numbers = numbersOf(events, name);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(new Set(numbers)).toEqual(new Set([...(before[index] ?? []), ...numbers]));
      }
    }
    expect(await codes).toEqual([0, 0]);
  });
});

/** The acknowledgements so far; none where the writer has not begun. */
const safely = (read: () => number[]): number[] => {
  try {
    return read();
  } catch {
    return [];
  }
};

describe('writers that are killed while they write', { timeout }, () => {
  it('lose no acknowledged event, and harm nobody', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir, { maxFileBytes: 256 * 1024, keepFiles: 10_000 });
    let own = 0;
    const names: string[] = [];
    // Four at a time, twenty in all; each is stopped after another number of events.
    for (let round = 0; round < 5; round += 1) {
      const ends = [0, 1, 2, 3].map((index) => {
        const name = `victim-${round}-${index}`;
        names.push(name);
        const victim = startWriter(memoryDir, name, 1_000_000, { maxFileBytes: 256 * 1024, keepFiles: 10_000 });
        let seen = 0;
        victim.stdout?.on('data', (dots: Buffer) => {
          seen += dots.length;
          expect(log.append(anEvent({ tool: 'survivor', retry_count: own }))).toBe(true);
          own += 1;
          if (seen > round * 4 + index) victim.kill('SIGKILL');
        });
        return ended(victim);
      });
      expect(await Promise.all(ends)).toEqual(ends.map(() => 'SIGKILL'));
    }
    const { events, damage } = await readAll(memoryDir);
    expect(numbersOf(events, 'survivor')).toEqual([...Array(own).keys()]);
    for (const name of names) {
      const missing = new Set(acknowledged(memoryDir, name));
      expect(missing.size).toBeGreaterThan(0);
      for (const number of numbersOf(events, name)) missing.delete(number);
      expect([...missing]).toEqual([]);
    }
    expect(damage.length).toBeLessThanOrEqual(names.length);
    expect(own).toBeGreaterThan(0);
  });
});
