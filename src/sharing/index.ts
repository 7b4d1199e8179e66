import type { Clock, Random } from '../model/clock.ts';
import { MachineLockStore } from './machine-lock-store.ts';
import { FixSharing } from './share.ts';
import { resolveStateDir, type StateDirOptions } from './state-dir.ts';

export interface SharingOptions extends StateDirOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
}

/** Makes the sharing of fixes among the processes of this machine. Touches nothing until a fix is about to run. */
export const createSharing = ({ clock, random, warn, ...where }: SharingOptions): FixSharing =>
  new FixSharing({
    clock,
    random,
    warn,
    store: new MachineLockStore({ stateDir: resolveStateDir(where), clock }),
  });
