import { headerIn, type Pair, replaced } from '../../http/headers.ts';
import type { MayResend } from '../healing/call-healing.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { redirectError } from '../protocol/http-errors.ts';
import {
  namesLostSession,
  type SessionEvidence,
  type SessionRefusal,
  sessionEvidence,
} from '../protocol/lost-session.ts';
import type { PathMap } from './path-map.ts';
import { isEvents, isJson, readUpTo, type UpstreamResponse } from './response.ts';
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

/** Maximum length of a body in which a server may say that it does not know the session. */
const maxRefusalBytes = 4_096;

/** Whether this very request tells the server the id of a session. */
const hasSession = (session: PassthroughSession, { headers }: ClientRequest): boolean =>
  headerIn(session.toServer(headers), sessionHeader) !== undefined;

const mayBeRefusal = (response: UpstreamResponse): boolean => {
  if (response.status >= 400) return true;
  const length = Number(response.headers['content-length'] ?? 0);
  return response.status === 200 && length <= maxRefusalBytes && isJson(response);
};

const refusalIn = (body: Buffer, { status, headers }: UpstreamResponse, request: ClientRequest): SessionRefusal => ({
  ...{ status, body, hadSession: true },
  key: request.body === undefined ? '' : readMessage(request.body).key,
  isChallenge: headers['www-authenticate'] !== undefined,
});

const evidenceOf = (refusal: SessionRefusal, { method }: ClientRequest): SessionEvidence => {
  const { status, body } = refusal;
  if (status < 400 && !body.includes('"error"')) return 'none';
  // A server without a stream of its own may respond to GET with 404.
  if (method === 'GET' && !namesLostSession(body)) return 'none';
  return sessionEvidence(refusal);
};

/** A request that was sent once, in a session that the server may have lost. */
interface Sent {
  readonly request: ClientRequest;
  readonly session: PassthroughSession;
  readonly reopenCount: number;
}

const always: MayResend = async () => true;

/** Sends the clients' requests to the MCP server, with the session id that the server knows now. */
export class Forwarder {
  readonly #send: Send;
  readonly #pathMap: PathMap;
  /** The requests whose streams of events may still refuse them. */
  readonly #streams = new WeakMap<UpstreamResponse, Sent>();

  constructor(send: Send, pathMap: PathMap) {
    this.#send = send;
    this.#pathMap = pathMap;
  }

  /**
   * Sends a client's request. If the server has lost its session, a new one is opened and the request is sent again: the
   * server did not process it before.
   *
   * @param mayResend Whether a request may be sent again; redirects of tool calls ask it too.
   *
   * @throws Error node's own if there is no response.
   */
  async send(
    request: ClientRequest,
    session: PassthroughSession,
    signal: AbortSignal,
    mayResend = always,
  ): Promise<UpstreamResponse> {
    const sent: Sent = { request, session, reopenCount: session.reopenCount };
    const response = await this.#sendOnce(request, session, signal, mayResend);
    if (response.status === 401) session.wasUnauthorized = true;
    if (request.method === 'DELETE' || !session.canReopen || !hasSession(session, request)) return response;
    if (isEvents(response) && request.method === 'POST') this.#streams.set(response, sent);
    if (!mayBeRefusal(response)) return response;
    const peeked = await readUpTo(response, maxRefusalBytes);
    if (!peeked.isWhole) return peeked.response;
    return (
      (await this.#sendAgain(sent, refusalIn(peeked.bytes, response, request), signal, mayResend)) ?? peeked.response
    );
  }

  /** Whether the first message of a stream of events may refuse the request because of its session. */
  mayRefuse(response: UpstreamResponse, { bytes, error }: Message): boolean {
    const sent = error === undefined ? undefined : this.#streams.get(response);
    return sent !== undefined && evidenceOf(refusalIn(bytes, response, sent.request), sent.request) !== 'none';
  }

  /** Sends the request of a stream again, if its first message refuses it because of its session; else undefined. */
  async sendAgain(
    response: UpstreamResponse,
    { bytes }: Message,
    signal: AbortSignal,
    mayResend = always,
  ): Promise<UpstreamResponse | undefined> {
    const sent = this.#streams.get(response);
    return sent && this.#sendAgain(sent, refusalIn(bytes, response, sent.request), signal, mayResend);
  }

  async #sendAgain(
    { request, session, reopenCount }: Sent,
    refusal: SessionRefusal,
    signal: AbortSignal,
    mayResend: MayResend,
  ): Promise<UpstreamResponse | undefined> {
    const evidence = evidenceOf(refusal, request);
    if (evidence === 'none') return undefined;
    // If it was opened again meanwhile, the session that this request was part of can no longer be asked.
    const mayAsk = reopenCount === session.reopenCount;
    if (evidence === 'doubtful' && !(mayAsk && (await session.isUnknown(refusal, request.headers)))) return undefined;
    if (!(await session.reopen(reopenCount, request.headers))) return undefined;
    if (!(await mayResend())) return undefined;
    return this.#sendOnce(request, session, signal, mayResend);
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

  async #sendOnce(
    request: ClientRequest,
    session: PassthroughSession,
    signal: AbortSignal,
    mayResend: MayResend,
  ): Promise<UpstreamResponse> {
    const { method, body, pathAndQuery, host } = request;
    // A compressed body cannot be read.
    const headers = session.toServer(replaced(request.headers, 'accept-encoding', 'identity'));
    const response = await this.#send({ method, headers, body, pathAndQuery, mayResend }, signal);
    // A client would follow it with its own headers, past the proxy.
    const refused = redirectError(response);
    if (refused !== undefined) throw refused;
    return session.toClient(rewriteHeaders(response, this.#pathMap, host));
  }
}
