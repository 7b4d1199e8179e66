import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { isRunning, startOf } from '../platform/process-identity.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { openStateDir } from './state-dir.ts';

/** How other processes of this user reach a process. */
export interface ProcessCard {
  readonly id: string;
  readonly pid: number;
  /** The start time of the process, as reported by the system. */
  readonly start: string | null;
  readonly port: number;
  readonly token: string;
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const isCard = (value: unknown): value is ProcessCard => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, pid, port, token, title, startedAt } = value as Record<string, unknown>;
  const texts = [id, token, title].every((text) => typeof text === 'string');
  return texts && [pid, port, startedAt].every((number) => Number.isSafeInteger(number));
};

const maxCardBytes = 65_536;

const readCard = (path: string): ProcessCard | undefined => {
  try {
    const value: unknown = JSON.parse(readRegularFile(path, maxCardBytes).text ?? '');
    return isCard(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Registers this process for the user's other processes, in a folder of this name; returns a function that removes it. Throws if it cannot be
 * written.
 */
export const announceProcess = async (
  stateDir: string,
  name: string,
  card: Omit<ProcessCard, 'pid' | 'start'>,
  clock: Clock,
): Promise<() => void> => {
  const folder = join(stateDir, name);
  openStateDir(stateDir);
  openStateDir(folder);
  const path = join(folder, `${card.id}.json`);
  const whole: ProcessCard = { ...card, pid: process.pid, start: await startOf(process.pid, clock) };
  // It contains the token for what this process offers, so only the user may read it.
  writeFileSync(path, `${JSON.stringify(whole)}\n`, { mode: 0o600, flag: 'wx' });
  return () => rmSync(path, { force: true });
};

/** Lists the processes that are registered in the folder; the files of processes that have ended are removed. */
export const readProcesses = async (stateDir: string, name: string, clock: Clock): Promise<readonly ProcessCard[]> => {
  const folder = join(stateDir, name);
  let names: string[];
  try {
    names = readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
  const cards: ProcessCard[] = [];
  for (const file of names) {
    const path = join(folder, file);
    const card = readCard(path);
    if (card === undefined) continue;
    try {
      if (await isRunning(card, clock)) cards.push(card);
      else rmSync(path, { force: true });
    } catch {
      // A process with the permission will remove it.
    }
  }
  return cards;
};
