import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback, on a port chosen by the system. */
export interface Listening {
  readonly port: number;
  /** Its URL, without a trailing slash. */
  readonly url: string;
  /** Closes it and its open connections. */
  close(): Promise<void>;
}

export const loopback = '127.0.0.1';

/** Starts to listen on loopback. */
export const listenOn = (server: Server, port = 0): Promise<Listening> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, () => {
      const address = server.address() as AddressInfo;
      resolve({
        port: address.port,
        url: `http://${loopback}:${address.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });

/** Starts an HTTP server. */
export const serve = (listener: RequestListener): Promise<Listening> => listenOn(createServer(listener));

/** The response to one request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Starts an HTTP server that responds with JSON. If the handler throws, the status is 500. */
export const serveJson = (
  handler: (method: string, path: string, authorization: string) => Answer | Promise<Answer>,
): Promise<Listening> =>
  serve(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const answer = await Promise.resolve()
      .then(() => handler(method, url, headers.authorization ?? ''))
      .catch((): Answer => ({ status: 500, body: { error: 'internal' } }));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });
