import type { z } from 'zod';
import type { vpnConnectSchema } from '../src/config/schema.ts';
import type { Fix } from '../src/model/fix.ts';
import { commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import { showCommand } from '../src/text/command-line.ts';

export type VpnConnectEntry = z.output<typeof vpnConnectSchema>;

/** Brings the network up and waits until the probe succeeds. */
export const vpnConnect = (entry: VpnConnectEntry, call: FixCall, context: FixContext): Fix => {
  const { command, timeoutMs, pollMs, target = 'default' } = entry;
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
