import { Endpoint } from '../../http/client.ts';
import type { Listening } from '../../http/listen.ts';
import { aborted } from '../../platform/wait.ts';
import { randomId } from '../../random.ts';
import { createLog, createRunLog } from '../healing/run-log.ts';
import { resultOf } from '../jsonrpc/errors.ts';
import { IdGenerator } from '../jsonrpc/ids.ts';
import { Forwarder } from '../passthrough/forward.ts';
import { PassthroughHandler } from '../passthrough/handler.ts';
import { NonMcpRequests } from '../passthrough/non-mcp-requests.ts';
import { PathMap, proxyPath } from '../passthrough/path-map.ts';
import { PostHandler } from '../passthrough/post-handler.ts';
import { RequestHealing } from '../passthrough/request-healing.ts';
import { ServerStreams } from '../passthrough/server-streams.ts';
import { SessionStore } from '../passthrough/session-store.ts';
import { createSend } from '../passthrough/upstream-client.ts';
import { createProxyGuard, serveUntilStopped } from './listen.ts';
import type { HttpToHttpOptions } from './options.ts';

/**
 * Runs between clients and a server that both use HTTP, in both generations of the protocol, and heals failing tool calls,
 * until it is stopped.
 *
 * @returns the exit code: 0.
 * @throws HealError CANNOT_LISTEN if the port is not available, and all errors of `createHealer`.
 */
export const proxyHttpToHttp = async (options: HttpToHttpOptions): Promise<number> => {
  const { host, token, http, limits, clock, redact, kill, headers, connectTimeoutMs, ownsToken } = options;
  const { maxLineBytes: maxBytes, startTimeoutMs, progressEveryMs, attemptTimeoutMs, deadlineMs } = limits;
  const log = createLog(options);
  const endpoint = new Endpoint(options.upstreamUrl, { headers, clock, connectTimeoutMs });
  // Only the MCP server gets the proxy's own headers.
  const otherPaths = new Endpoint(endpoint.url.origin, { clock, connectTimeoutMs });
  const send = createSend(endpoint);
  const places = new PathMap(endpoint.url);
  const ids = new IdGenerator(randomId(options.random));
  const { pathAndQuery } = places.of(proxyPath);
  const book = new SessionStore(http, { send, clock, ids, maxBytes, startTimeoutMs, pathAndQuery, log });
  const healer = await options.createHealer({
    setHeader: (name, value) => endpoint.setHeader(name, value),
    callTool: async (name, args, signal) => {
      const session = book.current;
      if (session === undefined) throw new Error('no client has sent a request to the MCP server yet');
      return resultOf(await session.request('tools/call', { name, arguments: args }, signal));
    },
  });
  const healed = createRunLog(redact, log);
  const upstream = new Forwarder(send, places, maxBytes);
  const questions = new RequestHealing({ healer, ownsToken, maxBytes, healed });
  const handler = new PassthroughHandler({
    ...{ places, book, upstream, maxBytes, asksForToken: token !== undefined },
    guard: createProxyGuard(http, host, token),
    beside: new NonMcpRequests(createSend(otherPaths), places),
    listening: new ServerStreams(upstream, questions, maxBytes),
    posts: new PostHandler({
      ...{ healer, clock, ids, book, upstream, questions, maxBytes, healed },
      ...{ progressEveryMs, attemptTimeoutMs, deadlineMs },
    }),
  });
  const shutDown = async (server: Listening): Promise<void> => {
    handler.end();
    const closed = server.close(limits.drainMs);
    await Promise.race([closed, aborted(kill)]);
    handler.kill();
    await closed;
  };
  try {
    const proxy = { handle: handler.handle, path: proxyPath, name: endpoint.shown, shutDown };
    return await serveUntilStopped(options, proxy, log);
  } finally {
    endpoint.close();
    otherPaths.close();
    await healer[Symbol.asyncDispose]();
  }
};
