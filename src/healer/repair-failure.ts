import { timestampOf } from '../event-log/event.ts';
import { bracketRepair, checkMs } from '../learning/bracket.ts';
import type { WaitingCalls } from '../learning/waiting-calls.ts';
import type { RepairOptions, RepairOutcome } from './healer.ts';
import type { HealerParts } from './parts.ts';

const assertPatience = (patienceMs: unknown): void => {
  if (patienceMs === undefined || (Number.isFinite(patienceMs) && (patienceMs as number) >= 0)) return;
  throw new TypeError(`patienceMs is ${String(patienceMs)}: expected a finite number of ms, 0 or more`);
};

/** Calls `fn` to repair the newest failure with a signature, checks the call before and after, and records that. */
export const repairFailure = async (
  { clock, repairLog, watch }: Pick<HealerParts, 'clock' | 'repairLog' | 'watch'>,
  waiting: WaitingCalls | undefined,
  sig: string,
  fn: () => unknown,
  { name, patienceMs, force, signal }: RepairOptions,
): Promise<RepairOutcome> => {
  assertPatience(patienceMs);
  signal?.throwIfAborted();
  const failures = waiting?.list().filter(({ signature }) => signature.id === sig) ?? [];
  const failure = failures.find(({ canCheck }) => canCheck) ?? failures[0];
  if (waiting === undefined || failure === undefined) {
    throw new TypeError(
      `no failure with the signature ${JSON.stringify(sig)} is open: healer.failures() lists those that are (none with learn: { checks: false })`,
    );
  }
  const { id, tool, canCheck } = failure;
  const use = name || 'function';
  return waiting.repairing(sig, async () => {
    const args = waiting.digestOf(id);
    let thrown: { readonly error: unknown } | undefined;
    const bracket = await bracketRepair({
      check: () => waiting.check(id, checkMs),
      act: async () => {
        signal?.throwIfAborted();
        watch.ran(use);
        try {
          await fn();
        } catch (error) {
          thrown = { error };
        }
      },
      ...{ clock, sig, patienceMs, force, cancels: signal },
    });
    const { ran, before, after, windowMs, limitMs } = bracket;
    // What throws is no repair, whatever happened meanwhile, but it may be a failed one.
    if (ran && (thrown === undefined || (before === 'failed' && after === 'failed'))) {
      repairLog?.()?.append({
        ...{ kind: 'repaired', timestamp: timestampOf(clock.now()), tool, sig, args, action: { use } },
        // Functions without a name cannot be told apart.
        ...{ checked: canCheck && use === name ? 'call' : null, before, after },
        ...{ window_ms: windowMs, limit_ms: Math.round(limitMs) },
      });
    }
    if (thrown !== undefined) throw (thrown as { readonly error: unknown }).error;
    return { ran, before, after, windowMs };
  });
};
