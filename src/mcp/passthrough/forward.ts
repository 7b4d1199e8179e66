import { headerIn, type Pair, replaced } from '../../http/headers.ts';
import { failureOf, isLostSession } from './failure.ts';
import type { PathMap } from './path-map.ts';
import type { Answer } from './response.ts';
import type { ResponseWriter } from './response-writer.ts';
import { refuse, unreachable } from './response-writer.ts';
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

/** The MCP server, as the clients' requests reach it: by the session that it knows now. */
export class Forwarder {
  readonly #send: Send;
  readonly #places: PathMap;
  readonly #maxBytes: number;

  constructor(send: Send, places: PathMap, maxBytes: number) {
    this.#send = send;
    this.#places = places;
    this.#maxBytes = maxBytes;
  }

  /**
   * Sends a client's request. Where the server has lost its session, a new one is opened and the request is sent once
   * more: it was not looked at before.
   *
   * @throws Error node's own where there is no answer.
   */
  async send(asked: ClientRequest, session: PassthroughSession, signal: AbortSignal): Promise<Answer> {
    const { reopenCount } = session;
    const answer = await this.#sendOnce(asked, session, signal);
    if (answer.status === 401) session.turnedAway = true;
    const mayBeLost = answer.status === 404 || answer.status === 400;
    if (!mayBeLost || !session.canReopen || headerIn(asked.headers, sessionHeader) === undefined) return answer;
    const failure = await failureOf(answer, this.#maxBytes);
    if (!isLostSession(failure) || !(await session.reopen(reopenCount, asked.headers))) return failure.whole;
    return this.#sendOnce(asked, session, signal);
  }

  /** Sends a client's request; where there is no answer, the client is told so. */
  async sendOrRefuse(
    asked: ClientRequest,
    session: PassthroughSession,
    reply: ResponseWriter,
  ): Promise<Answer | undefined> {
    try {
      return await this.send(asked, session, reply.closed);
    } catch (error) {
      refuse(reply, 502, unreachable(error));
      return undefined;
    }
  }

  async #sendOnce(asked: ClientRequest, session: PassthroughSession, signal: AbortSignal): Promise<Answer> {
    const { method, body, pathAndQuery, host } = asked;
    // What is to be looked at must not come packed.
    const headers = session.toServer(replaced(asked.headers, 'accept-encoding', 'identity'));
    const answer = await this.#send({ method, headers, body, pathAndQuery }, signal);
    return session.toClient(rewriteHeaders(answer, this.#places, host));
  }
}
