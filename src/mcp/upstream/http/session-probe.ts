import { readMessage } from '../../jsonrpc/message.ts';
import { confirmsLoss, type SessionRefusal } from '../../protocol/lost-session.ts';
import { mediaTypeOf, readEvents, readMessageBody } from './answer-reader.ts';
import { readFailure } from './http-failure.ts';
import type { ServerStreamPorts } from './server-stream.ts';

/** Maximum time to wait for the response. */
const timeoutMs = 5_000;
const maxBytes = 65_536;
const ping = readMessage(Buffer.from('{"jsonrpc":"2.0","id":"healflow-ping","method":"ping"}'));

/** Whether the server refuses another request of the session as it did this one, and so does not know the session. */
export const isSessionUnknown = async (
  refusal: SessionRefusal,
  { endpoint, clock, session }: Pick<ServerStreamPorts, 'endpoint' | 'clock' | 'session'>,
): Promise<boolean> => {
  const control = new AbortController();
  const timer = clock.setTimeout(() => control.abort(), timeoutMs);
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    ...session.headers,
  };
  try {
    const response = await endpoint.send({ method: 'POST', headers, body: ping.bytes, signal: control.signal });
    if (response.status >= 300) return confirmsLoss(refusal, (await readFailure(response, ping, true, clock)).refusal);
    let isUnknown = false;
    const message = (bytes: Buffer): void => {
      isUnknown ||= confirmsLoss(refusal, { status: response.status, body: bytes, hadSession: true, key: ping.key });
      control.abort();
    };
    const read = mediaTypeOf(response.body) === 'text/event-stream' ? readEvents : readMessageBody;
    await read(response.body, maxBytes, { message, oversize: () => {} });
    return isUnknown;
  } catch {
    return false;
  } finally {
    clock.clearTimeout(timer);
  }
};
