import { serveStdioClient } from '../downstream/stdio/client.ts';
import { StdioUpstream } from '../upstream/stdio/upstream.ts';
import type { StdioToStdioOptions } from './options.ts';

/**
 * Runs between a client on stdin and stdout and a server that it starts, and heals failing tool calls.
 *
 * @returns the exit code of the server.
 * @throws HealError COMMAND_NOT_FOUND if the server cannot be started, and all errors of `createHealer`.
 */
export const proxyStdioToStdio = (options: StdioToStdioOptions): Promise<number> =>
  serveStdioClient(options, (host) => new StdioUpstream(options, host));
