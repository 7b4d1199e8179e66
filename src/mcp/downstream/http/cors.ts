import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets the scripts of an allowed page read the response. Changes nothing for other clients. */
export const setCorsHeaders = ({ headers: { origin } }: IncomingMessage, response: ServerResponse): void => {
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'mcp-session-id, www-authenticate, retry-after');
  response.setHeader('vary', 'origin');
};

/** Responds to the preflight request of a browser. */
export const respondToPreflight = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  const wanted = headers['access-control-request-headers'];
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST, DELETE',
      ...(wanted !== undefined && { 'access-control-allow-headers': wanted }),
      'access-control-max-age': '600',
    })
    .end();
};
