import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Scene } from './scene.ts';

/** What a server talks to. */
export interface Backend {
  /** Listens at a free port of the loopback interface, and resolves with it. */
  open(): Promise<number>;
  close(): Promise<void>;
}

/** A listener that can be closed and opened again at the same port, together with its connections. */
export class Port {
  readonly #create: () => NetServer | HttpServer;
  readonly #sockets = new Set<Socket>();
  #server: NetServer | HttpServer | undefined;
  #port = 0;

  constructor(create: () => NetServer | HttpServer) {
    this.#create = create;
  }

  async setOpen(open: boolean): Promise<void> {
    const server = this.#server;
    if (open === (server !== undefined)) return;
    if (server === undefined) {
      const next = this.#create();
      this.#server = next;
      next.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket));
      });
      next.listen(this.#port, '127.0.0.1');
      await once(next, 'listening');
      this.#port = (next.address() as AddressInfo).port;
    } else {
      this.#server = undefined;
      const closed = once(server, 'close');
      server.close();
      for (const socket of this.#sockets) socket.destroy();
      await closed;
    }
  }

  get number(): number {
    return this.#port;
  }
}

export interface Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Routes {
  /** The body of a healthy response; undefined for an unknown path. */
  readonly healthy: (request: Request) => unknown;
  /** The requests that change something. */
  readonly writes?: (request: Request) => boolean;
  /** The requests that never fail, such as those of a server that starts. */
  readonly exempt?: (request: Request) => boolean;
  /** The body of a failure, for services with a form of their own. */
  readonly failed?: (status: number) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The login of a request; by default anything in its headers. */
  readonly loginIn?: (request: Request) => string;
  /** Whether a renewed login is a matter of the service alone, so that requests do not change. */
  readonly remembersLogin?: boolean;
}

const phrases: Readonly<Record<number, string>> = {
  401: 'The access token has expired',
  403: 'Insufficient permissions',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A service over HTTP that fails as its scene says. */
export const httpBackend =
  (routes: Routes) =>
  (scene: Scene): Backend => {
    const send = (response: ServerResponse, status: number, body: unknown, headers: object = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...routes.headers, ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      const { headers, method = '', url = '' } = incoming;
      const request: Request = { method, url, headers, body: Buffer.concat(parts).toString() };
      const login = routes.remembersLogin ? scene.latestToken : (routes.loginIn?.(request) ?? JSON.stringify(headers));
      const reaction = routes.exempt?.(request) ? 'accept' : scene.react(login);
      const changes = routes.writes?.(request) ?? false;
      if (changes && (reaction === 'accept' || scene.failsAfterEffect)) scene.tookEffect();
      if (reaction === 'silence') return;
      if (reaction === 'reset') incoming.socket.resetAndDestroy();
      else if (reaction === 'accept') {
        const body = routes.healthy(request);
        send(response, body === undefined ? 404 : changes ? 201 : 200, body ?? { message: 'no such path' });
      } else {
        const { status, retryAfterS } = reaction;
        const body = routes.failed?.(status) ?? { message: phrases[status] ?? String(status) };
        send(response, status, body, retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) });
      }
    };
    const port = new Port(() =>
      createServer((request, response) => {
        handle(request, response).catch(() => request.socket.destroy());
      }),
    );
    scene.setOpen = (open) => port.setOpen(open);
    return {
      open: async () => {
        await port.setOpen(true);
        return port.number;
      },
      close: () => port.setOpen(false),
    };
  };
