import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createGuard } from '../http/guard.ts';
import { messageOf } from '../text/error-text.ts';
import { pageFile } from './page-files.ts';
import { safeHeaders } from './safe-headers.ts';

export interface HandlerParts {
  /** Required for everything but the static files of the page, which contain no data. */
  readonly token: string;
  /** Handles an API request; resolves with undefined if the path is unknown. */
  readonly handleApi: (path: string, query: URLSearchParams) => Promise<unknown>;
  /** Streams events. @param localOnly Whether only the runs of this process are wanted. */
  readonly stream: (response: ServerResponse, localOnly: boolean) => void;
}

const maxUrlLength = 4_096;
const notFound = 'not found';

/** Creates the request handler of the page's server. */
export const requestHandler = ({ token, handleApi, stream }: HandlerParts): RequestListener => {
  const isForeign = createGuard({});
  const isUninvited = createGuard({ token });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    // Every request is read-only, so none has a body.
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
      refuse(response, uninvited.status, 'TOKEN', 'the token in the printed URL is required');
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
