import type { InternalHealer } from '../../healer/healer.ts';
import { statePrefix } from '../../sharing/state-prefix.ts';
import { isRecord } from '../../text/is-record.ts';
import { isStatelessVersion, metaKeys } from '../protocol/versions.ts';

/** What a client has come back with. It is not verified. */
interface ReturnedState {
  readonly state: string;
  readonly responses: unknown;
}

/** A request of an SDK server whose client is asked by the response. */
export interface RequestOfSdk {
  readonly capabilities: unknown;
  /** Undefined at the first call. */
  readonly returned: ReturnedState | undefined;
}

/** What was taken out of a request before the server could reject it, by its `mcpReq`. */
const taken = new WeakMap<object, ReturnedState>();

const isOwnState = (state: unknown): state is string => typeof state === 'string' && state.startsWith(statePrefix);

/** Takes what a client has come back with out of its request: the handler then sees a first call. */
const takeReturned = (mcpReq: unknown, state: string): ReturnedState | undefined => {
  if (!isRecord(mcpReq)) return undefined;
  const { inputResponses: responses } = mcpReq;
  const isTaken =
    Reflect.set(mcpReq, 'requestState', () => undefined) &&
    Reflect.deleteProperty(mcpReq, 'inputResponses') &&
    Reflect.deleteProperty(mcpReq, 'droppedInputResponseKeys');
  return isTaken ? { state, responses } : undefined;
};

/** Reads the context of a handler of SDK v2; undefined if the client of the request is not asked by the response. */
export const askedByResponse = (context: unknown, { questions }: Partial<InternalHealer>): RequestOfSdk | undefined => {
  const mcpReq = isRecord(context) ? context.mcpReq : undefined;
  if (questions === undefined || !isRecord(mcpReq) || !isRecord(mcpReq.envelope)) return undefined;
  const version = mcpReq.envelope[metaKeys.protocolVersion];
  if (typeof version !== 'string' || !isStatelessVersion(version)) return undefined;
  const capabilities = mcpReq.envelope[metaKeys.clientCapabilities];
  const earlier = taken.get(mcpReq);
  if (earlier !== undefined) return { capabilities, returned: earlier };
  const { requestState } = mcpReq;
  const state: unknown = typeof requestState === 'function' ? Reflect.apply(requestState, mcpReq, []) : undefined;
  if (isOwnState(state)) {
    const returned = takeReturned(mcpReq, state);
    return returned && { capabilities, returned };
  }
  // What the tool has asked for would be lost: the client comes back with one state.
  const isFirst = state === undefined && mcpReq.inputResponses === undefined;
  return isFirst ? { capabilities, returned: undefined } : undefined;
};

/**
 * Keeps the states of healflow from a server that verifies its own ones, which would reject them. No handler sees them: one
 * that relies on that verification would take a state for its own which the client has made up.
 */
export const interceptOwnStates = (server: object, { questions }: Partial<InternalHealer>): void => {
  const holder = server as { _requestStateVerify?: unknown };
  const verify = holder._requestStateVerify;
  if (questions === undefined || typeof verify !== 'function') return;
  holder._requestStateVerify = (state: unknown, context: unknown, ...rest: unknown[]): unknown => {
    const mcpReq = isRecord(context) ? context.mcpReq : undefined;
    const returned = isOwnState(state) ? takeReturned(mcpReq, state) : undefined;
    if (returned === undefined) return Reflect.apply(verify, server, [state, context, ...rest]);
    taken.set(mcpReq as object, returned);
    return undefined;
  };
};
