import type { IncomingMessage, ServerResponse } from 'node:http';
import { readAccept } from '../../../http/accept.ts';
import { headerOf } from '../../../http/headers.ts';
import { principalOf } from '../../../http/principal.ts';
import { messageOf } from '../../../text/error-text.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import { type HttpRejection, refuse, sendRejection, unknownSession } from '../../protocol/http-errors.ts';
import { batchVersion, sessionVersions } from '../../protocol/versions.ts';
import type { ClientSession } from './client-session.ts';
import type { PostBody } from './post-body.ts';
import { type ChannelListener, dedicatedChannel, type ServerChannel } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';
import { LazyServer } from './server-pool.ts';
import type { SessionStore } from './session-store.ts';
import { SharedServer } from './shared-server.ts';

const noSession = refuse(400, errorCodes.serverError, 'Bad Request: the header Mcp-Session-Id is missing');

export interface SessionHandlerParts {
  readonly sessionStore: SessionStore;
  readonly pool: ServerPool;
  readonly isShared: boolean;
  readonly log: (text: string) => void;
}

/** Serves the protocol with sessions, up to 2025-11-25. */
export class SessionHandler {
  readonly #parts: SessionHandlerParts;
  readonly #shared: LazyServer<SharedServer>;

  constructor(parts: SessionHandlerParts) {
    this.#parts = parts;
    this.#shared = new LazyServer(async () => new SharedServer(await parts.pool.take()));
  }

  /** Resolves when the server of the session accepts more data. */
  async whenWritable(request: IncomingMessage): Promise<void> {
    const id = headerOf(request.headers, 'mcp-session-id');
    if (id !== undefined)
      await this.#parts.sessionStore
        .find(id, principalOf(request.headers.authorization, { isVerified: false }))
        ?.whenWritable();
  }

  async post(request: IncomingMessage, response: ServerResponse, posted: PostBody): Promise<void> {
    const { messages, isBatch } = posted;
    const accept = readAccept(request.headers.accept);
    const isValid = messages.length > 0 && messages.every(({ kind }) => kind !== 'other' && kind !== 'batch');
    const isFirst = messages.some(({ kind, method }) => kind === 'request' && method === 'initialize');
    const refused = !isValid
      ? refuse(400, errorCodes.invalidRequest, 'Invalid Request: the body is not a JSON-RPC message')
      : isFirst && isBatch
        ? refuse(400, errorCodes.invalidRequest, 'Invalid Request: an initialize request stands alone')
        : undefined;
    if (refused !== undefined) {
      sendRejection(response, refused);
      return;
    }
    const session = isFirst ? await this.#begin(request) : this.#find(request);
    const body = { ...posted, takesStream: accept.stream };
    const end = 'status' in session ? session : (refuseBatch(session, isBatch) ?? session.post(body, response));
    if (end !== undefined) sendRejection(response, end);
  }

  get(request: IncomingMessage, response: ServerResponse): void {
    const session = this.#find(request);
    const refused = !readAccept(request.headers.accept).stream
      ? refuse(406, errorCodes.serverError, 'Not Acceptable: the client must accept text/event-stream')
      : 'status' in session
        ? session
        : session.get(headerOf(request.headers, 'last-event-id'), response);
    if (refused !== undefined) sendRejection(response, refused);
  }

  async delete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#find(request);
    if ('status' in session) {
      sendRejection(response, session);
      return;
    }
    response.writeHead(200, { 'content-length': 0 }).end();
    await this.#parts.sessionStore.end(session, 'the client has ended the session');
  }

  #find(request: IncomingMessage): ClientSession | HttpRejection {
    const { headers } = request;
    const id = headerOf(headers, 'mcp-session-id');
    if (id === undefined || id === '') return noSession;
    const session = this.#parts.sessionStore.find(
      id,
      principalOf(request.headers.authorization, { isVerified: false }),
    );
    if (session === undefined) return unknownSession;
    const version = headerOf(headers, 'mcp-protocol-version');
    if (version === undefined || version === session.version || sessionVersions.includes(version)) return session;
    const known = sessionVersions.join(', ');
    return refuse(
      400,
      errorCodes.serverError,
      `Bad Request: Unsupported protocol version: ${version} (supported versions: ${known})`,
    );
  }

  async #begin(request: IncomingMessage): Promise<ClientSession | HttpRejection> {
    const { sessionStore, log } = this.#parts;
    if (headerOf(request.headers, 'mcp-session-id') !== undefined) {
      const session = this.#find(request);
      return 'status' in session
        ? session
        : refuse(400, errorCodes.invalidRequest, 'Invalid Request: the session has begun already');
    }
    while (sessionStore.isFull) {
      if (await sessionStore.makeRoom()) {
        log('the session that was idle for longest made room for a new one (proxy.http.maxSessions)');
        continue;
      }
      const headers = { 'retry-after': '30' };
      return refuse(
        503,
        errorCodes.serverError,
        'Service Unavailable: there are too many sessions, and all are busy (proxy.http.maxSessions)',
        {
          headers,
        },
      );
    }
    try {
      return await sessionStore.begin(principalOf(request.headers.authorization, { isVerified: false }), (session) =>
        this.#connect(session),
      );
    } catch (error) {
      log(`a session could not begin: ${messageOf(error)}`);
      return refuse(500, errorCodes.internalError, 'Internal error: the MCP server cannot be started');
    }
  }

  async #connect(session: ChannelListener): Promise<ServerChannel> {
    const { pool, isShared } = this.#parts;
    if (!isShared) return dedicatedChannel(await pool.take(), session);
    return (await this.#shared.get()).join(session);
  }
}

const refuseBatch = ({ version }: ClientSession, isBatch: boolean): HttpRejection | undefined =>
  isBatch && version !== undefined && version !== batchVersion
    ? refuse(400, errorCodes.invalidRequest, `Invalid Request: protocol version ${version} has no batches`)
    : undefined;
