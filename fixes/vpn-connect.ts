import type { z } from 'zod';
import type { vpnFunctionSchema } from '../src/config/schema.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/refusal.ts';
import { commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import { refuse } from '../src/runner/refusal.ts';
import { showCommand } from '../src/text/command-line.ts';

export type VpnConnectEntry = z.output<typeof vpnFunctionSchema>;

/** Brings the network up and waits until the probe succeeds. */
export const vpnConnect = (entry: VpnConnectEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const { command, timeoutMs, pollMs, target = 'default' } = entry;
  if (command === undefined || entry.probe === undefined) {
    return refuse('FIX_NOT_CONFIGURED', 'vpn_connect has no `command` and `probe`');
  }
  const { probe, start } = commandFix(entry, { name: 'vpn_connect', target, tool: call.tool }, context);
  return makeFix(
    {
      name: 'vpn_connect',
      target,
      description: `runs ${showCommand(command)} and waits for the network`,
      timeoutMs,
      probe,
      pollMs,
      work: async (request) => commandWork(await start(command, request)),
    },
    context,
  );
};
