import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../../http/body.ts';
import type { Guard } from '../../http/guard.ts';
import { headerIn, requestHeaders, without } from '../../http/headers.ts';
import { principalOf } from '../../http/principal.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import { readMessage } from '../jsonrpc/message.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import type { NonMcpRequests } from './non-mcp-requests.ts';
import type { PathMap } from './path-map.ts';
import type { PostHandler } from './post-handler.ts';
import { passAnswer } from './response.ts';
import { ResponseWriter, refuse } from './response-writer.ts';
import type { ServerStreams } from './server-streams.ts';
import { type PassthroughSession, sessionHeader } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface ExchangeParts {
  readonly guard: Guard;
  readonly places: PathMap;
  readonly book: SessionStore;
  readonly upstream: Forwarder;
  readonly beside: NonMcpRequests;
  readonly posts: PostHandler;
  readonly listening: ServerStreams;
  /** Whether clients have to bring a token of the proxy's own, which is none of the server's business. */
  readonly asksForToken: boolean;
  readonly maxBytes: number;
}

/**
 * Passes every request of every client on to the server, and the server's answers back, as they are. What is done
 * beside: a failed `tools/call` is held back and healed, and a session that the server has lost is opened anew.
 */
export class PassthroughHandler {
  readonly #parts: ExchangeParts;
  readonly #open = new Set<ResponseWriter>();

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const reply = new ResponseWriter(response);
    this.#open.add(reply);
    response.once('close', () => this.#open.delete(reply));
    this.#handle(request, reply).catch(() => reply.destroy());
  };

  /** The proxy ends: streams that have no end of their own are ended, and healing is given up. */
  end(): void {
    const { book, listening } = this.#parts;
    for (const session of book.all) for (const call of session.calls) call.giveUp();
    listening.end();
  }

  /** Ends all connections at once. */
  kill(): void {
    for (const reply of this.#open) reply.destroy();
  }

  async #handle(request: IncomingMessage, reply: ResponseWriter): Promise<void> {
    const { guard, places, asksForToken, book, beside } = this.#parts;
    const refusal = guard(request);
    if (refusal !== undefined) {
      refuse(
        reply,
        refusal.status,
        { code: errorCodes.serverError, message: refusal.message },
        'null',
        refusal.headers,
      );
      return;
    }
    const body = await this.#bodyOf(request, reply);
    if (body === null) return;
    const { pathAndQuery, isMcp } = places.of(request.url ?? '/');
    const { method = 'GET', rawHeaders } = request;
    const given = requestHeaders(rawHeaders);
    const headers = asksForToken ? without(given, 'authorization') : given;
    const asked: ClientRequest = { method, headers, body, pathAndQuery, host: request.headers.host ?? '' };
    if (!isMcp) {
      await beside.pass(asked, reply);
      return;
    }
    const session = book.find(
      headerIn(headers, sessionHeader),
      principalOf(headerIn(headers, 'authorization'), { isVerified: true }),
    );
    if (session === undefined) {
      refuse(reply, 404, { code: errorCodes.sessionNotFound, message: 'Session not found' });
      return;
    }
    session.open += 1;
    try {
      await this.#dispatch(asked, session, reply);
    } finally {
      session.open -= 1;
      if (session.open === 0) book.release(session);
    }
  }

  /** The body of a request; undefined if it has none, null if it was refused. */
  async #bodyOf(request: IncomingMessage, reply: ResponseWriter): Promise<Buffer | undefined | null> {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined;
    try {
      return await readBody(request, this.#parts.maxBytes);
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) return null;
      refuse(reply, 413, {
        code: errorCodes.invalidRequest,
        message: `healflow: ${error.message} (proxy.maxLineBytes)`,
      });
      return null;
    }
  }

  async #dispatch(asked: ClientRequest, session: PassthroughSession, reply: ResponseWriter): Promise<void> {
    const { posts, listening, upstream, book } = this.#parts;
    if (asked.method === 'POST' && asked.body !== undefined) {
      await posts.take(readMessage(asked.body), asked, session, reply);
      return;
    }
    if (asked.method === 'GET') {
      await listening.open(asked, session, reply);
      return;
    }
    const answer = await upstream.sendOrRefuse(asked, session, reply);
    if (answer === undefined) return;
    if (asked.method === 'DELETE' && (answer.status < 300 || answer.status === 404)) book.forget(session);
    await passAnswer(answer, reply);
  }
}
