import { timestampOf } from '../event-log/event.ts';
import { bracketRepair } from '../learning/bracket.ts';
import type { WaitingCalls } from '../learning/waiting-calls.ts';
import type { RepairOptions, RepairOutcome } from './healer.ts';
import type { HealerParts } from './parts.ts';

/** The longest time of one check, in ms. */
const checkMs = 30_000;

/** Calls `fn` to repair the newest failure with a signature, checks the call before and after, and records that. */
export const repairFailure = async (
  { clock, loadRepairLog, watch }: Pick<HealerParts, 'clock' | 'loadRepairLog' | 'watch'>,
  waiting: WaitingCalls | undefined,
  sig: string,
  fn: () => unknown,
  { name = fn.name, patienceMs, force }: RepairOptions,
): Promise<RepairOutcome> => {
  const failures = waiting?.list().filter(({ signature }) => signature.id === sig) ?? [];
  const failure = failures.find(({ canCheck }) => canCheck) ?? failures[0];
  if (waiting === undefined || failure === undefined) {
    throw new TypeError(
      `no failure with the signature ${JSON.stringify(sig)} is open: healer.failures() lists those that are`,
    );
  }
  const { id, tool, canCheck } = failure;
  const args = await waiting.digestOf(id);
  const bracket = await bracketRepair({
    check: () => waiting.check(id, checkMs),
    act: async () => {
      watch.ran(name || 'function');
      await fn();
    },
    ...{ clock, patienceMs, force },
  });
  const { ran, before, after, windowMs, limitMs } = bracket;
  if (ran) {
    (await loadRepairLog?.())?.append({
      ...{ kind: 'repaired', timestamp: timestampOf(clock.now()), tool, sig, args },
      ...{
        action: { use: name || 'function' },
        checked: canCheck ? 'call' : null,
        before,
        after,
        window_ms: windowMs,
        limit_ms: Math.round(limitMs),
      },
    });
  }
  return { ran, before, after, windowMs };
};
