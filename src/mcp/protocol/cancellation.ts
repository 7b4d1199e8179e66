import { keyOf, type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, type Span, splice } from '../jsonrpc/raw-json.ts';

const requestIdOf = ({ bytes, params }: Message): Span | undefined =>
  params && memberAt(bytes, params.start, 'requestId');

/** The key of the request that a `notifications/cancelled` names; empty if it names none. */
export const cancelledKey = (notification: Message): string => {
  const requestId = requestIdOf(notification);
  return requestId === undefined ? '' : keyOf(rawText(notification.bytes, requestId));
};

/** A `notifications/cancelled` for the request with this raw id. */
export const cancelled = (rawId: string, reason: string | undefined): Buffer =>
  Buffer.from(
    `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${rawId}${
      reason === undefined ? '' : `,"reason":${JSON.stringify(reason)}`
    }}}\n`,
  );

/**
 * A `notifications/cancelled` for the request with this raw id.
 *
 * @param notification The client's own, whose other bytes are kept; undefined if there is none.
 */
export const cancellation = (rawId: string, notification: Message | undefined): Buffer => {
  const requestId = notification && requestIdOf(notification);
  if (notification === undefined || requestId === undefined) return cancelled(rawId, undefined);
  return splice(notification.bytes, [{ ...requestId, bytes: rawId }]);
};
