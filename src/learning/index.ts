import { type DigestArgs, loadDigestArgs, ownDigestArgs } from './args-digest.ts';
import { createRepairLog, type RepairLog, type RepairLogOptions } from './repair-log.ts';
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
  /** The log of what was run against failures. */
  readonly log: RepairLog;
  /** Makes digests of arguments by the key of this machine; null if that cannot be used. */
  readonly digestArgs: DigestArgs | null;
}

export const loadLearning = async ({ stateDir, clock, ...options }: LearningOptions): Promise<Learning> => {
  const digestArgs = await loadDigestArgs(stateDir).catch(() => null);
  const log = createRepairLog(options);
  const signatureId = (summary: string): string => signatureOf(summary).id;
  const watch = new FailureWatch({
    clock,
    // Without the key of the machine, calls are still told apart within this process.
    digestArgs: digestArgs ?? ownDigestArgs(),
    signatureId,
    append: log.append,
  });
  return { signatureId, watch, log, digestArgs };
};
