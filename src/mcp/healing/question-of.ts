import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { supportsFormElicitation } from '../protocol/elicitation.ts';
import { bringsInput, callDigest } from '../protocol/input-required.ts';
import { metaKeys } from '../protocol/versions.ts';
import type { CallQuestion } from './call-question.ts';
import type { HealerPort } from './healer-port.ts';
import { argumentsOf, isStateless, type ToolCall } from './tool-call.ts';

/** How the client of a call can be asked by the response; undefined if it cannot, as in a session. */
export const questionOf = (
  call: ToolCall,
  { questions }: HealerPort,
): Promise<CallQuestion | undefined> | undefined => {
  const { request, returned, tool } = call;
  if (questions === undefined || request.method !== 'tools/call' || !isStateless(request)) return undefined;
  // What the server behind has asked for would be lost: the client comes back with one state.
  if (returned === undefined && bringsInput(request)) return undefined;
  const digest = callDigest(request);
  if (digest === undefined) return undefined;
  const { bytes, params } = request;
  const meta = params && memberAt(bytes, params.start, '_meta');
  const capabilities = meta && parseSpan(bytes, memberAt(bytes, meta.start, metaKeys.clientCapabilities));
  const canAsk = supportsFormElicitation(capabilities);
  return import('./call-question.ts').then(
    ({ CallQuestion }) =>
      new CallQuestion(questions, { tool, args: argumentsOf(call), digest: () => digest, canAsk, returned }),
  );
};
