import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DamagedRange, followEvents } from '../../src/event-log/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEvent, liveLog, openLog, temporaryFolder } from './events.ts';

/** Follows a log, and looks at it as often as the test says. */
const follow = (memoryDir: string) => {
  const clock = new FakeClock();
  const control = new AbortController();
  const tools: string[] = [];
  const damage: DamagedRange[] = [];
  let caughtUpAt: number | undefined;
  const ended = (async () => {
    const options = { clock, signal: control.signal, onDamage: (piece: DamagedRange) => damage.push(piece) };
    for await (const { events, caughtUp } of followEvents(memoryDir, options)) {
      tools.push(...events.map(({ tool }) => tool));
      if (caughtUp) caughtUpAt ??= tools.length;
    }
  })();
  onTestFinished(() => control.abort());
  /** Lets this number of polls happen: each waits for the disk. */
  const look = async (times = 2): Promise<readonly string[]> => {
    for (let time = 0; time < times; time += 1) {
      const before = clock.delays.length;
      while (clock.pending === 0 || clock.delays.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(200);
      while (clock.delays.length === before) await new Promise((resolve) => setImmediate(resolve));
    }
    return tools;
  };
  return { look, damage, caughtUpAt: () => caughtUpAt, stop: () => control.abort(), ended, clock };
};

const write = (memoryDir: string, tool: string, second = 0): void => {
  const timestamp = `2026-02-04T10:30:${String(second).padStart(2, '0')}.000Z`;
  openLog(memoryDir).log.append(anEvent({ tool, timestamp }));
};

const rotated = (memoryDir: string, number: number): string =>
  join(memoryDir, `learned/tool_fixes.${String(number).padStart(6, '0')}.yaml`);

describe('a log that is followed', () => {
  it('gives what is there, then each record as it is written', async () => {
    const folder = temporaryFolder();
    write(folder, 'a');
    write(folder, 'b');
    const { look, caughtUpAt, damage } = follow(folder);
    expect(await look()).toEqual(['a', 'b']);
    expect(caughtUpAt()).toBe(2);
    write(folder, 'c');
    expect(await look()).toEqual(['a', 'b', 'c']);
    expect(damage).toEqual([]);
  });

  it('waits for a log that begins only later', async () => {
    const folder = join(temporaryFolder(), 'memory');
    const { look } = follow(folder);
    expect(await look()).toEqual([]);
    write(folder, 'first');
    expect(await look(3)).toEqual(['first']);
  });

  it('survives rotation, also several at once, and writers that still have the old file open', async () => {
    const folder = temporaryFolder();
    write(folder, 'a');
    const { look } = follow(folder);
    await look();
    renameSync(liveLog(folder), rotated(folder, 1));
    write(folder, 'b');
    renameSync(liveLog(folder), rotated(folder, 2));
    write(folder, 'c');
    appendFileSync(
      rotated(folder, 1),
      '  - timestamp: 2026-02-04T10:30:01Z\n    tool: late\n    error: null\n    fix_applied: null\n    result: success\n    retry_count: 0\n',
    );
    expect([...(await look(4))].sort()).toEqual(['a', 'b', 'c', 'late']);
    await look(30);
    write(folder, 'd');
    expect([...(await look())].sort()).toEqual(['a', 'b', 'c', 'd', 'late']);
  });

  it('reads the rotated files of the past too, the oldest first', async () => {
    const folder = temporaryFolder();
    for (const [number, tool] of ['a', 'b'].entries()) {
      write(folder, tool);
      renameSync(liveLog(folder), rotated(folder, number + 1));
    }
    write(folder, 'c');
    expect(await follow(folder).look()).toEqual(['a', 'b', 'c']);
  });

  it('gives a record that is written in two pieces once it is whole', async () => {
    const folder = temporaryFolder();
    write(folder, 'a');
    const whole = temporaryFolder();
    write(whole, 'pieces');
    const { readFileSync } = await import('node:fs');
    const record = readFileSync(liveLog(whole), 'utf8').replace(/^.*\n/, '');
    const { look, damage } = follow(folder);
    await look();
    appendFileSync(liveLog(folder), record.slice(0, 70));
    expect(await look(3)).toEqual(['a']);
    appendFileSync(liveLog(folder), record.slice(70));
    expect(await look()).toEqual(['a', 'pieces']);
    expect(damage).toEqual([]);
  });

  it('passes over a record whose writer was stopped, and tells of it', async () => {
    const folder = temporaryFolder();
    write(folder, 'a');
    const { look, damage } = follow(folder);
    await look();
    appendFileSync(liveLog(folder), '  - timestamp: "2026-02-04T10:30:00.000Z"\n    tool: "torn');
    await look(12);
    expect(damage).toHaveLength(1);
    write(folder, 'after');
    expect(await look()).toEqual(['a', 'after']);
  });

  it('gives nothing twice where the file is emptied, removed or edited', async () => {
    const folder = temporaryFolder();
    write(folder, 'a', 1);
    const { look } = follow(folder);
    await look();
    truncateSync(liveLog(folder));
    await look();
    appendFileSync(liveLog(folder), 'healing_events:\n');
    write(folder, 'b', 2);
    expect(await look(3)).toEqual(['a', 'b']);
    rmSync(liveLog(folder));
    await look();
    write(folder, 'c', 3);
    expect(await look(3)).toEqual(['a', 'b', 'c']);
    const { readFileSync } = await import('node:fs');
    writeFileSync(`${liveLog(folder)}.new`, `# edited\n${readFileSync(liveLog(folder), 'utf8')}`);
    renameSync(`${liveLog(folder)}.new`, liveLog(folder));
    write(folder, 'd', 4);
    expect(await look(3)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends on request, and rejects where the log is no file', async () => {
    const { look, stop, ended, clock } = follow(temporaryFolder());
    await look();
    stop();
    await ended;
    expect(clock.pending).toBe(0);
    const folder = temporaryFolder();
    mkdirSync(liveLog(folder), { recursive: true });
    await expect(follow(folder).ended).rejects.toThrow('is not a regular file');
  });
});
