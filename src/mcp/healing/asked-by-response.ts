import type { InternalHealer } from '../../healer/healer.ts';
import { statePrefix } from '../../sharing/state-prefix.ts';
import { isRecord } from '../../text/is-record.ts';
import { isStatelessVersion, metaKeys } from '../protocol/versions.ts';

/** A request of an SDK server whose client is asked by the response. */
export interface RequestOfSdk {
  readonly capabilities: unknown;
  /** What the client has come back with; undefined at the first call. */
  readonly returned: { readonly state: string; readonly responses: unknown } | undefined;
}

/** Reads the context of a handler of SDK v2; undefined if the client of the request is not asked by the response. */
export const askedByResponse = (context: unknown, { questions }: Partial<InternalHealer>): RequestOfSdk | undefined => {
  const mcpReq = isRecord(context) ? context.mcpReq : undefined;
  if (questions === undefined || !isRecord(mcpReq) || !isRecord(mcpReq.envelope)) return undefined;
  const version = mcpReq.envelope[metaKeys.protocolVersion];
  if (typeof version !== 'string' || !isStatelessVersion(version)) return undefined;
  const { requestState, inputResponses: responses } = mcpReq;
  const state: unknown = typeof requestState === 'function' ? Reflect.apply(requestState, mcpReq, []) : undefined;
  const capabilities = mcpReq.envelope[metaKeys.clientCapabilities];
  if (typeof state === 'string' && state.startsWith(statePrefix)) {
    // The tool has asked for nothing.
    Reflect.set(mcpReq, 'requestState', () => undefined);
    Reflect.deleteProperty(mcpReq, 'inputResponses');
    return { capabilities, returned: { state, responses } };
  }
  // What the tool has asked for would be lost: the client comes back with one state.
  return state === undefined && responses === undefined ? { capabilities, returned: undefined } : undefined;
};

/** Lets states of healflow pass a server that verifies its own ones, which it would reject. */
export const passOwnStates = (server: object): void => {
  const holder = server as { _requestStateVerify?: unknown };
  const verify = holder._requestStateVerify;
  if (typeof verify !== 'function') return;
  holder._requestStateVerify = (state: unknown, ...rest: unknown[]): unknown =>
    typeof state === 'string' && state.startsWith(statePrefix)
      ? undefined
      : Reflect.apply(verify, server, [state, ...rest]);
};
