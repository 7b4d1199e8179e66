import { chmodSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HealError } from '../../src/errors.ts';
import { assertWritable, resolveMemoryDir } from '../../src/event-log/index.ts';
import { liveLog, openLog, temporaryFolder } from './events.ts';

const cwd = resolve('/somewhere/here');
const loaded = (memoryDir?: string) => ({ config: { memoryDir }, baseDir: resolve('/etc/app') });

const refusal = (run: () => unknown): { code: string; message: string } => {
  try {
    run();
  } catch (error) {
    if (error instanceof HealError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
};

describe('the memory folder', () => {
  it.each([
    ['the one asked for', { memory: 'mine', config: loaded('/var/memory'), cwd }, '/somewhere/here/mine'],
    ['else the configured one', { config: loaded(resolve('/var/memory')), cwd }, '/var/memory'],
    ['else the one beside the config file', { config: loaded(), cwd }, '/etc/app/memory'],
    ['else the one in the working folder', { cwd }, '/somewhere/here/memory'],
  ])('is %s', (_, options, expected) => {
    expect(resolveMemoryDir(options)).toBe(resolve(expected));
  });

  it('is never in node_modules, not even through a symbolic link', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules/server'), { recursive: true });
    symlinkSync(join(folder, 'node_modules/server'), join(folder, 'link'));
    for (const memory of ['node_modules/server/memory', 'link/memory']) {
      const { code, message } = refusal(() => resolveMemoryDir({ memory, cwd: folder }));
      expect(code).toBe('MEMORY_NOT_WRITABLE');
      expect(message).toContain(join(folder, memory));
      expect(message).toContain('--memory');
    }
    expect(resolveMemoryDir({ memory: 'my_node_modules', cwd: folder })).toBe(join(folder, 'my_node_modules'));
  });
});

describe('assertWritable', () => {
  it('accepts a folder that is not there yet, and creates nothing', () => {
    const folder = temporaryFolder();
    assertWritable(join(folder, 'not/there/yet'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('accepts a folder with a log', () => {
    const folder = temporaryFolder();
    const { log } = openLog(folder);
    log.count('a');
    log.close();
    assertWritable(folder);
  });

  it('accepts a memory folder that is a symbolic link to another folder', () => {
    const folder = realpathSync(temporaryFolder());
    symlinkSync(temporaryFolder(), join(folder, 'memory'));
    assertWritable(join(folder, 'memory'));
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    ['the folder is a file', (folder) => writeFileSync(join(folder, 'memory'), ''), /part of its path is a file/],
    [
      'the log is a folder',
      (folder) => mkdirSync(liveLog(join(folder, 'memory')), { recursive: true }),
      /not a regular file/,
    ],
    [
      'the log is a symbolic link',
      (folder) => {
        mkdirSync(join(folder, 'memory/learned'), { recursive: true });
        symlinkSync('/dev/full', liveLog(join(folder, 'memory')));
      },
      /it is a symbolic link/,
    ],
    ['a link leads nowhere', (folder) => symlinkSync('/not/there', join(folder, 'memory')), /leads nowhere/],
    ['links go in a ring', (folder) => symlinkSync(join(folder, 'memory'), join(folder, 'memory')), /ring/],
  ])('refuses with the path, the reason and the way out where %s', (_, breakIt, reason) => {
    const folder = temporaryFolder();
    breakIt(folder);
    const { code, message } = refusal(() => assertWritable(join(folder, 'memory')));
    expect(code).toBe('MEMORY_NOT_WRITABLE');
    expect(message).toContain(join(folder, 'memory'));
    expect(message).toMatch(reason);
    expect(message).toContain('--memory');
  });

  it.runIf(process.getuid?.() !== 0)(
    'refuses a folder that this user may not write (root may write everywhere)',
    () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o555);
      expect(refusal(() => assertWritable(join(folder, 'memory'))).message).toContain('this user may not write there');
    },
  );
});
