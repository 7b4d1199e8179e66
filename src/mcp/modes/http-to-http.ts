import { AsyncLocalStorage } from 'node:async_hooks';
import { Endpoint } from '../../http/client.ts';
import { createGuard, isLoopback } from '../../http/guard.ts';
import { listen } from '../../http/listen.ts';
import type { RunOutcome } from '../../model/run.ts';
import { aborted } from '../../platform/wait.ts';
import { randomId } from '../../random.ts';
import { describeRun, plain, RefusalLog } from '../healing/run-log.ts';
import { JsonRpcError } from '../jsonrpc/errors.ts';
import { IdGenerator } from '../jsonrpc/ids.ts';
import { parseSpan } from '../jsonrpc/raw-json.ts';
import { Forwarder } from '../passthrough/forward.ts';
import { PassthroughHandler } from '../passthrough/handler.ts';
import { NonMcpRequests } from '../passthrough/non-mcp-requests.ts';
import { PathMap, proxyPath } from '../passthrough/path-map.ts';
import { PostHandler } from '../passthrough/post-handler.ts';
import { RequestHealing } from '../passthrough/request-healing.ts';
import { ServerStreams } from '../passthrough/server-streams.ts';
import type { PassthroughSession } from '../passthrough/session.ts';
import { SessionStore } from '../passthrough/session-store.ts';
import { createSend } from '../passthrough/upstream-client.ts';
import type { ExchangeOptions } from './passthrough-options.ts';

/**
 * Stands between clients and an MCP server that both speak HTTP, in both generations of the protocol, and heals failing
 * tool calls. Runs until it is told to stop.
 *
 * @returns the exit code: 0.
 * @throws HealError CANNOT_LISTEN where the port is not to be had, and whatever `createHealer` throws.
 */
export const serveExchange = async (options: ExchangeOptions): Promise<number> => {
  const { host = '127.0.0.1', port, token, http, limits, clock, stderr, redact, stop, kill } = options;
  const { connectTimeoutMs, headers } = options;
  const log = (text: string): void => void stderr.write(`healflow: ${plain(redact(text))}\n`);
  const endpoint = new Endpoint(options.upstreamUrl, { headers, clock, connectTimeoutMs });
  // What the proxy itself sends to the MCP server concerns nobody beside it.
  const besides = new Endpoint(endpoint.url.origin, { clock, connectTimeoutMs });
  const places = new PathMap(endpoint.url);
  const ids = new IdGenerator(randomId(options.random));
  const maxBytes = limits.maxLineBytes;
  const send = createSend(endpoint);
  const { pathAndQuery } = places.of(proxyPath);
  const { startTimeoutMs } = limits;
  const book = new SessionStore(http, { send, clock, ids, maxBytes, startTimeoutMs, pathAndQuery, log });
  // A fix that calls a tool does so in the session of the call that it mends.
  const current = new AsyncLocalStorage<PassthroughSession>();
  const healer = await options.createHealer({
    setHeader: (name, value) => endpoint.setHeader(name, value),
    callTool: async (name, args, signal) => {
      const session = current.getStore() ?? book.latest;
      if (session === undefined) throw new Error('no client has spoken to the MCP server yet');
      const answer = await session.request('tools/call', { name, arguments: args }, signal);
      if (answer.error !== undefined) throw new JsonRpcError(parseSpan(answer.bytes, answer.error));
      return parseSpan(answer.bytes, answer.result);
    },
  });
  const refusals = new RefusalLog();
  const healed = (outcome: RunOutcome<unknown>): void => {
    const line = describeRun(outcome, redact) ?? refusals.describe(outcome, redact);
    if (line !== undefined) log(line);
  };
  const upstream = new Forwarder(send, places, maxBytes);
  const questions = new RequestHealing({ healer, ownsToken: options.ownsToken, maxBytes, healed });
  const listening = new ServerStreams(upstream, questions, maxBytes);
  const { progressEveryMs, attemptTimeoutMs, deadlineMs } = limits;
  const within = <T>(session: PassthroughSession, work: () => Promise<T>): Promise<T> => current.run(session, work);
  const exchange = new PassthroughHandler({
    // A proxy that was told to listen at one address may be called by it.
    guard: createGuard({ ...http, hosts: [...http.hosts, host], token }),
    places,
    book,
    upstream,
    beside: new NonMcpRequests(createSend(besides), places),
    posts: new PostHandler({
      ...{ healer, clock, ids, book, upstream, questions, maxBytes, within, healed },
      ...{ progressEveryMs, attemptTimeoutMs, deadlineMs },
    }),
    listening,
    asksForToken: token !== undefined,
    maxBytes,
  });
  try {
    const server = await listen(exchange.handle, { host, port, clock });
    const url = `${server.url}${proxyPath}`;
    log(`serving ${endpoint.shown} at ${url}${token === undefined && !isLoopback(host) ? openToAll : ''}`);
    options.listening?.(url);
    await Promise.race([aborted(stop), aborted(kill)]);
    exchange.end();
    const closed = server.close(limits.drainMs);
    await Promise.race([closed, aborted(kill)]);
    exchange.kill();
    await closed;
    return 0;
  } finally {
    endpoint.close();
    besides.close();
    await healer[Symbol.asyncDispose]();
  }
};

const openToAll = '; warning: open to the network, set proxy.http.tokenEnv to require a token';
