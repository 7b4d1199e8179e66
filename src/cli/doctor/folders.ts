import { accessSync, constants, existsSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../clock.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { lessonsDir } from '../../config/paths.ts';
import { HealError } from '../../errors.ts';
import { assertWritable, resolveMemoryDir } from '../../event-log/memory-dir.ts';
import { assertPrivate } from '../../platform/private-file.ts';
import { bootTime, isRunning, machineIdentity, visibilityOf } from '../../platform/process-identity.ts';
import { isOverdue } from '../../sharing/holder.ts';
import { readLock } from '../../sharing/lock-file.ts';
import { resolveStateDir } from '../../sharing/state-dir.ts';
import { durationText } from '../../text/duration.ts';
import { errorText, messageOf } from '../../text/error-text.ts';
import type { Patient, Trouble } from './trouble.ts';

/** A file may be newer than now by that much, in ms, as clocks of file servers differ. */
const clockSkewMs = 60_000;
/** A draft is there for a moment only. */
const draftMs = 3_600_000;

const statsOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};

const nearest = (path: string): string => {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
};

/** Why a folder cannot be used or made by this user; undefined if it can. */
const unusable = (folder: string): string | undefined => {
  const at = nearest(folder);
  try {
    if (!statSync(at).isDirectory()) return `${at} is no folder`;
    accessSync(at, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
};

const memoryTrouble = (memoryDir: string): Trouble[] => {
  try {
    assertWritable(memoryDir);
    return [];
  } catch (error) {
    const [problem = '', advice = 'name another folder with --memory or memoryDir'] = messageOf(error).split('; ');
    return [{ at: memoryDir, problem, advice }];
  }
};

const stateTrouble = (stateDir: string): Trouble[] => {
  const advice = 'set stateDir in healflow.yaml, or HEALFLOW_STATE_DIR, to a folder of this user alone';
  const stats = statsOf(stateDir);
  const found = (problem: string, way = advice): Trouble[] => [{ at: stateDir, problem, advice: way }];
  if (stats?.isSymbolicLink() === true) return found('the state folder is a symbolic link');
  const why = unusable(stateDir);
  if (why !== undefined) return found(`the state folder cannot be used: ${why}`);
  const own = process.getuid?.();
  if (stats === undefined || own === undefined) return [];
  if (stats.uid !== own) return found(`the state folder belongs to another user (uid ${stats.uid})`);
  if ((stats.mode & 0o022) !== 0) return found('others can write to the state folder', `run chmod 700 ${stateDir}`);
  return ['tokens', 'requests'].flatMap((name) => {
    const folder = join(stateDir, name);
    const inner = statsOf(folder);
    if (inner === undefined) return [];
    return [folder, ...filesIn(folder)].flatMap((path) => {
      const one = statsOf(path);
      try {
        if (one !== undefined) assertPrivate(one);
        return [];
      } catch (error) {
        return { at: path, problem: messageOf(error), advice: `run chmod go-rwx ${path}` };
      }
    });
  });
};

const lockTrouble = async (path: string): Promise<Trouble[]> => {
  const lock = readLock(path);
  if (lock === null) return [];
  const { record } = lock;
  if (record === null)
    return [{ at: path, problem: 'the lock is damaged', advice: 'remove it while no healflow runs' }];
  const here = { ...(await machineIdentity(systemClock)), bootedAt: bootTime(systemClock) };
  const sees = visibilityOf(record, here);
  if (sees === 'earlier boot' || (sees === 'here' && !(await isRunning(record, systemClock)))) {
    const problem = `process ${record.pid} has left its lock on ${record.key} behind`;
    return [{ at: path, problem, advice: 'the next run of the fix takes it over; remove it if that does not happen' }];
  }
  const forMs = systemClock.now() - record.since;
  if (!isOverdue(record, forMs)) return [];
  const problem = `process ${record.pid} holds the lock on ${record.key} for ${durationText(forMs)}`;
  return [{ at: path, problem, advice: `look why that process does not go on, and end it if it hangs` }];
};

const staleFiles = async (stateDir: string): Promise<Trouble[]> => {
  const files = filesIn(stateDir);
  const locks = await Promise.all(
    files
      .filter((path) => /\.(?:lock|claim)$/.test(path))
      .map((path) =>
        lockTrouble(path).catch((error: unknown) => [
          {
            at: path,
            problem: `the lock cannot be read: ${errorText(error)}`,
            advice: 'remove it while no healflow runs',
          },
        ]),
      ),
  );
  const drafts = files.filter(
    (path) => path.endsWith('.draft') && (statsOf(path)?.mtimeMs ?? systemClock.now()) < systemClock.now() - draftMs,
  );
  return [
    ...locks.flat(),
    ...drafts.map((at) => ({
      at,
      problem: 'a process that was killed has left this draft behind',
      advice: 'remove it',
    })),
  ];
};

const clockTrouble = (files: readonly string[]): Trouble[] => {
  const now = systemClock.now();
  return files.flatMap((at) => {
    const stats = statsOf(at);
    if (stats === undefined || stats.mtimeMs <= now + clockSkewMs) return [];
    const problem = `it was written ${durationText(stats.mtimeMs - now)} from now, by its file system`;
    return { at, problem, advice: 'set the clock of this machine, or touch the file if the clock is right' };
  });
};

/** Examines the folders that healflow writes to. Changes nothing. */
export const folderTroubles = async (
  loaded: LoadedConfig,
  memory: string | undefined,
  patient: Patient,
): Promise<Trouble[]> => {
  const { config, baseDir, file } = loaded;
  const found: Trouble[] = [];
  let memoryDir: string | undefined;
  try {
    memoryDir = resolveMemoryDir({ memory, config: loaded, cwd: patient.cwd });
    found.push(...memoryTrouble(memoryDir));
  } catch (error) {
    if (!(error instanceof HealError)) throw error;
    found.push({ at: 'memoryDir', problem: error.message, advice: 'name another folder' });
  }
  const stateDir = resolveStateDir({ configured: config.stateDir, env: patient.env, cwd: baseDir });
  const lessons = lessonsDir(loaded);
  const why = existsSync(lessons) ? unusable(lessons) : undefined;
  if (why !== undefined) {
    found.push({
      at: lessons,
      problem: `the folder of the lessons cannot be used: ${why}`,
      advice: 'let this user write there',
    });
  }
  const state = stateTrouble(stateDir);
  const learned = memoryDir === undefined ? [] : filesIn(join(memoryDir, 'learned'));
  return [
    ...found,
    ...state,
    ...(await staleFiles(stateDir)),
    ...clockTrouble([...(file === null ? [] : [file]), ...filesIn(stateDir), ...learned]),
  ];
};
