import type { Clock } from '../model/clock.ts';
import { MachineLockStore } from '../sharing/machine-lock-store.ts';
import { durationText } from '../text/duration.ts';
import { learningDir } from './args-digest.ts';
import { RepairRunningError } from './repair-running.ts';

/**
 * Makes sure that only one repair of a failure runs at once on this machine: two would count one recovery twice. Resolves with the function
 * that ends it.
 *
 * @throws RepairRunningError if another one runs, or an Error if the state folder cannot be used.
 */
export const lockRepair = async (stateDir: string, clock: Clock, sig: string): Promise<() => Promise<void>> => {
  const name = `repair-${sig}`;
  const store = new MachineLockStore({ stateDir: learningDir(stateDir), clock });
  const lease = await store.take({ key: name, identity: name, exclusive: name, limitMs: null });
  if (lease.busy) throw new RepairRunningError(sig, `${lease.holder}, since ${durationText(lease.forMs)}`);
  return () => lease.end();
};
