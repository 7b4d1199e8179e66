import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export interface HealthOptions {
  /** Whether requests can be served now. Rejects or resolves with false if they cannot. */
  readonly isReady: () => boolean | Promise<boolean>;
}

/**
 * Responds to `/healthz` (the process runs) and `/readyz` (it can serve requests), and passes every other request on.
 *
 * These need no token and no known Host, because a load balancer has neither; the response says nothing but a status.
 */
export const withHealth = (handle: RequestListener, { isReady }: HealthOptions): RequestListener => {
  let asking: Promise<boolean> | undefined;
  /** One check serves all who ask meanwhile. */
  const check = (): Promise<boolean> => {
    asking ??= Promise.resolve()
      .then(isReady)
      .catch(() => false)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return (request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/healthz' && path !== '/readyz') return handle(request, response);
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end();
    } else if (path === '/healthz') respond(request, response, true);
    else void check().then((isReadyNow) => respond(request, response, isReadyNow));
  };
};

const respond = ({ method }: IncomingMessage, response: ServerResponse, isOk: boolean): void => {
  const body = isOk ? '{"status":"ok"}' : '{"status":"unavailable"}';
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'cache-control': 'no-store' };
  response.writeHead(isOk ? 200 : 503, headers).end(method === 'HEAD' ? undefined : body);
};
