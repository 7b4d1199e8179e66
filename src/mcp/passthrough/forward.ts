import { headerIn, type Pair, replaced } from '../../http/headers.ts';
import type { MayResend } from '../healing/call-healing.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { isLostSession } from '../protocol/http-errors.ts';
import { type HttpFailure, readFailure } from './failure.ts';
import type { PathMap } from './path-map.ts';
import type { UpstreamResponse } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { unreachable } from './response-writer.ts';
import { rewriteHeaders } from './rewrite-headers.ts';
import { type PassthroughSession, sessionHeader } from './session.ts';
import type { Send } from './upstream-client.ts';

/** One complete request of a client. */
export interface ClientRequest {
  readonly method: string;
  /** The headers that the server gets. */
  readonly headers: readonly Pair[];
  readonly body: Buffer | undefined;
  /** The path and query on the server. */
  readonly pathAndQuery: string;
  /** The proxy's host, as the client wrote it. */
  readonly host: string;
}

const isResponseTo = ({ body }: ClientRequest, { bytes }: HttpFailure): boolean => {
  if (body === undefined || bytes === undefined) return false;
  const response = readMessage(bytes);
  return response.kind === 'response' && response.key === readMessage(body).key;
};

/** Sends the clients' requests to the MCP server, with the session id that the server knows now. */
export class Forwarder {
  readonly #send: Send;
  readonly #pathMap: PathMap;
  readonly #maxBytes: number;

  constructor(send: Send, pathMap: PathMap, maxBytes: number) {
    this.#send = send;
    this.#pathMap = pathMap;
    this.#maxBytes = maxBytes;
  }

  /**
   * Sends a client's request. If the server has lost its session, a new one is opened and the request is sent again: the
   * server did not process it before.
   *
   * @param mayResend Whether that is allowed.
   *
   * @throws Error node's own if there is no response.
   */
  async send(
    request: ClientRequest,
    session: PassthroughSession,
    signal: AbortSignal,
    mayResend: MayResend = async () => true,
  ): Promise<UpstreamResponse> {
    const { reopenCount } = session;
    const response = await this.#sendOnce(request, session, signal);
    if (response.status === 401) session.wasUnauthorized = true;
    const mayBeLost = response.status === 404 || response.status === 400;
    const hadSession = headerIn(request.headers, sessionHeader) !== undefined;
    if (!mayBeLost || !session.canReopen || !hadSession) return response;
    const failure = await readFailure(response, this.#maxBytes);
    const { status, body } = failure;
    const isLost = isLostSession({ status, body, hadSession, isResponse: isResponseTo(request, failure) });
    if (!isLost || !(await session.reopen(reopenCount, request.headers))) return failure.response;
    if (!(await mayResend())) return failure.response;
    return this.#sendOnce(request, session, signal);
  }

  /** Sends a client's request; the client gets an error if there is no response. */
  async sendOrRefuse(
    request: ClientRequest,
    session: PassthroughSession,
    writer: ResponseWriter,
  ): Promise<UpstreamResponse | undefined> {
    try {
      return await this.send(request, session, writer.closed);
    } catch (error) {
      writer.reject(unreachable(error));
      return undefined;
    }
  }

  async #sendOnce(request: ClientRequest, session: PassthroughSession, signal: AbortSignal): Promise<UpstreamResponse> {
    const { method, body, pathAndQuery, host } = request;
    // A compressed body cannot be read.
    const headers = session.toServer(replaced(request.headers, 'accept-encoding', 'identity'));
    const response = await this.#send({ method, headers, body, pathAndQuery }, signal);
    return session.toClient(rewriteHeaders(response, this.#pathMap, host));
  }
}
