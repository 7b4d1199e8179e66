import { errorCodes, errorResponse } from '../jsonrpc/errors.ts';
import { isListen, isRepeatableMethod } from '../protocol/methods.ts';
import type { ListenSubscriptions } from '../protocol/subscriptions.ts';
import type { OpenRequestEntry, OpenRequests } from './open-requests.ts';
import type { RelayPorts } from './ports.ts';

interface LostRequest {
  readonly entry: OpenRequestEntry & { kind: 'request' };
  readonly key: string;
  readonly error: Error;
}

interface LostPorts extends Pick<RelayPorts, 'toClient' | 'toUpstream'> {
  readonly open: OpenRequests;
  readonly listens: ListenSubscriptions;
}

/** Settles a request that a lost server leaves open: it goes to the next server if that is safe, else it gets an error. */
export const settleLost = (
  { entry, key, error }: LostRequest,
  willResend: boolean,
  { open, listens, toClient, toUpstream }: LostPorts,
): void => {
  const { request, rawId, isResent } = entry;
  if (willResend && (isListen(request.method) || (!isResent && isRepeatableMethod(request.method)))) {
    open.set(key, { ...entry, isResent: true });
    listens.resent(key);
    toUpstream(request.bytes, key);
  } else {
    listens.over(key);
    toClient(errorResponse(rawId, errorCodes.serverError, error.message));
  }
};
