import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';
import { acknowledged, ended, startWriter } from './writers.ts';

const learned = (memoryDir: string): string[] => readdirSync(join(memoryDir, 'learned')).sort();

describe('a log', () => {
  it('creates nothing before its first record', () => {
    const memoryDir = join(temporaryFolder(), 'memory');
    const { log } = openLog(memoryDir);
    log.close();
    expect(existsSync(memoryDir)).toBe(false);
    log.append(anEvent());
    expect(learned(memoryDir)).toEqual(['tool_fixes.yaml']);
  });

  it('begins a line of its own where another was stopped in the middle after its last record', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir);
    log.append(anEvent({ tool: 'first' }));
    log.append(anEvent({ tool: 'second' }));
    appendFileSync(liveLog(memoryDir), '  - timestamp: "2026-02-04T10:30:00.000Z"\n    tool: "to');
    log.append(anEvent({ tool: 'third' }));
    log.append(anEvent({ tool: 'fourth' }));
    const { events } = await readAll(memoryDir);
    expect(events.map(({ tool }) => tool)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('goes on where it is moved away, removed or emptied meanwhile', async () => {
    const memoryDir = temporaryFolder();
    const { log, warnings } = openLog(memoryDir);
    const file = liveLog(memoryDir);
    log.append(anEvent());
    renameSync(file, `${file}.old`);
    log.append(anEvent({ tool: 'moved' }));
    expect(readFileSync(file, 'utf8')).toMatch(/^healing_events:\n {2}- /);
    rmSync(dirname(file), { recursive: true });
    log.append(anEvent({ tool: 'removed' }));
    truncateSync(file);
    log.append(anEvent({ tool: 'emptied' }));
    expect(readFileSync(file, 'utf8')).toMatch(/^healing_events:\n {2}- /);
    expect((await readAll(memoryDir)).events.map(({ tool }) => tool)).toEqual(['emptied']);
    expect(warnings).toEqual([]);
  });

  it('masks every text that somebody else chose, before it cuts it', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir, { redact: (text) => text.replaceAll('hunter2', '[masked]') });
    const secret = `${'x'.repeat(1_520)}hunter2`;
    log.append(
      anEvent({
        tool: 'hunter2',
        error: secret,
        pattern: 'hunter2',
        refusal_reason: 'hunter2',
        fixes: [{ fix: 'kube_login', status: 'failed', ms: 1, reason: 'said hunter2' }],
      }),
    );
    const file = readFileSync(liveLog(memoryDir), 'utf8');
    expect(file).not.toContain('hunt');
    expect((await readAll(memoryDir)).events[0]).toMatchObject({ tool: '[masked]', pattern: '[masked]' });
  });

  it('writes nothing where masking fails', () => {
    const memoryDir = temporaryFolder();
    const { log, warnings } = openLog(memoryDir, {
      redact: () => {
        throw new Error('no masks left');
      },
    });
    expect(log.append(anEvent())).toBe(false);
    expect(existsSync(liveLog(memoryDir))).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('no masks left')]);
  });
});

describe('rotation', () => {
  it('renames a full file and keeps the configured number', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir, { maxFileBytes: 2_000, keepFiles: 3 });
    for (let number = 0; number < 100; number += 1) log.append(anEvent({ retry_count: number }));
    expect(learned(memoryDir)).toEqual([
      'tool_fixes.000022.yaml',
      'tool_fixes.000023.yaml',
      'tool_fixes.000024.yaml',
      'tool_fixes.yaml',
    ]);
    for (const file of learned(memoryDir)) {
      expect(readFileSync(join(memoryDir, 'learned', file)).length).toBeLessThanOrEqual(2_000);
    }
    const { events } = await readAll(memoryDir);
    expect(events.map((event) => event.retry_count)).toEqual(Array.from({ length: 16 }, (_, index) => 84 + index));
  });

  it('leaves other files alone, whatever they are called', () => {
    const memoryDir = temporaryFolder();
    mkdirSync(join(memoryDir, 'learned'));
    const others = ['tool_fixes.1.yaml', 'tool_fixes.000001.yaml.bak', 'tool_fixes.yaml.old', 'tool_fixes_000001.yaml'];
    for (const other of others) writeFileSync(join(memoryDir, 'learned', other), 'mine');
    const { log } = openLog(memoryDir, { maxFileBytes: 1_000, keepFiles: 1 });
    for (let number = 0; number < 20; number += 1) log.append(anEvent());
    for (const other of others) expect(readFileSync(join(memoryDir, 'learned', other), 'utf8')).toBe('mine');
  });

  it('puts a record that is larger than a file into a file of its own', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir, { maxFileBytes: 10, keepFiles: 10 });
    for (let number = 0; number < 4; number += 1) expect(log.append(anEvent({ retry_count: number }))).toBe(true);
    expect(learned(memoryDir)).toHaveLength(4);
    expect((await readAll(memoryDir)).events.map((event) => event.retry_count)).toEqual([0, 1, 2, 3]);
  });
});

describe('a log that cannot be written', () => {
  it.each<[string, (memoryDir: string) => void, RegExp]>([
    ['the file is a folder', (memoryDir) => mkdirSync(liveLog(memoryDir), { recursive: true }), /EISDIR/],
    ['the folder is a file', (memoryDir) => writeFileSync(join(memoryDir, 'learned'), ''), /ENOTDIR/],
    [
      'the file is a symbolic link',
      (memoryDir) => {
        mkdirSync(join(memoryDir, 'learned'));
        writeFileSync(join(memoryDir, 'target'), '');
        symlinkSync(join(memoryDir, 'target'), liveLog(memoryDir));
      },
      /it is a symbolic link/,
    ],
    [
      'the file is a device that is always full',
      (memoryDir) => {
        mkdirSync(join(memoryDir, 'learned'));
        symlinkSync('/dev/full', liveLog(memoryDir));
      },
      /it is a symbolic link/,
    ],
    [
      'the file is a pipe',
      (memoryDir) => {
        mkdirSync(join(memoryDir, 'learned'));
        execFileSync('mkfifo', [liveLog(memoryDir)]);
      },
      /it is not a regular file/,
    ],
  ])('is said once, never thrown, and tried again: %s', async (_, breakIt, problem) => {
    const memoryDir = temporaryFolder();
    breakIt(memoryDir);
    const { log, warnings } = openLog(memoryDir);
    log.count('t');
    for (let number = 0; number < 3; number += 1) expect(log.append(anEvent())).toBe(false);
    expect(warnings.filter((warning) => warning.startsWith(liveLog(memoryDir)))).toEqual([
      expect.stringMatching(problem),
    ]);
    if (existsSync(join(memoryDir, 'target'))) expect(readFileSync(join(memoryDir, 'target'), 'utf8')).toBe('');

    rmSync(join(memoryDir, 'learned'), { recursive: true });
    expect(log.append(anEvent({ tool: 'later' }))).toBe(true);
    expect((await readAll(memoryDir)).events.map(({ tool }) => tool)).toEqual(['later']);
  });

  it.runIf(process.platform === 'linux')('is said at once where no folder can be made', () => {
    const { log, warnings } = openLog('/proc/healflow/memory');
    for (let number = 0; number < 2; number += 1) expect(log.append(anEvent())).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('cannot be written: no folder can be made in /proc; calls')]);
  });

  it('does not throw even where the warning does', () => {
    const memoryDir = temporaryFolder();
    mkdirSync(liveLog(memoryDir), { recursive: true });
    const { log } = openLog(memoryDir, {
      warn: () => {
        throw new Error('stderr is closed');
      },
    });
    expect(log.append(anEvent())).toBe(false);
  });

  it('loses only what did not fit, and harms no neighbour, when the system cuts a record short', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir);
    log.append(anEvent({ tool: 'before' }));
    const program = fileURLToPath(new URL('../fixtures/event-log/writer.mjs', import.meta.url));
    // The shell's limit on the size of files, in 512-byte blocks or kilobytes: writes beyond it are cut short.
    const { stderr, status } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, program, memoryDir, 'limited', '40'],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/tool_fixes\.yaml cannot be written: only \d+ of \d+ bytes could be written/);
    expect(stderr).toMatch(/EFBIG/);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(log.append(anEvent({ tool: 'after' }))).toBe(true);

    const { events, damage } = await readAll(memoryDir);
    const acks = readFileSync(join(memoryDir, 'limited.acks'), 'utf8').trim().split('\n').map(Number);
    expect(acks.length).toBeGreaterThan(0);
    expect(events.map(({ tool }) => tool)).toEqual(['before', ...acks.map(() => 'limited'), 'after']);
    expect(events.slice(1, -1).map((event) => event.retry_count)).toEqual(acks);
    expect(damage).toEqual([]);
    // Any other YAML parser reads the same.
    expect(parse(readFileSync(liveLog(memoryDir), 'utf8')).healing_events).toEqual(events);
  });

  it('stays readable for any YAML parser when the system cuts the records of several writers short', async () => {
    const memoryDir = temporaryFolder();
    const program = fileURLToPath(new URL('../fixtures/event-log/writer.mjs', import.meta.url));
    const names = ['a', 'b', 'c'];
    const script =
      'ulimit -f 16; for name in "$@"; do "$0" "$PROGRAM" "$FOLDER" "$name" 40 2>/dev/null >&2 & done; wait';
    const env = { ...process.env, PROGRAM: program, FOLDER: memoryDir };
    expect(spawnSync('sh', ['-c', script, process.execPath, ...names], { env }).status).toBe(0);
    const written = names.flatMap((name) =>
      acknowledged(memoryDir, name).map((retry_count) => ({ tool: name, retry_count })),
    );
    const events: { tool: string; retry_count: number }[] = parse(
      readFileSync(liveLog(memoryDir), 'utf8'),
    ).healing_events;
    expect(written.length).toBeGreaterThan(0);
    const nameOf = ({ tool, retry_count }: { tool: string; retry_count: number }) => `${tool} ${retry_count}`;
    const found = events.map(nameOf);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(written.map(nameOf)));
    // A record that was cut after its last letter is whole, though its writer was not told so.
    const untold = found.filter((name) => !written.map(nameOf).includes(name)).map((name) => name.split(' ')[0]);
    expect(new Set(untold).size).toBe(untold.length);
  });

  it.runIf(process.getuid?.() === 0)(
    'says that the folder is read-only (run by root, which becomes another user)',
    async () => {
      const memoryDir = temporaryFolder();
      chmodSync(memoryDir, 0o555);
      const writer = startWriter(memoryDir, 'nobody', 3, { asUser: 65_534 });
      writer.stdout?.resume();
      expect(await ended(writer)).toBe(0);
      expect(readdirSync(memoryDir)).toEqual(['nobody.acks']);
      expect(readFileSync(join(memoryDir, 'nobody.acks'), 'utf8')).toBe('');
    },
  );

  it.runIf(process.getuid?.() !== 0)('says that the folder is read-only', () => {
    const memoryDir = temporaryFolder();
    chmodSync(memoryDir, 0o555);
    const { log, warnings } = openLog(memoryDir);
    expect(log.append(anEvent())).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('EACCES')]);
  });

  it('is read and goes on once a full disk has room again (where this test may mount one)', async (context) => {
    const memoryDir = temporaryFolder();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', memoryDir]).status !== 0) {
      context.skip('a file system of its own can only be mounted by root');
    }
    try {
      const { log, warnings } = openLog(memoryDir);
      let written = 0;
      while (log.append(anEvent({ retry_count: written }))) written += 1;
      expect(written).toBeGreaterThan(5);
      for (let more = 0; more < 5; more += 1) log.append(anEvent({ error: 'x'.repeat(1_000) }));
      expect(warnings.length).toBeLessThanOrEqual(2);
      spawnSync('mount', ['-o', 'remount,size=1m', memoryDir]);
      expect(log.append(anEvent({ tool: 'later' }))).toBe(true);
      const { events, damage } = await readAll(memoryDir);
      expect(events.slice(0, written).map((event) => event.retry_count)).toEqual([...Array(written).keys()]);
      expect(events.at(-1)?.tool).toBe('later');
      expect(damage).toEqual([]);
      expect(parse(readFileSync(liveLog(memoryDir), 'utf8')).healing_events).toEqual(events);
    } finally {
      spawnSync('umount', ['-l', memoryDir]);
    }
  });
});
