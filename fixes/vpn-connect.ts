import type { z } from 'zod';
import type { vpnFunctionSchema } from '../src/config/fix-schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/refusal.ts';
import type { CancelSource } from '../src/platform/cancellation.ts';
import { sleep } from '../src/platform/wait.ts';
import { commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { fixKey, makeFix, type WorkResult } from '../src/runner/fix.ts';
import { refuse } from '../src/runner/refusal.ts';
import { showCommand } from '../src/text/command-line.ts';

export type VpnConnectEntry = z.output<typeof vpnFunctionSchema>;

/**
 * Brings the network up and waits until the probe succeeds. A command that still runs then is a tunnel: it goes on until
 * healflow ends, or until the fix is needed again.
 */
export const vpnConnect = (entry: VpnConnectEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const { command, timeoutMs, settleMs, pollMs, foreground, target = 'default' } = entry;
  const { tunnels, clock } = context;
  const { probe, start } = commandFix(entry, { name: 'vpn_connect', target, tool: call.tool }, context);
  if (command === undefined || probe === undefined) {
    return refuse('FIX_NOT_CONFIGURED', 'vpn_connect has no `command` and `probe`');
  }
  const key = fixKey('vpn_connect', target);
  const isUp = async (cancels: CancelSource): Promise<boolean> => {
    while (await sleep(clock, pollMs, cancels)) if ((await probe(cancels)).healthy) return true;
    return false;
  };
  const connect = async (request: FixRequest): Promise<WorkResult> => {
    await tunnels?.end(key);
    const result = await start(command, request, tunnels === undefined || foreground === false ? undefined : isUp);
    const work = commandWork(result);
    if (result.ended === 'still_running') {
      tunnels?.keep(key, {
        get isRunning() {
          return result.isRunning;
        },
        end: result.endGroup,
      });
      // If the fix fails after all, there is no tunnel that could have died by itself.
      return { ...work, isHealthy: true, undo: async () => tunnels?.end(key) };
    }
    if (result.ended !== 'ok' || foreground !== true) return work;
    await result.endGroup();
    return { ...work, status: 'failed', reason: `${work.reason} before the probe succeeded (\`foreground: true\`)` };
  };
  return makeFix(
    {
      ...{ name: 'vpn_connect', target, timeoutMs, settleMs, probe, pollMs },
      description: `runs ${showCommand(command)} and waits for the network`,
      hasLapsed: () => tunnels?.hasEnded(key) ?? false,
      work: connect,
    },
    context,
  );
};
