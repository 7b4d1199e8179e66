import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile, replaceFileUnsynced } from '../../src/platform/replace-file.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'healflow-replace-'));

describe.each([
  ['replaceFile', replaceFile],
  ['replaceFileUnsynced', (path: string, text: string) => replaceFileUnsynced(path, text, 'id')],
] as const)('%s', (_name, replace) => {
  it('writes a file that only the owner may read, and nothing else', async () => {
    const at = folder();
    const path = join(at, 'file');
    await replace(path, 'one');
    await replace(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(at)).toEqual(['file']);
  });

  it('leaves the old file and no draft if it fails', async () => {
    const at = folder();
    const path = join(at, 'file');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'old');
    await expect(replace(path, 'new')).rejects.toThrow();
    expect(readdirSync(at)).toEqual(['file']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('old');
  });
});

it('replaceFile keeps a symbolic link and replaces the file that it points to', async () => {
  const at = folder();
  writeFileSync(join(at, 'real'), 'old');
  symlinkSync('real', join(at, 'link'));
  await replaceFile(join(at, 'link'), 'new');
  expect(readFileSync(join(at, 'real'), 'utf8')).toBe('new');
  expect(readdirSync(at)).toEqual(['link', 'real']);
});
