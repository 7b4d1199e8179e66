import type { Clock, Random } from '../model/clock.ts';
import type { ApprovalStore } from './approval-store.ts';
import type { LockStore } from './lock-store.ts';
import { MachineLockStore } from './machine-lock-store.ts';
import { FixSharing } from './share.ts';
import { resolveStateDir, type StateDirOptions } from './state-dir.ts';

export interface SharingOptions extends StateDirOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
  /** The store of this machine, if it is not the usual one. */
  readonly machine?: LockStore | undefined;
  /** The store of a fleet, if there is one. */
  readonly fleet?: LockStore | undefined;
  /** Questions to its approvers. */
  readonly approvals?: ApprovalStore | undefined;
}

/** Makes the sharing of fixes among the processes of this machine, and the machines of a fleet. Touches nothing until a fix is about to run. */
export const createSharing = ({
  clock,
  random,
  warn,
  fleet,
  approvals,
  machine,
  ...where
}: SharingOptions): FixSharing =>
  new FixSharing({
    clock,
    random,
    warn,
    fleet,
    approvals,
    store: machine ?? new MachineLockStore({ stateDir: resolveStateDir(where), clock }),
  });
