import { serveStdioClient } from '../downstream/stdio/client.ts';
import { HttpUpstream } from '../upstream/http/upstream.ts';
import { CompatibleEndpoint } from './compatible-endpoint.ts';
import { envProxyOf } from './env-proxy.ts';
import type { StdioToHttpOptions } from './options.ts';

/**
 * Runs between a client on stdin and stdout and a server behind a URL, and heals failing tool calls.
 *
 * @returns the exit code: 0.
 * @throws all errors of `createHealer`.
 */
export const proxyStdioToHttp = (options: StdioToHttpOptions): Promise<number> => {
  const endpoint = new CompatibleEndpoint(options.upstreamUrl, {
    ...options,
    maxBytes: options.limits.maxLineBytes,
    envProxy: envProxyOf(options),
  });
  return serveStdioClient(options, (host) => new HttpUpstream({ ...options, endpoint }, host));
};
