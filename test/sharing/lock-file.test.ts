import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uniqueId } from '../../src/sharing/identity.ts';
import { dropLock, type LockParts, type LockRecord, takeLock } from '../../src/sharing/lock-file.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'healflow-lock-'));

const recordOf = (pid: number, more: Partial<LockRecord> = {}): LockRecord => ({
  id: uniqueId(),
  key: 'host:kube_login:default',
  pid,
  start: '1',
  boot: 'boot',
  space: null,
  host: 'host',
  since: 0,
  limitMs: 30_000,
  worker: null,
  ...more,
});

/** A taker with a process number of its own; those in `dead` are gone. */
const taker = (pid: number, dead: ReadonlySet<number>, more: Partial<LockParts> = {}): LockParts => ({
  sign: () => recordOf(pid),
  isAtWork: async () => false,
  isGone: async (record) => dead.has(record.pid),
  clear: async () => true,
  ...more,
});

const leave = (path: string, pid: number): LockRecord => {
  const record = recordOf(pid);
  writeFileSync(path, JSON.stringify(record));
  return record;
};

describe('a lock', () => {
  it('goes to one of many who want it, and to the next when it is dropped', async () => {
    const path = join(folder(), 'a.lock');
    const takes = await Promise.all(Array.from({ length: 50 }, (_, pid) => takeLock(path, taker(pid + 1, new Set()))));
    const winners = takes.filter(({ taken }) => taken);
    expect(winners).toHaveLength(1);
    const holder = winners[0]?.record;
    expect(takes.filter(({ taken, record }) => !taken && record?.id === holder?.id)).toHaveLength(49);
    await dropLock(path, 'another');
    expect(existsSync(path)).toBe(true);
    await dropLock(path, holder?.id ?? '');
    expect(readdirSync(join(path, '..'))).toEqual([]);
    expect(await takeLock(path, taker(99, new Set()))).toMatchObject({ taken: true, record: { pid: 99 } });
  });

  it('is taken if its link exists, although link(2) reports that it failed', async () => {
    const path = join(folder(), 'a.lock');
    const own = recordOf(1);
    // As after a network file system has lost the response and sent the request again: EEXIST, for a link of our own.
    const draft = `${path}.${own.id}.draft`;
    writeFileSync(draft, '');
    linkSync(draft, path);
    expect(await takeLock(path, taker(1, new Set(), { sign: () => own }))).toEqual({ taken: true, record: own });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(own);
    expect(readdirSync(join(path, '..'))).toEqual(['a.lock']);
  });

  it('whose holder is gone is taken over by one of many, with what it left behind cleared away first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = join(folder(), 'a.lock');
      const left = leave(path, 1);
      const cleared: string[] = [];
      const takes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          takeLock(
            path,
            taker(index + 2, new Set([1]), {
              clear: async ({ id }) => {
                expect(JSON.parse(readFileSync(path, 'utf8')).id).toBe(id);
                cleared.push(id);
                return true;
              },
            }),
          ),
        ),
      );
      expect(takes.filter(({ taken }) => taken)).toHaveLength(1);
      expect(cleared).toEqual([left.id]);
      expect(readdirSync(join(path, '..'))).toEqual(['a.lock']);
    }
  });

  it('stays where what its dead holder left running goes on', async () => {
    const path = join(folder(), 'a.lock');
    const left = leave(path, 1);
    expect(await takeLock(path, taker(2, new Set([1]), { clear: async () => false }))).toMatchObject({
      taken: false,
      record: left,
    });
  });

  it('is taken over though one who was about to died too, and another after it', async () => {
    const path = join(folder(), 'a.lock');
    const left = leave(path, 1);
    const claim = leave(join(path, '..', `${left.id}.claim`), 2);
    leave(join(path, '..', `${claim.id}.claim`), 3);
    const takes = await Promise.all([4, 5, 6].map((pid) => takeLock(path, taker(pid, new Set([1, 2, 3])))));
    expect(takes.filter(({ taken }) => taken)).toHaveLength(1);
    expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('.claim'))).toEqual([]);
  });

  it('is left to one who is just taking it over, however long that takes', async () => {
    const path = join(folder(), 'a.lock');
    const left = leave(path, 1);
    leave(join(path, '..', `${left.id}.claim`), 2);
    expect(await takeLock(path, taker(3, new Set([1])))).toMatchObject({ taken: false, record: left });
  });

  it.each([
    ['empty', ''],
    ['half written', '{"id":"0123456789abcdef","key":"host:ku'],
    ['of another kind', '[1, 2]'],
    ['null', 'null'],
    ['with a process number that is none', JSON.stringify({ ...recordOf(1), pid: 'all' })],
    ['with an id that names another file', JSON.stringify({ ...recordOf(1), id: '../../../etc/passwd' })],
    ['far too long', 'x'.repeat(1_000_000)],
  ])('that is %s has no holder', async (_, text) => {
    const path = join(folder(), 'a.lock');
    writeFileSync(path, text);
    const takes = await Promise.all([2, 3, 4].map((pid) => takeLock(path, taker(pid, new Set()))));
    expect(takes.filter(({ taken }) => taken)).toHaveLength(1);
  });

  it('that is no file is nobody’s to take', async () => {
    const where = folder();
    await expect(takeLock(where, taker(2, new Set()))).rejects.toThrow(`${where} is a folder, not a file: remove it`);
    const path = join(where, 'a.lock');
    symlinkSync('nowhere', path);
    await expect(takeLock(path, taker(2, new Set()))).rejects.toThrow(`${path} is a symbolic link, not a file`);
  });

  it('is only looked at while its holder is seen at work', async () => {
    const path = join(folder(), 'a.lock');
    const held = leave(path, 1);
    utimesSync(join(path, '..'), 1_000, 1_000);
    const isAtWork = async ({ pid }: LockRecord) => pid === 1;
    expect(await takeLock(path, taker(2, new Set(), { isAtWork }))).toEqual({
      taken: false,
      record: held,
      ageMs: null,
    });
    // A file that was written there in the meantime would have changed it.
    expect(statSync(join(path, '..')).mtimeMs).toBe(1_000_000);
  });

  it('tells its age by the clock of the file system', async () => {
    const path = join(folder(), 'a.lock');
    leave(path, 1);
    const { mtimeMs } = statSync(path);
    utimesSync(path, mtimeMs / 1_000, mtimeMs / 1_000 - 60);
    const ages: number[] = [];
    const isGone = async (_: LockRecord, ageMs: number) => ages.push(ageMs) < 0;
    expect(await takeLock(path, taker(2, new Set(), { isGone }))).toMatchObject({ taken: false, ageMs: ages[0] });
    expect(ages[0]).toBeGreaterThanOrEqual(59_000);
  });
});
