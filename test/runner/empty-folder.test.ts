import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkFolder, emptyFolder } from '../../src/runner/empty-folder.ts';

const world = () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-folders-')));
  const home = join(base, 'home');
  const root = join(base, 'caches');
  const outside = join(base, 'outside');
  for (const folder of [join(home, 'project'), join(root, 'tool'), outside]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(outside, 'precious'), 'precious');
  const check = (folder: string, allowedRoots: readonly string[] = [root]) =>
    checkFolder(folder, { allowedRoots, configDir: join(base, 'config'), env: { HOME: home } });
  return { base, home, root, outside, check };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a folder may be emptied', () => {
  it('inside an allowed root, or as one', async () => {
    const { root, check } = world();
    expect(await check(join(root, 'tool'))).toEqual({ path: join(root, 'tool') });
    expect(await check(root)).toEqual({ path: root });
    expect(await check(join(root, 'tool', '..', 'tool'))).toEqual({ path: join(root, 'tool') });
  });

  it('where a root is reached through a symbolic link, as /tmp is on some systems', async () => {
    const { base, root, check } = world();
    symlinkSync(root, join(base, 'link'));
    expect(await check(join(base, 'link', 'tool'), [join(base, 'link')])).toEqual({ path: join(root, 'tool') });
  });

  it('where it does not exist: there is nothing to do', async () => {
    const { root, check } = world();
    expect(await check(join(root, 'none'))).toEqual({ path: null });
  });
});

describe('a folder is refused', () => {
  it('that is the root of the file system', async () => {
    const { check } = world();
    expect(await check('/', ['/'])).toEqual({ refused: '/ is the root of the file system' });
    expect(await check('/../..', ['/'])).toHaveProperty('refused');
  });

  it('inside nothing but the root of the file system', async () => {
    const { outside, check } = world();
    expect(await check(outside, ['/'])).toEqual({ refused: `${outside} lies in none of \`allowedRoots\` (/)` });
    expect(await check(outside, [])).toEqual({
      refused: `${outside} lies in none of \`allowedRoots\` (there are none)`,
    });
  });

  it('that is the home folder, or above it', async () => {
    const { base, home, check } = world();
    expect(await check(home, [base])).toEqual({ refused: `${home} is the home folder` });
    expect(await check(join(home, 'project', '..'), [base])).toMatchObject({
      refused: expect.stringContaining('is the home'),
    });
    expect(await check(base, [dirname(base)])).toEqual({ refused: `${base} is above the home folder` });
    expect(await check(join(home, 'project'), [home])).toHaveProperty('path');
  });

  it('that is the home folder of the account, whatever HOME says', async () => {
    const home = realpathSync((await import('node:os')).userInfo().homedir);
    expect(
      await checkFolder(home, { allowedRoots: [home], configDir: '/nowhere', env: { HOME: '/elsewhere' } }),
    ).toHaveProperty('refused');
  });

  it('that holds the configuration', async () => {
    const { base, root } = world();
    const limits = { allowedRoots: [root], configDir: join(root, 'tool'), env: { HOME: join(base, 'home') } };
    expect(await checkFolder(root, limits)).toEqual({ refused: `${root} holds the configuration` });
  });

  it('that leads out of the roots by ..', async () => {
    const { root, outside, check } = world();
    expect(await check(`${root}/../outside`)).toMatchObject({ refused: expect.stringContaining(`really ${outside}`) });
  });

  it('whose name only begins like a root', async () => {
    const { root, check } = world();
    mkdirSync(`${root}-of-another`);
    expect(await check(`${root}-of-another`)).toMatchObject({ refused: expect.stringContaining('in none of') });
  });

  it('that is a symbolic link, or lies behind one that leads out', async () => {
    const { root, outside, check } = world();
    mkdirSync(join(outside, 'deep'));
    symlinkSync(outside, join(root, 'link'));
    expect(await check(join(root, 'link'))).toEqual({ refused: `${join(root, 'link')} is a symbolic link` });
    expect(await check(join(root, 'link', 'deep'))).toMatchObject({ refused: expect.stringContaining('in none of') });
  });

  it('that is a file', async () => {
    const { root, check } = world();
    writeFileSync(join(root, 'file'), '');
    expect(await check(join(root, 'file'))).toEqual({ refused: `${join(root, 'file')} is not a folder` });
  });

  it('that belongs to another user', async () => {
    const { root, check } = world();
    const { uid } = lstatSync(root);
    vi.spyOn(process, 'getuid').mockReturnValue(uid + 1);
    expect(await check(join(root, 'tool'))).toEqual({
      refused: `${join(root, 'tool')} belongs to another user (uid ${uid}, this is ${uid + 1})`,
    });
  });
});

describe('emptying a folder', () => {
  const { signal } = new AbortController();

  it('removes all that is in it, and leaves it there', async () => {
    const { root } = world();
    const tool = join(root, 'tool');
    mkdirSync(join(tool, 'a', 'b'), { recursive: true });
    writeFileSync(join(tool, 'a', 'b', 'c'), '');
    writeFileSync(join(tool, '.hidden'), '');
    expect(await emptyFolder(tool, signal)).toBe(2);
    expect(readdirSync(tool)).toEqual([]);
  });

  it('removes symbolic links, and nothing of what they lead to', async () => {
    const { root, outside } = world();
    const tool = join(root, 'tool');
    mkdirSync(join(tool, 'sub'));
    symlinkSync(outside, join(tool, 'link'));
    symlinkSync(outside, join(tool, 'sub', 'link'));
    symlinkSync(join(outside, 'precious'), join(tool, 'file-link'));
    await emptyFolder(tool, signal);
    expect(readdirSync(tool)).toEqual([]);
    expect(existsSync(join(outside, 'precious'))).toBe(true);
  });

  it('stops where the folder has become a link since it was checked', async () => {
    const { root, outside } = world();
    symlinkSync(outside, join(root, 'swapped'));
    await expect(emptyFolder(join(root, 'swapped'), signal)).rejects.toThrow('was replaced');
    expect(existsSync(join(outside, 'precious'))).toBe(true);
  });

  it('stops on request', async () => {
    const { outside } = world();
    await expect(emptyFolder(outside, AbortSignal.abort())).rejects.toThrow();
    expect(existsSync(join(outside, 'precious'))).toBe(true);
  });
});
