import { systemClock } from '../clock.ts';
import { HealError } from '../errors.ts';
import { readLast } from '../event-log/index.ts';
import type { RemoteCall } from '../learning/ask-checks.ts';
import { signatureOf } from '../learning/signature.ts';
import { isRunning } from '../platform/process-identity.ts';
import { globTest } from '../policy/glob.ts';
import { printable } from '../text/sanitize.ts';
import { agoText } from './repair-lines.ts';

/** The failure that is to be repaired. */
export interface RepairTarget {
  readonly tool: string;
  readonly sig: string;
  /** How it failed, in one redacted line. */
  readonly line: string;
  /** A keyed digest of the arguments of the call; null if they are not known. */
  readonly args: string | null;
  readonly memoryDir: string;
  /** When it failed, in ms since the epoch. */
  readonly since: number;
  /** Whether it may still be failing: false if it is over, or its process has ended. */
  readonly isWaiting: boolean;
  /** The call that can be made again; undefined if there is none. */
  readonly call: RemoteCall | undefined;
}

export interface TargetOptions {
  readonly tool?: string | undefined;
  readonly sig?: string | undefined;
}

const targetOf = (call: RemoteCall): RepairTarget => {
  const { tool, signature, line, args, memoryDir, since, canCheck } = call;
  return {
    ...{ tool, sig: signature.id, line, args, memoryDir, since, isWaiting: true },
    call: canCheck ? call : undefined,
  };
};

const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
};

const several = (calls: readonly RemoteCall[], now: number): HealError => {
  const rows = calls
    .slice(0, 10)
    .map(({ tool, signature, line, since }) => [
      ...[signature.id, printable(tool), agoText(now - since)],
      printable(line).slice(0, 100),
    ]);
  const shown = aligned(rows).map((row) => `  ${row}`);
  const more = calls.length > shown.length ? [`  ... and ${calls.length - shown.length} more`] : [];
  const text = [`${calls.length} failures wait; choose one with --tool NAME or --sig ID:`, ...shown, ...more].join(
    '\n',
  );
  return new HealError('CONFIG_INVALID', text);
};

/** The newest failure of each call: if it has failed in another way since, the older failure no longer waits. */
const newestOfCalls = (calls: readonly RemoteCall[]): readonly RemoteCall[] => {
  const newest = new Map<string, RemoteCall>();
  for (const call of calls) {
    const key = JSON.stringify([call.process.pid, call.tool, call.args ?? call.signature.id]);
    const known = newest.get(key);
    if (known === undefined || call.since > known.since) newest.set(key, call);
  }
  return calls.filter((call) => [...newest.values()].includes(call));
};

/** One of each tool and signature, the newest first; one that can be made again comes before one that cannot. */
const distinct = (calls: readonly RemoteCall[]): readonly RemoteCall[] => {
  const found = new Map<string, RemoteCall>();
  for (const call of calls) {
    const key = `${call.tool}\0${call.signature.id}`;
    const known = found.get(key);
    if (known === undefined || (call.canCheck && !known.canCheck)) found.set(key, call);
  }
  return [...found.values()];
};

/**
 * Chooses the failure that is to be repaired: the one that waits in a process, else the last one of the log; undefined if there is none.
 *
 * @throws HealError `CONFIG_INVALID` if several wait.
 */
export const chooseTarget = async (
  calls: readonly RemoteCall[],
  { tool, sig }: TargetOptions,
  memoryDir: string,
  now: number,
): Promise<RepairTarget | undefined> => {
  const isWanted = tool === undefined ? () => true : globTest(tool);
  const waiting = distinct(
    newestOfCalls(calls).filter((call) => isWanted(call.tool) && (sig === undefined || call.signature.id === sig)),
  );
  const [first, ...others] = waiting;
  if (first !== undefined && others.length > 0) throw several(waiting, now);
  if (first !== undefined) return targetOf(first);
  const failures = await readLast(memoryDir, 1, (event) => {
    if (event.result === 'success' || event.error === null || event.class === 'usage' || !isWanted(event.tool))
      return false;
    return sig === undefined || signatureOf(event.error).id === sig;
  }).catch(() => null);
  const event = failures?.[0];
  if (event?.error == null) return undefined;
  const { tool: failed, error: line, timestamp, kind, pid } = event;
  const target = { tool: failed, sig: signatureOf(line).id, line, args: null, memoryDir, call: undefined };
  // A process offers no calls unless one of them can be made again.
  const isWaiting = kind !== 'read-only' && pid !== undefined && (await isRunning({ pid, start: null }, systemClock));
  return { ...target, since: Date.parse(timestamp), isWaiting };
};
