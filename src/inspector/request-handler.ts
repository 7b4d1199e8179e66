import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { createGuard } from '../http/guard.ts';
import { messageOf } from '../text/error-text.ts';
import { pageFile } from './page-files.ts';
import { safeHeaders } from './safe-headers.ts';

/** A response whose body is sent as JSON. */
export interface JsonResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Handles the requests that change something. */
export interface ChangeHandler {
  /** Whether this path takes such requests. */
  accepts(path: string): boolean;
  handle(path: string, body: unknown): Promise<JsonResponse>;
}

export interface HandlerParts {
  /** Required for everything but the static files of the page, which contain no data. */
  readonly token: string;
  /** Handles an API request; resolves with undefined if the path is unknown. */
  readonly handleApi: (path: string, query: URLSearchParams) => Promise<unknown>;
  /** Streams events. @param localOnly Whether only the runs of this process are wanted. */
  readonly stream: (response: ServerResponse, localOnly: boolean) => void;
  /** Those that handle the requests that change something. */
  readonly changes: () => readonly ChangeHandler[];
}

const maxUrlLength = 4_096;
const maxBodyBytes = 16_384;
const notFound = 'not found';
const tokenRequired = 'the token in the printed URL is required';

/** Creates the request handler of the page's server. */
export const requestHandler = ({ token, handleApi, stream, changes }: HandlerParts): RequestListener => {
  const isForeign = createGuard({});
  const isUninvited = createGuard({ token });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    const change = method === 'POST' ? changes().find((one) => one.accepts(url)) : undefined;
    if (change !== undefined) return handleChange(request, response, url, change);
    // Every other request is read-only, so none has a body.
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined) {
      response.setHeader('connection', 'close');
      refuse(response, 413, 'BODY', 'request bodies are not accepted');
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') return void refuse(response, 405, 'METHOD', 'only GET is supported');
    if (url.length > maxUrlLength || !url.startsWith('/')) return void refuse(response, 404, 'GONE', notFound);
    const foreign = isForeign(request) ?? ofOtherPort(request);
    if (foreign !== undefined) return void refuse(response, foreign.status, 'FORBIDDEN', foreign.message);
    const { pathname, searchParams } = new URL(`http://127.0.0.1${url}`);
    const file = pageFile(pathname);
    if (file !== undefined) {
      response.setHeader('content-type', file.type);
      response.setHeader('cache-control', 'no-cache');
      response.end(file.bytes);
      return;
    }
    const uninvited = isUninvited(request);
    if (uninvited !== undefined) {
      refuse(response, uninvited.status, 'TOKEN', tokenRequired);
      return;
    }
    if (pathname === '/api/stream' && method === 'GET') {
      stream(response, searchParams.get('own') === '1');
      return;
    }
    const found = await handleApi(pathname, searchParams);
    if (found === undefined) return void refuse(response, 404, 'GONE', notFound);
    if (pathname.endsWith('/export'))
      response.setHeader('content-disposition', 'attachment; filename="run.healflow.json"');
    send(response, 200, found);
  };

  /** Besides the token, it requires what only a page of this server sends: its own origin. */
  const handleChange = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    { handle: change }: ChangeHandler,
  ): Promise<void> => {
    const { origin, 'content-type': type } = request.headers;
    const foreign = isForeign(request) ?? ofOtherPort(request);
    const uninvited = isUninvited(request);
    response.setHeader('connection', 'close');
    if (foreign !== undefined || origin === undefined) {
      return refuse(response, 403, 'FORBIDDEN', foreign?.message ?? 'only the page may do this');
    }
    if (uninvited !== undefined) return refuse(response, uninvited.status, 'TOKEN', tokenRequired);
    if (type !== 'application/json') return refuse(response, 415, 'BODY', 'the body must be JSON');
    let body: unknown;
    try {
      body = JSON.parse((await readBody(request, maxBodyBytes)).toString());
    } catch (error) {
      const status = error instanceof BodyTooLargeError ? error.status : 400;
      return refuse(response, status, 'BODY', messageOf(error));
    }
    const changed = await change(path, body);
    send(response, changed.status, changed.body);
  };

  return (request, response) => {
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'FAILED', messageOf(error));
    });
  };
};

/** A page on another port of this machine also counts as another origin. */
const ofOtherPort = ({
  headers: { origin, host },
}: IncomingMessage): { status: number; message: string } | undefined =>
  origin === undefined || origin === `http://${host}`
    ? undefined
    : { status: 403, message: 'requests from another origin are not allowed' };

const refuse = (response: ServerResponse, status: number, code: string, message: string): void =>
  send(response, status, { error: { code, message } });

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
};
