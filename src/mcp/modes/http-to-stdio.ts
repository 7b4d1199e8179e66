import type { Listening } from '../../http/listen.ts';
import { onExit } from '../../platform/exit-hook.ts';
import { KeepAlive } from '../downstream/http/keep-alive.ts';
import { mcpPath, Router } from '../downstream/http/router.ts';
import { ServerPool } from '../downstream/http/server-pool.ts';
import { SessionHandler } from '../downstream/http/session-handler.ts';
import { SessionStore } from '../downstream/http/session-store.ts';
import { StatelessHandler } from '../downstream/http/stateless-handler.ts';
import { StatelessServer } from '../downstream/http/stateless-server.ts';
import { createLog } from '../healing/run-log.ts';
import { StdioUpstream } from '../upstream/stdio/upstream.ts';
import { createProxyGuard, serveUntilStopped } from './listen.ts';
import type { HttpToStdioOptions } from './options.ts';

/** Maximum time to wait for the list of tools before a first call goes on without it, in ms. */
const listTimeoutMs = 5_000;

/**
 * Runs between many clients over HTTP, of both generations of the protocol, and servers that it starts, and heals failing
 * tool calls, until it is stopped.
 *
 * @returns the exit code: 0.
 * @throws HealError CANNOT_LISTEN if the port is not available, COMMAND_NOT_FOUND if the server cannot be started.
 */
export const proxyHttpToStdio = async (options: HttpToStdioOptions): Promise<number> => {
  const { host, token, http, limits, clock, stop, kill } = options;
  const { maxSessions, sessionIdleMs: idleMs, keptBytes } = http;
  const log = createLog(options);
  const keepAlive = new KeepAlive(clock, http.keepAliveMs);
  const pool = new ServerPool(options, (upstreamHost) => new StdioUpstream(options, upstreamHost));
  const sessionStore = new SessionStore({ clock, keepAlive, maxSessions, idleMs, keptBytes });
  const startStateless = async (): Promise<StatelessServer> =>
    new StatelessServer({ connection: await pool.take(), clock, keepAlive, highWaterMark: keptBytes, listTimeoutMs });
  const router = new Router({
    guard: createProxyGuard(http, host, token),
    pageGuard: createProxyGuard(http, host),
    sessionHandler: new SessionHandler({ sessionStore, pool, isShared: http.upstream === 'shared', log }),
    statelessHandler: new StatelessHandler(startStateless, log),
    maxBodyBytes: limits.maxLineBytes,
    isEnding: () => stop.aborted || kill.aborted,
    log,
  });
  const shutDown = async (server: Listening): Promise<void> => {
    // Clients still get the last messages of the servers.
    const drained = pool.close().then(() => sessionStore.endAll('the proxy is ending'));
    await Promise.all([drained, server.close(kill.aborted ? 0 : 3 * limits.graceMs)]);
  };
  const killServers = (): void => pool.kill();
  kill.addEventListener('abort', killServers);
  options.onRestart?.(() => pool.restart(stop));
  const cancelExitHook = onExit(killServers);
  try {
    const proxy = {
      handle: router.handle,
      path: mcpPath,
      prepare: () => pool.prepare(),
      isReady: () => pool.canStart,
      shutDown,
    };
    return await serveUntilStopped(options, proxy, log);
  } finally {
    keepAlive.stop();
    cancelExitHook();
    kill.removeEventListener('abort', killServers);
  }
};
