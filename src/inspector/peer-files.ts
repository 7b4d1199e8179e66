import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { isRunning, startOf } from '../platform/process-identity.ts';
import { openStateDir } from '../sharing/state-dir.ts';

/** How a process that collects runs is reached by the others of this user. */
export interface PeerInfo {
  readonly id: string;
  readonly pid: number;
  /** When the process started, as the system counts. */
  readonly start: string | null;
  readonly port: number;
  readonly token: string;
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const folderOf = (stateDir: string): string => join(stateDir, 'inspect');

const isCard = (value: unknown): value is PeerInfo => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, pid, port, token, title, startedAt } = value as Record<string, unknown>;
  const texts = [id, token, title].every((text) => typeof text === 'string');
  return texts && [pid, port, startedAt].every((number) => Number.isSafeInteger(number));
};

const readCard = (path: string): PeerInfo | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isCard(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Lets the other processes of this user know of this one; returns what takes that back. Throws where it cannot be written. */
export const announce = async (
  stateDir: string,
  card: Omit<PeerInfo, 'pid' | 'start'>,
  clock: Clock,
): Promise<() => void> => {
  const folder = folderOf(stateDir);
  openStateDir(stateDir);
  openStateDir(folder);
  const path = join(folder, `${card.id}.json`);
  const whole: PeerInfo = { ...card, pid: process.pid, start: await startOf(process.pid, clock) };
  // The token in it opens this process's runs: nobody else may read it.
  writeFileSync(path, `${JSON.stringify(whole)}\n`, { mode: 0o600, flag: 'wx' });
  return () => rmSync(path, { force: true });
};

/** The processes that collect runs now; what a process has left behind that is gone is taken away. */
export const readPeers = async (stateDir: string, clock: Clock): Promise<readonly PeerInfo[]> => {
  const folder = folderOf(stateDir);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  const cards: PeerInfo[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const card = readCard(path);
    if (card === undefined) continue;
    try {
      if (await isRunning(card, clock)) cards.push(card);
      else rmSync(path, { force: true });
    } catch {
      // Whoever can, takes it away.
    }
  }
  return cards;
};
