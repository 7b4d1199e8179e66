import { randomBytes } from 'node:crypto';
import { Endpoint, type EndpointAnswer, type EndpointOptions, type EndpointRequest } from '../../http/client.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { answerOf, OlderSession } from './older-session.ts';

/** Statuses of servers of the older transport to a POST of `initialize`. */
const olderStatuses: ReadonlySet<number> = new Set([400, 404, 405]);
const sessionHeader = 'mcp-session-id';
const notFound = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';

/**
 * An endpoint that also reaches servers of the transport HTTP with SSE (protocol 2024-11-05), which it presents as
 * Streamable HTTP: each stream of such a server is a session, and a lost stream is a lost session. Whether a server is one
 * is found out as the specification asks: by a refused `initialize`, and a GET that yields an `endpoint`.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility
 */
export class CompatibleEndpoint extends Endpoint {
  readonly #options: EndpointOptions & { readonly maxBytes: number };
  readonly #sessions = new Map<string, OlderSession>();
  #isOlder = false;

  constructor(url: string | URL, options: EndpointOptions & { readonly maxBytes: number }) {
    super(url, options);
    this.#options = options;
  }

  override async send(request: EndpointRequest): Promise<EndpointAnswer> {
    const { method, body, headers } = request;
    const message = method === 'POST' && body !== undefined ? readMessage(body) : undefined;
    const isFirst = message?.method === 'initialize';
    if (!this.#isOlder) {
      const answer = await super.send(request);
      if (!isFirst || !olderStatuses.has(answer.status)) return answer;
      const session = await this.#begin(request);
      if (session === undefined) return answer;
      answer.body.resume().on('error', () => {});
      this.#isOlder = true;
      return session.post(request, message);
    }
    // Paths beside the MCP server's own are no messages.
    if (request.pathAndQuery !== undefined && message === undefined && method !== 'GET' && method !== 'DELETE') {
      return super.send(request);
    }
    if (isFirst) {
      const session = await this.#begin(request);
      if (session !== undefined) return session.post(request, message);
      return answerOf(502, {}, 'the MCP server opened no event stream with an endpoint');
    }
    const session = this.#sessions.get(headerValue(headers, sessionHeader) ?? '');
    if (session === undefined || session.isOver) return answerOf(404, { 'content-type': 'application/json' }, notFound);
    if (method === 'GET') return session.listen();
    if (method !== 'DELETE') return session.post(request, message);
    session.end();
    return answerOf(200, {}, '');
  }

  override close(): void {
    for (const session of this.#sessions.values()) session.end();
    super.close();
  }

  async #begin({ headers, pathAndQuery, signal }: EndpointRequest): Promise<OlderSession | undefined> {
    const id = randomBytes(18).toString('base64url');
    const { clock, maxBytes } = this.#options;
    const session = await OlderSession.open({
      ...{ id, url: this.url, clock, maxBytes, headers, pathAndQuery, signal },
      send: (request) => super.send(request),
      onEnd: () => this.#sessions.delete(id),
    });
    if (session !== undefined) this.#sessions.set(id, session);
    return session;
  }
}

const headerValue = (headers: EndpointRequest['headers'], name: string): string | undefined => {
  const pairs = Array.isArray(headers) ? (headers as [string, string][]) : Object.entries(headers);
  return pairs.find(([key]) => key.toLowerCase() === name)?.[1] as string | undefined;
};
