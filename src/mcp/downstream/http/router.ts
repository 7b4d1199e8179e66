import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonType, readAccept } from '../../../http/accept.ts';
import { BodyTooLargeError, readBody } from '../../../http/body.ts';
import type { Guard } from '../../../http/guard.ts';
import { messageOf } from '../../../text/error-text.ts';
import { errorCodes } from '../../jsonrpc/errors.ts';
import { refuse, refuseBody, refuseByGuard, sendRejection } from '../../protocol/http-errors.ts';
import { respondToPreflight, setCorsHeaders } from './cors.ts';
import { generationOf } from './generation.ts';
import { readPostBody } from './post-body.ts';
import type { SessionHandler } from './session-handler.ts';
import type { StatelessHandler } from './stateless-handler.ts';

export interface RouterParts {
  readonly guard: Guard;
  /** The guard without the token: a browser's preflight request has none. */
  readonly pageGuard: Guard;
  readonly sessionHandler: SessionHandler;
  readonly statelessHandler: StatelessHandler;
  readonly maxBodyBytes: number;
  readonly isEnding: () => boolean;
  readonly log: (text: string) => void;
}

/** The path that MCP is served at. */
export const mcpPath = '/mcp';

/** Passes each HTTP request to the handler of its generation. */
export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#parts.log(`a request could not be served: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else sendRejection(response, refuse(500, errorCodes.internalError, 'Internal error'));
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { guard, pageGuard, sessionHandler, isEnding } = this.#parts;
    const { method = '' } = request;
    const rejection = (method === 'OPTIONS' ? pageGuard : guard)(request);
    const [path] = (request.url ?? '').split('?', 1);
    if (rejection?.status !== 403) setCorsHeaders(request, response);
    if (rejection !== undefined) {
      sendRejection(response, refuseByGuard(rejection));
    } else if (path !== mcpPath && path !== `${mcpPath}/`) {
      sendRejection(response, refuse(404, errorCodes.serverError, `Not Found: MCP is served at ${mcpPath}`));
    } else if (isEnding()) {
      const headers = { 'retry-after': '5', connection: 'close' };
      sendRejection(
        response,
        refuse(503, errorCodes.serverError, 'Service Unavailable: the proxy is ending', { headers }),
      );
    } else if (method === 'POST') {
      await this.#post(request, response);
    } else if (method === 'GET') {
      sessionHandler.get(request, response);
    } else if (method === 'DELETE') {
      await sessionHandler.delete(request, response);
    } else if (method === 'OPTIONS') {
      respondToPreflight(request, response);
    } else {
      const headers = { allow: 'GET, POST, DELETE' };
      sendRejection(response, refuse(405, errorCodes.serverError, 'Method not allowed.', { headers }));
    }
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sessionHandler, statelessHandler, maxBodyBytes } = this.#parts;
    const accept = readAccept(request.headers.accept);
    if (!accept.json && !accept.stream) {
      const text = 'Not Acceptable: the client must accept application/json and text/event-stream';
      return sendRejection(response, refuse(406, errorCodes.serverError, text));
    }
    if (!isJsonType(request.headers['content-type'])) {
      const text = 'Unsupported Media Type: the Content-Type must be application/json';
      return sendRejection(response, refuse(415, errorCodes.serverError, text));
    }
    // If the server accepts no more data, clients wait, so that memory does not grow.
    await Promise.all([sessionHandler.whenWritable(request), statelessHandler.whenWritable()]);
    let body: Buffer;
    try {
      body = await readBody(request, maxBodyBytes);
    } catch (error) {
      if (error instanceof BodyTooLargeError) sendRejection(response, refuseBody(error));
      return;
    }
    const posted = readPostBody(body);
    if (posted === undefined)
      return sendRejection(response, refuse(400, errorCodes.parseError, 'Parse error: the body is not valid JSON'));
    const generation = generationOf(posted.value, request.headers);
    if (generation === 'session') return sessionHandler.post(request, response, posted);
    if (generation === 'stateless') return statelessHandler.post(request, response, posted);
    sendRejection(response, generation, posted.messages[0]?.key || 'null');
  }
}
