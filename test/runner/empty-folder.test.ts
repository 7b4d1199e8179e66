import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OpenedFolder } from '../../src/platform/opened-folder.ts';
import { checkFolder } from '../../src/runner/empty-folder.ts';
import { emptyMovedFolder } from '../../src/runner/move-aside.ts';

const world = () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'healflow-folders-')));
  const home = join(base, 'home');
  const root = join(base, 'caches');
  const outside = join(base, 'outside');
  for (const folder of [join(home, 'project'), join(root, 'tool'), outside]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(outside, 'precious'), 'precious');
  const limits = (allowedRoots: readonly string[]) => ({
    allowedRoots,
    configDir: join(base, 'config'),
    env: { HOME: home },
  });
  /** The real path of the folder that was opened, or why it was refused. */
  const check = async (folder: string, allowedRoots: readonly string[] = [root]) => {
    const checked = await checkFolder(folder, limits(allowedRoots));
    if ('refused' in checked) return checked;
    await checked.folder?.close();
    return { path: checked.folder?.path ?? null };
  };
  /** Opens a folder, has it changed, and empties it. */
  const empty = async (folder: string, change: () => void = () => {}, signal = new AbortController().signal) => {
    const checked = await checkFolder(folder, limits([root]));
    if ('refused' in checked || checked.folder === null) throw new Error(`${folder} was not opened`);
    change();
    try {
      return await checked.folder.empty(signal);
    } finally {
      await checked.folder.close();
    }
  };
  return { base, home, root, outside, check, empty };
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

/** Puts a link in the place of a folder, which goes aside. */
const swap = (folder: string, target: string): void => {
  renameSync(folder, `${folder}.aside`);
  symlinkSync(target, folder);
};

/** A signal that never aborts, and has something done each time it is asked. */
const signalThat = (act: () => void): AbortSignal => {
  const { signal } = new AbortController();
  vi.spyOn(signal, 'throwIfAborted').mockImplementation(act);
  return signal;
};

describe('emptying a folder', () => {
  it('removes all that is in it, and leaves it there', async () => {
    const { root, empty } = world();
    const tool = join(root, 'tool');
    mkdirSync(join(tool, 'a', 'b'), { recursive: true });
    writeFileSync(join(tool, 'a', 'b', 'c'), '');
    writeFileSync(join(tool, '.hidden'), '');
    writeFileSync(Buffer.concat([Buffer.from(`${tool}/`), Buffer.from([0xff, 0xfe])]), '');
    expect(await empty(tool)).toBe(3);
    expect(readdirSync(tool)).toEqual([]);
  });

  it('removes more files than go in one batch', async () => {
    const { root, empty } = world();
    const tool = join(root, 'tool');
    for (let at = 0; at < 100; at += 1) writeFileSync(join(tool, `file-${at}`), '');
    expect(await empty(tool)).toBe(100);
    expect(readdirSync(tool)).toEqual([]);
  });

  it('removes symbolic links, and nothing of what they lead to', async () => {
    const { root, outside, empty } = world();
    const tool = join(root, 'tool');
    mkdirSync(join(tool, 'sub'));
    symlinkSync(outside, join(tool, 'link'));
    symlinkSync(outside, join(tool, 'sub', 'link'));
    symlinkSync(join(outside, 'precious'), join(tool, 'file-link'));
    await empty(tool);
    expect(readdirSync(tool)).toEqual([]);
    expect(existsSync(join(outside, 'precious'))).toBe(true);
  });

  it('empties what was checked, where a link is in its place by now', async () => {
    const { root, outside, empty } = world();
    const tool = join(root, 'tool');
    writeFileSync(join(tool, 'precious'), '');
    expect(await empty(tool, () => swap(tool, outside))).toBe(1);
    expect(readdirSync(`${tool}.aside`)).toEqual([]);
    expect(readdirSync(outside)).toEqual(['precious']);
  });

  it('empties what was checked, where a folder above it has become a link', async () => {
    const { root, outside, empty } = world();
    const tool = join(root, 'above', 'tool');
    for (const folder of [tool, join(outside, 'tool')]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'precious'), '');
    }
    expect(await empty(tool, () => swap(join(root, 'above'), outside))).toBe(1);
    expect(readdirSync(join(root, 'above.aside', 'tool'))).toEqual([]);
    expect(readdirSync(join(outside, 'tool'))).toEqual(['precious']);
  });

  it.each([1, 2, 3])('removes the link, where a folder in it becomes one at step %i', async (step) => {
    const { root, outside, empty } = world();
    const inner = join(root, 'tool', 'inner');
    mkdirSync(join(inner, 'deep'), { recursive: true });
    writeFileSync(join(inner, 'precious'), '');
    let steps = 0;
    const signal = signalThat(() => {
      steps += 1;
      if (steps === step) swap(inner, outside);
    });
    await empty(join(root, 'tool'), () => {}, signal);
    expect(steps).toBeGreaterThanOrEqual(step);
    expect(existsSync(inner)).toBe(false);
    expect(readdirSync(outside)).toEqual(['precious']);
  });

  it('stops on request', async () => {
    const { root, empty } = world();
    writeFileSync(join(root, 'tool', 'kept'), '');
    await expect(empty(join(root, 'tool'), () => {}, AbortSignal.abort())).rejects.toThrow();
    expect(readdirSync(join(root, 'tool'))).toEqual(['kept']);
  });

  it('names the path of an entry that cannot be removed, not a descriptor', async () => {
    const { root, empty } = world();
    const inner = join(root, 'tool', 'inner');
    mkdirSync(inner);
    // Something new is in the folder each time it is to be removed.
    const original = OpenedFolder.prototype.removeEmptyFolder;
    vi.spyOn(OpenedFolder.prototype, 'removeEmptyFolder').mockImplementation(function (this: OpenedFolder, name) {
      if (name.toString() === 'inner') mkdirSync(join(inner, 'new'));
      return original.call(this, name);
    });
    await expect(empty(join(root, 'tool'))).rejects.toThrow(`ENOTEMPTY: directory not empty, rmdir '${inner}'`);
  });

  it('leaves no descriptor open', async () => {
    const { root, check, empty } = world();
    const open = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = open();
    mkdirSync(join(root, 'tool', 'a'));
    await empty(join(root, 'tool'));
    await check(join(root, 'tool'), []);
    expect(open()).toBe(before);
  });
});

describe('emptying a folder on a system that cannot act on an open one', () => {
  const { signal } = new AbortController();
  const emptyMoved = (path: string, root: string) =>
    emptyMovedFolder({ path, root, found: lstatSync(path, { bigint: true }), signal });

  it('removes all that is in it, and leaves the same folder there', async () => {
    const { root } = world();
    const tool = join(root, 'tool');
    mkdirSync(join(tool, 'a'));
    writeFileSync(join(tool, 'b'), '');
    const { ino } = lstatSync(tool);
    expect(await emptyMoved(tool, root)).toBe(2);
    expect(readdirSync(root)).toEqual(['tool']);
    expect(readdirSync(tool)).toEqual([]);
    expect(lstatSync(tool).ino).toBe(ino);
  });

  it('empties an allowed root, too', async () => {
    const { root } = world();
    expect(await emptyMoved(root, root)).toBe(1);
    expect(readdirSync(root)).toEqual([]);
  });

  it.each(['a link', 'another folder'])('removes nothing where %s is in its place', async (other) => {
    const { root, outside } = world();
    const tool = join(root, 'tool');
    const found = lstatSync(tool, { bigint: true });
    writeFileSync(join(tool, 'precious'), '');
    if (other === 'a link') swap(tool, outside);
    else {
      renameSync(tool, `${tool}.aside`);
      renameSync(outside, tool);
    }
    await expect(emptyMovedFolder({ path: tool, root, found, signal })).rejects.toThrow('was replaced');
    expect(readdirSync(root)).toEqual(['tool', 'tool.aside']);
    expect(readdirSync(tool)).toEqual(['precious']);
    expect(readdirSync(`${tool}.aside`)).toEqual(['precious']);
  });
});
