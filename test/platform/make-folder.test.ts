import { mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/platform/make-folder.ts';

const base = (): string => mkdtempSync(join(tmpdir(), 'healflow-make-'));

describe('making a folder', () => {
  it('makes those above it too, and does nothing if it exists', () => {
    const path = join(base(), 'a/b/c');
    makeFolder(path, 0o700);
    makeFolder(path, 0o755);
    expect([path, join(path, '..')].map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('takes a link to a folder for one', () => {
    const folder = base();
    symlinkSync(folder, `${folder}-link`);
    makeFolder(join(`${folder}-link`, 'inner'));
    expect(statSync(join(folder, 'inner')).isDirectory()).toBe(true);
  });

  it('fails where a file is in the way', () => {
    const path = join(base(), 'file');
    writeFileSync(path, '');
    expect(() => makeFolder(path)).toThrow('EEXIST');
    expect(() => makeFolder(join(path, 'below'))).toThrow('ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('ends below /proc, where none can be made', () => {
    expect(() => makeFolder('/proc/a/b')).toThrow('no folder can be made in /proc');
  });
});
