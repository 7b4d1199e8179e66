import type { Clock } from '../model/clock.ts';
import { announceProcess, type ProcessCard, readProcesses } from '../sharing/process-cards.ts';

/** How other processes of this user reach a process that records runs. */
export type PeerInfo = ProcessCard;

const folder = 'inspect';

/**
 * Registers this process for the user's other processes; returns a function that removes it. Throws if it cannot be
 * written.
 */
export const announce = (stateDir: string, card: Omit<PeerInfo, 'pid' | 'start'>, clock: Clock): Promise<() => void> =>
  announceProcess(stateDir, folder, card, clock);

/** Lists the processes that record runs; the files of processes that have ended are removed. */
export const readPeers = (stateDir: string, clock: Clock): Promise<readonly PeerInfo[]> =>
  readProcesses(stateDir, folder, clock);
