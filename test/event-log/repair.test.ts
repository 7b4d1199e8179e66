import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { encodeEvent } from '../../src/event-log/encode-record.ts';
import { type HealingEvent, repairLog } from '../../src/event-log/index.ts';
import { isNotFound } from '../../src/platform/fs.ts';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';
import { acknowledged, ended, startWriter } from './writers.ts';

const header = 'healing_events:\n';
const recordOf = (tool: string): string => encodeEvent(anEvent({ tool, error: 'déjà "vu"' }), (text) => text);

/** A memory folder whose live log holds these parts. */
const withLog = (...parts: (string | Buffer)[]): string => {
  const memoryDir = temporaryFolder();
  mkdirSync(dirname(liveLog(memoryDir)));
  writeFileSync(liveLog(memoryDir), Buffer.concat(parts.map((part) => Buffer.from(part))));
  return memoryDir;
};

const asideOf = (memoryDir: string): string => join(dirname(liveLog(memoryDir)), 'tool_fixes.torn.txt');

/** Like a writer, it never creates the file: it may just have been rotated. */
const appendToExisting = (path: string, text: string): boolean => {
  try {
    const file = openSync(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** What a strict YAML parser makes of a file of the log. It throws where it cannot read one. */
const parsed = (path: string): HealingEvent[] =>
  parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))).healing_events;

const toolsIn = (memoryDir: string): string[] => parsed(liveLog(memoryDir)).map(({ tool }) => tool);

describe('a repaired log', () => {
  const whole = Buffer.from(recordOf('torn'));
  const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1);

  it.each([
    ['after a writer that began on a fresh line', '\n'],
    ['after a writer that went on right behind it', ''],
  ])('has lost no neighbour of a record that was torn anywhere, %s', async (_, between) => {
    const parts = cuts.flatMap((cut) => [recordOf(`b${cut}`), whole.subarray(0, cut), between, recordOf(`a${cut}`)]);
    const memoryDir = withLog(header, ...parts);
    const { size } = statSync(liveLog(memoryDir));
    expect(() => toolsIn(memoryDir)).toThrow();
    expect(await repairLog(memoryDir)).toMatchObject([{ path: liveLog(memoryDir), problem: null }]);
    expect(toolsIn(memoryDir).filter((tool) => tool !== 'torn')).toEqual(cuts.flatMap((cut) => [`b${cut}`, `a${cut}`]));
    expect(statSync(liveLog(memoryDir)).size).toBe(size);
    expect((await readAll(memoryDir)).damage).toEqual([]);
    const aside = readFileSync(asideOf(memoryDir));
    const kept = toolsIn(memoryDir).filter((tool) => tool === 'torn').length;
    // One that ends before its first letter is no more than an empty line.
    expect(aside.toString().match(/^# \d+ bytes of tool_fixes\.yaml$/gm)).toHaveLength(cuts.length - 2 - kept);
    for (const cut of [3, 40, 100]) expect(aside.includes(whole.subarray(0, cut))).toBe(true);
    expect(await repairLog(memoryDir)).toEqual([]);
  });

  it('can be written on after a record that was torn at its end, wherever', async () => {
    for (const cut of cuts.filter((at) => at % 7 === 3)) {
      const memoryDir = withLog(header, recordOf('before'), whole.subarray(0, cut));
      await repairLog(memoryDir);
      expect(openLog(memoryDir).log.append(anEvent({ tool: 'after' }))).toBe(true);
      expect([cut, toolsIn(memoryDir).filter((tool) => tool !== 'torn')]).toEqual([cut, ['before', 'after']]);
    }
  });

  it.each<[string, (string | Buffer)[], string[]]>([
    ['a second header', [header, recordOf('a'), header, recordOf('b')], ['a', 'b']],
    [
      'a block of zeros, as after a loss of power',
      [header, recordOf('a'), Buffer.alloc(5_000), recordOf('b')],
      ['a', 'b'],
    ],
    ['far too much of anything', [header, recordOf('a'), `${'x'.repeat(200_000)}\n`, recordOf('b')], ['a', 'b']],
    [
      'bytes that are no text',
      [header, recordOf('a'), Buffer.from(recordOf('bad?').replace('?', '\u00ff'), 'latin1'), recordOf('b')],
      ['a', 'b'],
    ],
    ['blanks before a record', [header, recordOf('a'), '     ', recordOf('b')], ['a', 'b']],
    ['a torn header', ['healing_ev\n', header, recordOf('a')], ['a']],
  ])('is readable after %s', async (_, parts, tools) => {
    const memoryDir = withLog(...parts);
    expect(await repairLog(memoryDir)).toMatchObject([{ problem: null }]);
    expect(toolsIn(memoryDir)).toEqual(tools);
    expect(await repairLog(memoryDir)).toEqual([]);
  });

  it('is untouched where there is nothing to repair, also what a person wrote', async () => {
    const edited = `# mine\n${header}${recordOf('a')}  # a note\n  - timestamp: 2026-02-04\n    tool: b\n    error: null\n    fix_applied: null\n    result: failure\n    retry_count: 0\n${recordOf('c')}`;
    const memoryDir = withLog(edited);
    expect(await repairLog(memoryDir)).toEqual([]);
    expect(readFileSync(liveLog(memoryDir), 'utf8')).toBe(edited);
    expect(existsSync(asideOf(memoryDir))).toBe(false);
    expect(await repairLog(temporaryFolder())).toEqual([]);
  });

  it('says what only a person can repair, and leaves it', async () => {
    const edited = `${header}- timestamp: 2026-02-04\n  tool: b\n  error: null\n  fix_applied: null\n  result: failure\n  retry_count: 0\n${recordOf('c')}`;
    const memoryDir = withLog(edited);
    expect(await repairLog(memoryDir)).toMatchObject([
      { pieces: 0, aside: null, problem: expect.stringMatching(/^edited by hand, and not valid YAML: .* line 8/) },
    ]);
    expect(readFileSync(liveLog(memoryDir), 'utf8')).toBe(edited);
  });

  it('is repaired in its rotated files and its counts too', async () => {
    const memoryDir = withLog(header, recordOf('a'), whole.subarray(0, 50), '\n', recordOf('b'));
    const rotated = join(dirname(liveLog(memoryDir)), 'tool_fixes.000001.yaml');
    renameSync(liveLog(memoryDir), rotated);
    const counts = join(dirname(liveLog(memoryDir)), 'tool_calls.yaml');
    writeFileSync(counts, 'tool_calls:\n  - timestamp: "2026-02-04T10:30:00.000Z"\n    calls: 3\n    to');
    expect((await repairLog(memoryDir)).map(({ path, pieces }) => [path, pieces])).toEqual([
      [rotated, 1],
      [counts, 1],
    ]);
    expect(parsed(rotated).map(({ tool }) => tool)).toEqual(['a', 'b']);
    expect(parse(readFileSync(counts, 'utf8'))).toEqual({ tool_calls: null });
  });
});

// They take a few seconds, on a busy machine many more.
describe('writers that go on while the log is repaired', { timeout: 120_000 }, () => {
  it('lose no event, and leave files that any YAML parser reads', async () => {
    const memoryDir = temporaryFolder();
    const options = { maxFileBytes: 64 * 1024, keepFiles: 10_000 };
    const names = ['w0', 'w1', 'w2'];
    const writers = names.map((name) => startWriter(memoryDir, name, 600, options));
    for (const writer of writers) writer.stdout?.resume();
    const done = Promise.all(writers.map(ended));
    let isRunning = true;
    void done.finally(() => {
      isRunning = false;
    });
    let torn = 0;
    let setAside = 0;
    const record = recordOf('torn');
    while (isRunning) {
      // As if one more writer were stopped in the middle of its record, again and again.
      if (appendToExisting(liveLog(memoryDir), record.slice(0, 10 + ((torn * 37) % 120)))) torn += 1;
      for (const { pieces } of await repairLog(memoryDir)) setAside += pieces;
      await setImmediate();
    }
    expect(await done).toEqual([0, 0, 0]);
    for (const { pieces } of await repairLog(memoryDir)) setAside += pieces;
    expect(torn).toBeGreaterThan(0);
    expect(setAside).toBe(torn);
    const files = readdirSync(dirname(liveLog(memoryDir))).filter((name) => name.endsWith('.yaml'));
    const events = files.flatMap((name) => parsed(join(dirname(liveLog(memoryDir)), name)) ?? []);
    for (const name of names) {
      const numbers = events.filter(({ tool }) => tool === name).map(({ retry_count }) => retry_count);
      expect(numbers.sort((a, b) => a - b)).toEqual(acknowledged(memoryDir, name));
    }
    expect(events).toHaveLength(names.length * 600);
  });
});
