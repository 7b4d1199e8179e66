import { loadDigestArgs, ownDigestArgs } from './args-digest.ts';
import { createRepairLog, type RepairLogOptions } from './repair-log.ts';
import { signatureOf } from './signature.ts';
import { FailureWatch, type FailureWatchOptions } from './watch.ts';

export interface LearningOptions extends RepairLogOptions, Pick<FailureWatchOptions, 'clock'> {
  readonly stateDir: string;
}

/** What a healer learns from: loaded with the first failure. */
export interface Learning {
  /** The id of the signature of a failure, from the redacted line of its diagnosis. */
  signatureId(summary: string): string;
  readonly watch: FailureWatch;
}

export const loadLearning = async ({ stateDir, clock, ...log }: LearningOptions): Promise<Learning> => {
  // Without the key of the machine, calls are still told apart within this process.
  const digestArgs = await loadDigestArgs(stateDir).catch(ownDigestArgs);
  const { append } = createRepairLog(log);
  const signatureId = (summary: string): string => signatureOf(summary).id;
  return { signatureId, watch: new FailureWatch({ clock, digestArgs, signatureId, append }) };
};
