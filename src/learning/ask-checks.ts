import type { Clock } from '../model/clock.ts';
import { errorCode } from '../platform/fs.ts';
import { fetchFromProcess } from '../sharing/ask-process.ts';
import { type ProcessCard, readProcesses } from '../sharing/process-cards.ts';
import { checksFolder, maxCheckMs, type OfferedCall } from './checks-protocol.ts';
import type { CheckReport } from './waiting-calls.ts';

/** A call that waits in another process of this user. */
export interface RemoteCall extends OfferedCall {
  readonly process: ProcessCard;
}

const listTimeoutMs = 2_000;
/** What a response may take beyond the check itself, in ms. */
const graceMs = 1_000;

/** Aborts after a time. The timer keeps this process alive until the response has come. */
const limited = async <T>(clock: Clock, timeMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const control = new AbortController();
  const timer = clock.setTimeout(() => control.abort(), timeMs);
  try {
    return await work(control.signal);
  } finally {
    clock.clearTimeout(timer);
  }
};

/** Lists the calls that wait in all processes of this user, the newest first. A process that does not respond is left out. */
export const listWaitingCalls = async (stateDir: string, clock: Clock): Promise<readonly RemoteCall[]> => {
  const processes = await readProcesses(stateDir, checksFolder, clock);
  const lists = await Promise.all(
    processes.map(async (process) => {
      try {
        const calls = await limited(clock, listTimeoutMs, (signal) =>
          fetchFromProcess<readonly OfferedCall[]>(process, '/calls', signal),
        );
        return calls.map((call) => ({ ...call, process }));
      } catch {
        return [];
      }
    }),
  );
  return lists.flat().sort((a, b) => b.since - a.since);
};

/** Has a call made again by its process. `unknown` if the process has ended or does not respond. Never rejects. */
export const checkWaitingCall = async (
  { process, id }: Pick<RemoteCall, 'process' | 'id'>,
  timeoutMs: number,
  clock: Clock,
): Promise<CheckReport> => {
  const limitMs = Math.round(Math.min(timeoutMs, maxCheckMs));
  const path = `/check?${new URLSearchParams({ id, timeoutMs: String(limitMs) })}`;
  try {
    return await limited(clock, limitMs + graceMs, (signal) =>
      fetchFromProcess<CheckReport>(process, path, signal, 'POST'),
    );
  } catch (error) {
    const found: CheckReport = { result: 'unknown', signature: null, line: null };
    // Nobody listens there any more.
    return errorCode(error) === 'ECONNREFUSED' ? { ...found, isOver: true } : found;
  }
};
