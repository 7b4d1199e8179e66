import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HealError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';

export interface ListenOptions {
  /** @default '127.0.0.1': this machine alone */
  readonly host?: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
  readonly clock: Clock;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /**
   * Takes no more connections, ends those on which nothing is under way, waits for the others, and cuts those that are
   * still there after `graceMs`.
   */
  close(graceMs: number): Promise<void>;
  /** Lets the process end although it listens. */
  unref(): void;
}

/** Load balancers keep idle connections for a minute: the one who closes first should be the one who sends requests. */
const idleMs = 75_000;
/** Node measures this from the end of the response before, so it has to be longer. */
const headersMs = 90_000;

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; stop it, or choose another port',
  EACCES: 'this port may not be used; choose one above 1023',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such address',
};

/**
 * Starts an HTTP server.
 *
 * @throws HealError CANNOT_LISTEN if the address or the port is not available.
 */
export const listen = async (
  handler: RequestListener,
  { host = '127.0.0.1', port, clock }: ListenOptions,
): Promise<Listening> => {
  const timeouts = { keepAliveTimeout: idleMs, headersTimeout: headersMs };
  const server = createServer({ noDelay: true, keepAlive: true, ...timeouts }, (request, response) => {
    // A connection outlives its response by a minute, unless it is closed once the server takes no more.
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
    handler(request, response);
  });
  const endSilent = watchSilent(server);
  await new Promise<void>((resolve, reject) => {
    const fail = ({ code = '', message }: NodeJS.ErrnoException): void =>
      reject(new HealError('CANNOT_LISTEN', `cannot listen on ${at(host, port)}: ${reasons[code] ?? message}`));
    server.once('error', fail);
    try {
      server.listen(port, host, () => resolve(void server.off('error', fail)));
    } catch (error) {
      // Thrown for an invalid port number.
      fail(error as NodeJS.ErrnoException);
    }
  });
  // A connection that could not be accepted affects no other.
  server.on('error', () => {});
  const { port: given } = server.address() as AddressInfo;
  return {
    port: given,
    url: `http://${at(host, given)}`,
    close: (graceMs) => close(server, endSilent, graceMs, clock),
    unref: () => void server.unref(),
  };
};

const at = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The connections of a server on which nothing was ever said: clients open them in advance, and Node does not call them idle. */
const watchSilent = (server: Server): (() => void) => {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
};

const close = (server: Server, endSilent: () => void, graceMs: number, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const timer = clock.setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clock.clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    endSilent();
  });
