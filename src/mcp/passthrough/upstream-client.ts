import type { Endpoint } from '../../http/client.ts';
import { headerIn, type Pair } from '../../http/headers.ts';
import type { Clock } from '../../model/clock.ts';
import type { MayResend } from '../healing/call-healing.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { redirectError } from '../protocol/http-errors.ts';
import { isToolCall } from '../protocol/methods.ts';
import { encodeHeaderValue } from '../protocol/standard-headers.ts';
import { isFailure, readFailure, TruncatedResponseError } from './failure.ts';
import { isEvents, isJson, readEvents, readUpTo, type UpstreamResponse } from './response.ts';

/** A request on its way to the server. */
export interface UpstreamRequest {
  readonly method: string;
  readonly headers: readonly Pair[];
  readonly body?: Buffer | undefined;
  readonly pathAndQuery: string;
  /** Whether a tool call may be sent again; always by default. */
  readonly mayResend?: MayResend | undefined;
}

export type Send = (request: UpstreamRequest, signal: AbortSignal | undefined) => Promise<UpstreamResponse>;

/** Sends requests; repeats one that may be repeated if an idle connection turned out to be closed. */
export const createSend =
  (endpoint: Endpoint): Send =>
  ({ method, headers, body, pathAndQuery, mayResend = async () => true }, signal) => {
    const mayFollow = body !== undefined && isToolCall(body) ? mayResend : undefined;
    return endpoint.send({
      method,
      headers,
      pathAndQuery,
      mayFollow,
      ...(body && { body }),
      ...(signal && { signal }),
    });
  };

/** Maximum time to wait for a server that is asked whether it is there. */
const readyTimeoutMs = 5_000;
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether the server responds at all, whatever it says to a request that is none of MCP. */
export const responds = async (endpoint: Endpoint, clock: Clock): Promise<boolean> => {
  const control = new AbortController();
  const timer = clock.setTimeout(() => control.abort(), readyTimeoutMs);
  try {
    const { status, body } = await endpoint.send({ method: 'HEAD', headers: {}, signal: control.signal });
    body.resume().on('error', () => {});
    return !gatewayStatuses.has(status);
  } catch {
    return false;
  } finally {
    clock.clearTimeout(timer);
  }
};

/**
 * Sends a request of healflow and resolves with its response.
 *
 * @throws HttpFailure if the status is an error; Error if no response comes.
 */
export const sendRequest = async (
  send: Send,
  request: UpstreamRequest,
  key: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
  onResponse: (response: UpstreamResponse) => void = () => {},
): Promise<Message> => {
  const finished = new AbortController();
  const signals = signal === undefined ? finished.signal : AbortSignal.any([signal, finished.signal]);
  const response = await send(request, signals);
  const refused = redirectError(response);
  if (refused !== undefined) throw refused;
  if (isFailure(response)) throw await readFailure(response, maxBytes);
  onResponse(response);
  if (isEvents(response)) {
    let found: Message | undefined;
    const end = readEvents(
      response,
      maxBytes,
      {
        event: ({ data }) => {
          if (data === undefined || found !== undefined) return;
          const message = readMessage(Buffer.from(data));
          if (message.kind !== 'response' || message.key !== key) return;
          found = message;
          finished.abort();
        },
        overflow: () => {},
      },
      () => Promise.resolve(),
    );
    await end.catch((error: unknown) => {
      if (found === undefined) throw error;
    });
    if (found === undefined) throw new TruncatedResponseError('the stream of the MCP server ended before its response');
    return found;
  }
  const { bytes, isWhole } = await readUpTo(response, maxBytes);
  if (!isWhole) finished.abort();
  const message = isWhole && isJson(response) ? readMessage(bytes) : undefined;
  if (message?.kind !== 'response' || message.key !== key) {
    throw new Error('the MCP server returned something other than the response');
  }
  return message;
};

/** Sends a notification and waits until the server has accepted it. */
export const sendNotification = async (
  send: Send,
  request: UpstreamRequest,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const response = await send(request, signal);
  if (isFailure(response)) throw await readFailure(response, 65_536);
  for await (const _ of response.body);
};

/** The headers of a request of healflow: the client's, without those about the client's own message. */
export const ownHeaders = (headers: readonly Pair[], method: string | undefined, name: string | undefined): Pair[] => {
  const own = headers.filter(([header]) => {
    const key = header.toLowerCase();
    return !key.startsWith('mcp-param-') && !ownNames.has(key);
  });
  const isStateless = headerIn(headers, 'mcp-method') !== undefined;
  return [
    ...own,
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ...(isStateless && method !== undefined ? [['Mcp-Method', encodeHeaderValue(method)] as const] : []),
    ...(isStateless && name !== undefined ? [['Mcp-Name', encodeHeaderValue(name)] as const] : []),
  ];
};

const ownNames: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
]);
