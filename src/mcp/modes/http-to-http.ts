import { Endpoint } from '../../http/client.ts';
import type { Listening } from '../../http/listen.ts';
import { randomId } from '../../random.ts';
import { createLog, createRunLog } from '../healing/run-log.ts';
import { IdGenerator } from '../jsonrpc/ids.ts';
import { Forwarder } from '../passthrough/forward.ts';
import { PassthroughHandler } from '../passthrough/handler.ts';
import { NonMcpRequests } from '../passthrough/non-mcp-requests.ts';
import { PathMap, proxyPath } from '../passthrough/path-map.ts';
import { PostHandler } from '../passthrough/post-handler.ts';
import { RequestHealing } from '../passthrough/request-healing.ts';
import { ServerStreams } from '../passthrough/server-streams.ts';
import { SessionStore } from '../passthrough/session-store.ts';
import { createSend, responds } from '../passthrough/upstream-client.ts';
import { CompatibleEndpoint } from './compatible-endpoint.ts';
import { envProxyOf } from './env-proxy.ts';
import { createProxyGuard, serveUntilStopped } from './listen.ts';
import type { HttpToHttpOptions } from './options.ts';

/**
 * Runs between clients and a server over HTTP, in both protocol generations, and heals failing tool calls until stopped.
 *
 * @throws HealError CANNOT_LISTEN if the port is not available, and all errors of `createHealer`.
 */
export const proxyHttpToHttp = async (options: HttpToHttpOptions): Promise<number> => {
  const { host, token, http, limits, clock, redact, headers, connectTimeoutMs, ownsToken } = options;
  const { maxLineBytes: maxBytes, startTimeoutMs, progressEveryMs, attemptTimeoutMs, deadlineMs } = limits;
  const log = createLog(options);
  const endpoint = new CompatibleEndpoint(options.upstreamUrl, {
    headers,
    clock,
    maxBytes,
    connectTimeoutMs,
    envProxy: envProxyOf(options),
  });
  // Only the MCP server gets the proxy's own headers.
  const nonMcpEndpoint = new Endpoint(endpoint.url.origin, {
    clock,
    connectTimeoutMs,
    envProxy: envProxyOf(options),
    followsRedirects: false,
  });
  const send = createSend(endpoint);
  const pathMap = new PathMap(endpoint.url);
  const ids = new IdGenerator(randomId(options.random));
  const ports = { send, clock, ids, maxBytes, startTimeoutMs, log };
  const sessions = new SessionStore(http, { ...ports, pathAndQuery: pathMap.of(proxyPath).pathAndQuery });
  const healer = await options.createHealer({
    setHeader: (name, value) => endpoint.setHeader(name, value),
    callTool: (name, args, signal) => sessions.callTool(name, args, signal),
  });
  const onHealed = createRunLog(redact, log);
  const forwarder = new Forwarder(send, pathMap);
  const requestHealing = new RequestHealing({ healer, ownsToken, maxBytes, onHealed });
  const handler = new PassthroughHandler({
    ...{ pathMap, sessions, forwarder, maxBytes, requiresToken: token !== undefined },
    guard: createProxyGuard(http, host, token),
    nonMcpRequests: new NonMcpRequests(createSend(nonMcpEndpoint), pathMap),
    serverStreams: new ServerStreams(forwarder, requestHealing, maxBytes),
    postHandler: new PostHandler({
      ...{ healer, clock, ids, sessions, forwarder, requestHealing, maxBytes, onHealed },
      ...{ progressEveryMs, attemptTimeoutMs, deadlineMs },
    }),
  });
  options.onRestart?.(() => log('there is nothing to restart: the MCP server is behind a URL'));
  const shutDown = (server: Listening): Promise<void> => handler.shutDown(server, limits.drainMs, options.kill);
  try {
    const isReady = (): Promise<boolean> => responds(endpoint, clock);
    const proxy = { handle: handler.handle, path: proxyPath, name: endpoint.shown, isReady, shutDown };
    return await serveUntilStopped(options, proxy, log);
  } finally {
    endpoint.close();
    nonMcpEndpoint.close();
    await healer[Symbol.asyncDispose]();
  }
};
