import { headerIn, type Pair, replaced } from '../../http/headers.ts';
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

/** One request of a client's, read to its end. */
export interface ClientRequest {
  readonly method: string;
  /** What goes on to the server. */
  readonly headers: readonly Pair[];
  readonly body: Buffer | undefined;
  /** Where it goes on the server. */
  readonly pathAndQuery: string;
  /** The proxy, as the client calls it. */
  readonly host: string;
}

const isResponseTo = ({ body }: ClientRequest, { bytes }: HttpFailure): boolean => {
  if (body === undefined || bytes === undefined) return false;
  const response = readMessage(bytes);
  return response.kind === 'response' && response.key === readMessage(body).key;
};

/** The MCP server, as the clients' requests reach it: by the session that it knows now. */
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
   * Sends a client's request. Where the server has lost its session, a new one is opened and the request is sent once
   * more: it was not looked at before.
   *
   * @throws Error node's own where there is no answer.
   */
  async send(request: ClientRequest, session: PassthroughSession, signal: AbortSignal): Promise<UpstreamResponse> {
    const { reopenCount } = session;
    const answer = await this.#sendOnce(request, session, signal);
    if (answer.status === 401) session.wasUnauthorized = true;
    const mayBeLost = answer.status === 404 || answer.status === 400;
    const hadSession = headerIn(request.headers, sessionHeader) !== undefined;
    if (!mayBeLost || !session.canReopen || !hadSession) return answer;
    const failure = await readFailure(answer, this.#maxBytes);
    const { status, body } = failure;
    const isLost = isLostSession({ status, body, hadSession, isResponse: isResponseTo(request, failure) });
    if (!isLost || !(await session.reopen(reopenCount, request.headers))) return failure.response;
    return this.#sendOnce(request, session, signal);
  }

  /** Sends a client's request; where there is no answer, the client is told so. */
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
    // What is to be looked at must not come packed.
    const headers = session.toServer(replaced(request.headers, 'accept-encoding', 'identity'));
    const answer = await this.#send({ method, headers, body, pathAndQuery }, signal);
    return session.toClient(rewriteHeaders(answer, this.#pathMap, host));
  }
}
