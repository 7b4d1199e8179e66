import type { MakeRequest, PendingRequest } from '../healing/call-healing.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import type { CallPorts } from './call-ports.ts';
import { Retries } from './retries.ts';

const nothing = (): void => {};

/** Sends a call once more for a check: a request of its own, of which nothing reaches the client. */
export const sendCheck = (call: ToolCall, ports: CallPorts, edit: MakeRequest): PendingRequest => {
  const checks = new Retries(call, ports, {
    progress: { beginAttempt: nothing, endAttempt: nothing },
    forms: new WeakMap(),
    handleNotification: () => true,
    sendToClient: nothing,
    whenWritable: () => Promise.resolve(),
    notifyCancelled: nothing,
  });
  // Only a call that may be repeated is checked: if the server has lost the session, it is sent in a new one.
  return checks.send(edit, async () => true);
};
