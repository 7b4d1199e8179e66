import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../../http/body.ts';
import type { Guard } from '../../http/guard.ts';
import { headerIn, requestHeaders, without } from '../../http/headers.ts';
import type { Listening } from '../../http/listen.ts';
import { principalOf } from '../../http/principal.ts';
import { aborted } from '../../platform/wait.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { refuseBody, refuseByGuard, unknownSession } from '../protocol/http-errors.ts';
import type { ClientRequest, Forwarder } from './forward.ts';
import type { NonMcpRequests } from './non-mcp-requests.ts';
import type { PathMap } from './path-map.ts';
import type { PostHandler } from './post-handler.ts';
import { passResponse } from './response.ts';
import { ResponseWriter } from './response-writer.ts';
import type { ServerStreams } from './server-streams.ts';
import { type PassthroughSession, sessionHeader } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface PassthroughHandlerParts {
  readonly guard: Guard;
  readonly pathMap: PathMap;
  readonly sessions: SessionStore;
  readonly forwarder: Forwarder;
  readonly nonMcpRequests: NonMcpRequests;
  readonly postHandler: PostHandler;
  readonly serverStreams: ServerStreams;
  /** Whether clients must send a token of the proxy's own, which the server must not get. */
  readonly requiresToken: boolean;
  readonly maxBytes: number;
}

/**
 * Passes every request of every client on to the server, and the server's responses back, as they are. Two
 * exceptions: a failed `tools/call` is held back and healed, and a session that the server has lost is opened again.
 */
export class PassthroughHandler {
  readonly #parts: PassthroughHandlerParts;
  readonly #open = new Set<ResponseWriter>();

  constructor(parts: PassthroughHandlerParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const writer = new ResponseWriter(response);
    this.#open.add(writer);
    response.once('close', () => this.#open.delete(writer));
    this.#handle(request, writer).catch(() => writer.destroy());
  };

  /** Ends long-lived streams and healing, then waits for the other requests until the deadline or `kill`. */
  async shutDown(server: Listening, drainMs: number, kill: AbortSignal): Promise<void> {
    const { sessions, serverStreams } = this.#parts;
    for (const session of sessions.all) for (const call of session.calls) call.abandonHealing();
    serverStreams.end();
    const closed = server.close(drainMs);
    await Promise.race([closed, aborted(kill)]);
    for (const writer of this.#open) writer.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, writer: ResponseWriter): Promise<void> {
    const { guard, pathMap, requiresToken, sessions, nonMcpRequests } = this.#parts;
    const refusal = guard(request);
    if (refusal !== undefined) {
      writer.reject(refuseByGuard(refusal));
      return;
    }
    const body = await this.#bodyOf(request, writer);
    if (body === null) return;
    const { pathAndQuery, isMcp } = pathMap.of(request.url ?? '/');
    const { method = 'GET', rawHeaders } = request;
    const given = requestHeaders(rawHeaders);
    const headers = requiresToken ? without(given, 'authorization') : given;
    const clientRequest: ClientRequest = { method, headers, body, pathAndQuery, host: request.headers.host ?? '' };
    if (!isMcp) {
      await nonMcpRequests.pass(clientRequest, writer);
      return;
    }
    const session = sessions.find(
      headerIn(headers, sessionHeader),
      principalOf(headerIn(headers, 'authorization'), { isVerified: true }),
    );
    if (session === undefined) {
      writer.reject(unknownSession);
      return;
    }
    session.openRequests += 1;
    try {
      await this.#dispatch(clientRequest, session, writer);
    } finally {
      session.openRequests -= 1;
      if (session.openRequests === 0) sessions.release(session);
    }
  }

  /** The body of a request; undefined if it has none, null if it was refused. */
  async #bodyOf(request: IncomingMessage, writer: ResponseWriter): Promise<Buffer | undefined | null> {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined;
    try {
      return await readBody(request, this.#parts.maxBytes);
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) return null;
      writer.reject(refuseBody(error));
      return null;
    }
  }

  async #dispatch(clientRequest: ClientRequest, session: PassthroughSession, writer: ResponseWriter): Promise<void> {
    const { postHandler, serverStreams, forwarder, sessions } = this.#parts;
    if (clientRequest.method === 'POST' && clientRequest.body !== undefined) {
      await postHandler.handle(readMessage(clientRequest.body), clientRequest, session, writer);
      return;
    }
    if (clientRequest.method === 'GET') {
      await serverStreams.open(clientRequest, session, writer);
      return;
    }
    const response = await forwarder.sendOrRefuse(clientRequest, session, writer);
    if (response === undefined) return;
    if (clientRequest.method === 'DELETE' && (response.status < 300 || response.status === 404))
      sessions.forget(session);
    await passResponse(response, writer);
  }
}
