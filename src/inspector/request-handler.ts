import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createGuard } from '../http/guard.ts';
import { messageOf } from '../text/error-text.ts';
import { pageFile } from './page-files.ts';
import { safeHeaders } from './safe-headers.ts';

export interface HandlerParts {
  /** Opens everything but the page's own files, which hold no data. */
  readonly token: string;
  /** Answers a question; undefined if there is no such thing. */
  readonly answer: (path: string, query: URLSearchParams) => Promise<unknown>;
  /** Streams what happens. @param own Whether the runs of this process alone are wanted. */
  readonly stream: (response: ServerResponse, localOnly: boolean) => void;
}

const longestUrl = 4_096;
const nothing = 'there is no such thing';

/** Makes what answers the page's requests, and refuses every other one. */
export const requestHandler = ({ token, answer, stream }: HandlerParts): RequestListener => {
  const isForeign = createGuard({});
  const isUninvited = createGuard({ token });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request;
    // Nothing here changes anything, so nobody has anything to send.
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined) {
      response.setHeader('connection', 'close');
      refuse(response, 413, 'BODY', 'a request brings no body');
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') return void refuse(response, 405, 'METHOD', 'only GET is answered');
    if (url.length > longestUrl || !url.startsWith('/')) return void refuse(response, 404, 'GONE', nothing);
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
      refuse(response, uninvited.status, 'TOKEN', 'the token in the printed address is needed');
      return;
    }
    if (pathname === '/api/stream' && method === 'GET') {
      stream(response, searchParams.get('own') === '1');
      return;
    }
    const found = await answer(pathname, searchParams);
    if (found === undefined) return void refuse(response, 404, 'GONE', nothing);
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

/** A page of another port of this machine is a foreign one too. */
const ofOtherPort = ({
  headers: { origin, host },
}: IncomingMessage): { status: number; message: string } | undefined =>
  origin === undefined || origin === `http://${host}`
    ? undefined
    : { status: 403, message: 'pages of another origin may not use this server' };

const refuse = (response: ServerResponse, status: number, code: string, message: string): void =>
  send(response, status, { error: { code, message } });

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
};
