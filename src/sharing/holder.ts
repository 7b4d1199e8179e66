import type { Visibility } from '../platform/process-identity.ts';
import type { LockRecord } from './lock-file.ts';

/** How long a holder may outlast the timeout of its fix before it counts as stuck, in ms. */
const allowanceMs = 10_000;
/** The same for a holder that cannot be seen, until it counts as gone. */
const unseenAllowanceMs = 60_000;
/** The time that a holder has that asks a person, if it cannot be seen. */
const unseenApprovalMs = 3_600_000;

/**
 * How long the lock of a holder in another container or on another machine holds, in ms since it was written: the
 * timeout of its fix, which the holder itself keeps, and a minute.
 */
export const unseenLeaseMs = ({ limitMs }: Pick<LockRecord, 'limitMs'>): number =>
  (limitMs ?? unseenApprovalMs) + unseenAllowanceMs;

/** Whether that time is over. A clock that was set back by more than it does not prolong it. */
export const isLeaseOver = (record: Pick<LockRecord, 'limitMs'>, ageMs: number): boolean =>
  Math.abs(ageMs) > unseenLeaseMs(record);

export const isOverdue = ({ limitMs }: Pick<LockRecord, 'limitMs'>, forMs: number): boolean =>
  limitMs !== null && forMs > limitMs + allowanceMs;

const places: Readonly<Record<Exclude<Visibility, 'here'>, string>> = {
  'earlier boot': 'from before the last restart',
  'another container': 'in another container',
  'another machine': 'on another machine',
};

/** Names the holder of a lock, for people. The number of a process means nothing where it cannot be seen. */
export const holderText = ({ pid, host }: LockRecord, sees: Visibility, path: string): string =>
  sees === 'here'
    ? `process ${pid} on ${host} (${path})`
    : `a process ${places[sees]}, number ${pid} there on ${host || 'a host without a name'} (${path})`;
