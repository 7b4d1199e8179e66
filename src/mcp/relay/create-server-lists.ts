import type { Clock } from '../../model/clock.ts';
import { parseSpan } from '../jsonrpc/raw-json.ts';
import type { Handshake } from '../protocol/handshake.ts';
import { listChangedNotification } from '../protocol/list-changes.ts';
import { ServerListCache } from '../protocol/server-lists.ts';
import type { ListenSubscriptions } from '../protocol/subscriptions.ts';
import type { InternalRequests } from './internal-requests.ts';

interface Ports {
  readonly clock: Clock;
  readonly toClient: (bytes: Buffer) => void;
}

/** The lists of a session's server, which asks for them by itself and tells the client of changes. */
export const createServerLists = (
  { clock, toClient }: Ports,
  internal: InternalRequests,
  handshake: Handshake,
  listens: ListenSubscriptions,
): ServerListCache =>
  new ServerListCache({
    clock,
    ask: async (method, cursor) => {
      const { bytes, result } = await internal.call(method, cursor === undefined ? {} : { cursor }).response;
      return parseSpan(bytes, result);
    },
    changed: (kind) => {
      const messages = handshake.isInitialized ? [listChangedNotification(kind)] : listens.changed(kind);
      for (const bytes of messages) toClient(bytes);
    },
  });
