import type { ClientRequest } from './client-request.ts';
import { failureOf, isLostSession } from './failure.ts';
import { headerIn, replaced } from './headers.ts';
import type { Places } from './path-map.ts';
import { refuse, unreachable } from './refusal.ts';
import type { Answer } from './response.ts';
import type { Reply } from './response-writer.ts';
import { seenThrough } from './rewrite-headers.ts';
import { type Session, sessionHeader } from './session.ts';
import type { Send } from './upstream-client.ts';

/** The MCP server, as the clients' requests reach it: by the session that it knows now. */
export class Upstream {
  readonly #send: Send;
  readonly #places: Places;
  readonly #maxBytes: number;

  constructor(send: Send, places: Places, maxBytes: number) {
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
  async send(asked: ClientRequest, session: Session, signal: AbortSignal): Promise<Answer> {
    const { generation } = session;
    const answer = await this.#sendOnce(asked, session, signal);
    if (answer.status === 401) session.turnedAway = true;
    const mayBeLost = answer.status === 404 || answer.status === 400;
    if (!mayBeLost || !session.canReopen || headerIn(asked.headers, sessionHeader) === undefined) return answer;
    const failure = await failureOf(answer, this.#maxBytes);
    if (!isLostSession(failure) || !(await session.reopen(generation, asked.headers))) return failure.whole;
    return this.#sendOnce(asked, session, signal);
  }

  /** Sends a client's request; where there is no answer, the client is told so. */
  async sendOrRefuse(asked: ClientRequest, session: Session, reply: Reply): Promise<Answer | undefined> {
    try {
      return await this.send(asked, session, reply.gone);
    } catch (error) {
      refuse(reply, 502, unreachable(error));
      return undefined;
    }
  }

  async #sendOnce(asked: ClientRequest, session: Session, signal: AbortSignal): Promise<Answer> {
    const { method, body, pathAndQuery, host } = asked;
    // What is to be looked at must not come packed.
    const headers = session.toServer(replaced(asked.headers, 'accept-encoding', 'identity'));
    const answer = await this.#send({ method, headers, body, pathAndQuery }, signal);
    return session.seen(seenThrough(answer, this.#places, host));
  }
}
