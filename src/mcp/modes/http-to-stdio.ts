import { createGuard, isLoopback } from '../../http/guard.ts';
import { listen } from '../../http/listen.ts';
import { aborted } from '../../platform/wait.ts';
import { KeepAlive } from '../downstream/http/keep-alive.ts';
import { mcpPath, Router } from '../downstream/http/router.ts';
import { ServerPool } from '../downstream/http/server-pool.ts';
import { SessionHandler } from '../downstream/http/session-handler.ts';
import { SessionStore } from '../downstream/http/session-store.ts';
import { StatelessHandler } from '../downstream/http/stateless-handler.ts';
import { StatelessServer } from '../downstream/http/stateless-server.ts';
import { plain } from '../healing/run-log.ts';
import type { ServeHttpOptions } from './front-options.ts';

/** How long a server may take to tell what its tools are, before a first call goes on without, in ms. */
const toolListPatienceMs = 5_000;

/**
 * Serves an MCP server that speaks stdio to clients that come over HTTP, many at once and of both generations of the
 * protocol, and heals failing tool calls. Runs until it is told to stop.
 *
 * @returns the exit code: 0.
 * @throws HealError CANNOT_LISTEN where the port is not to be had, COMMAND_NOT_FOUND where the server cannot be started.
 */
export const serveHttp = async (options: ServeHttpOptions): Promise<number> => {
  const { host = '127.0.0.1', port, token, http, limits, clock, stderr, redact, stop, kill } = options;
  const log = (text: string): void => void stderr.write(`healflow: ${plain(redact(text))}\n`);
  const pulse = new KeepAlive(clock, http.keepAliveMs);
  const pool = new ServerPool(options);
  const { maxSessions, sessionIdleMs: idleMs, keptBytes } = http;
  const book = new SessionStore({ clock, pulse, maxSessions, idleMs, keptBytes });
  const startStateless = async (): Promise<StatelessServer> => {
    const conversation = await pool.take();
    const patienceMs = toolListPatienceMs;
    return new StatelessServer({ conversation, clock, pulse, highWaterMark: keptBytes, patienceMs });
  };
  // A proxy that was told to listen at one address may be called by it.
  const hosts = [...http.hosts, host];
  const front = new Router({
    guard: createGuard({ ...http, hosts, token }),
    pageGuard: createGuard({ ...http, hosts }),
    sessions: new SessionHandler({ book, pool, isShared: http.upstream === 'shared', log }),
    stateless: new StatelessHandler(startStateless, log),
    maxBodyBytes: limits.maxLineBytes,
    isEnding: () => stop.aborted || kill.aborted,
    log,
  });
  const killNow = (): void => pool.kill();
  kill.addEventListener('abort', killNow);
  process.once('exit', killNow);
  try {
    const listening = await listen(front.handle, { host, port, clock });
    try {
      await pool.prepare();
      const url = `${listening.url}${mcpPath}`;
      log(`serving at ${url}${token === undefined && !isLoopback(host) ? openToAll : ''}`);
      options.listening?.(url);
      await Promise.race([aborted(stop), aborted(kill)]);
    } finally {
      const graceMs = kill.aborted ? 0 : limits.graceMs;
      // What the servers still have to say reaches their clients.
      const isQuiet = pool.close().then(() => book.endAll('the proxy is ending'));
      await Promise.all([isQuiet, listening.close(3 * graceMs)]);
    }
    return 0;
  } finally {
    pulse.stop();
    process.removeListener('exit', killNow);
    kill.removeEventListener('abort', killNow);
  }
};

const openToAll = '; warning: open to the network, set proxy.http.tokenEnv to require a token';
