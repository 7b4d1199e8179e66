import { keyOf, type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, type Span, splice } from '../jsonrpc/raw-json.ts';

const requestIdOf = ({ bytes, params }: Message): Span | undefined =>
  params && memberAt(bytes, params.start, 'requestId');

/** The key of the request that a `notifications/cancelled` names; empty if it names none. */
export const cancelledKey = (notification: Message): string => {
  const requestId = requestIdOf(notification);
  return requestId === undefined ? '' : keyOf(rawText(notification.bytes, requestId));
};

/** Makes a `notifications/cancelled` for the request with this raw id. */
export const cancelNotification = (rawId: string, reason: string | undefined): Buffer =>
  Buffer.from(
    `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${rawId}${
      reason === undefined ? '' : `,"reason":${JSON.stringify(reason)}`
    }}}\n`,
  );

/**
 * Replaces the id in the client's `notifications/cancelled` with this raw id, and keeps all its other bytes. If there is
 * no notification, or if it names no request, makes one without a reason.
 */
export const rewriteCancelNotification = (rawId: string, notification: Message | undefined): Buffer => {
  const requestId = notification && requestIdOf(notification);
  if (notification === undefined || requestId === undefined) return cancelNotification(rawId, undefined);
  return splice(notification.bytes, [{ ...requestId, bytes: rawId }]);
};
