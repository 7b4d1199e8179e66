import type { RequestListener } from 'node:http';
import { createGuard, type Guard, isLoopback } from '../../http/guard.ts';
import { withHealth } from '../../http/health.ts';
import { type Listening, listen } from '../../http/listen.ts';
import { aborted } from '../../platform/wait.ts';
import type { HttpLimits, ListenOptions } from './options.ts';

const loopback = '127.0.0.1';

/** Creates a guard. Clients may also use the address that the proxy listens on as its host name. */
export const createProxyGuard = (
  { hosts, origins }: Pick<HttpLimits, 'hosts' | 'origins'>,
  host = loopback,
  token?: string,
): Guard => createGuard({ hosts: [...hosts, host], origins, token });

export interface HttpProxy {
  readonly handle: RequestListener;
  readonly path: string;
  /** The server's name in the log, if it has one. */
  readonly name?: string;
  /** Completes the start once the port is taken. */
  readonly prepare?: () => Promise<void>;
  /** Whether the MCP server responds or can be started. */
  readonly isReady: () => boolean | Promise<boolean>;
  readonly shutDown: (server: Listening) => Promise<void>;
}

/**
 * Serves clients until the proxy is stopped.
 *
 * @returns the exit code: 0.
 * @throws HealError CANNOT_LISTEN if the port is not available.
 */
export const serveUntilStopped = async (
  { host = loopback, port, token, clock, stop, kill, listening }: ListenOptions,
  { handle, path, name, prepare, isReady, shutDown }: HttpProxy,
  log: (text: string) => void,
): Promise<number> => {
  let isPrepared = false;
  const isServing = (): boolean => isPrepared && !stop.aborted && !kill.aborted;
  const handler = withHealth(handle, { isReady: () => isServing() && isReady() });
  const server = await listen(handler, { host, port, clock });
  try {
    await prepare?.();
    isPrepared = true;
    const url = `${server.url}${path}`;
    const warning = token === undefined && !isLoopback(host) ? openToNetwork : '';
    log(`serving ${name === undefined ? '' : `${name} `}at ${url}${warning}`);
    listening?.(url);
    await Promise.race([aborted(stop), aborted(kill)]);
  } finally {
    await shutDown(server);
  }
  return 0;
};

const openToNetwork = '; warning: open to the network, set proxy.http.tokenEnv to require a token';
