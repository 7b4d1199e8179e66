import { StdioSession } from '../downstream/stdio/client.ts';
import type { CreateUpstream } from '../upstream/stdio/upstream.ts';
import type { ProxyOptions, UrlProxyOptions } from './options.ts';

/** Either way is loaded where it is taken. */
const makeServerOf = async (options: ProxyOptions | UrlProxyOptions): Promise<CreateUpstream> => {
  if ('command' in options) {
    const { stdioUpstream } = await import('../upstream/stdio/upstream.ts');
    return (ports) => stdioUpstream(options.command, options, ports, options.started);
  }
  const [{ Endpoint }, { httpUpstream }] = await Promise.all([
    import('../../http/client.ts'),
    import('../upstream/http/upstream.ts'),
  ]);
  return (ports) => httpUpstream({ ...options, endpoint: new Endpoint(options.upstreamUrl, options) }, ports);
};

/**
 * Stands between an MCP client on stdin and stdout and an MCP server that it starts or finds behind a URL, and heals failing
 * tool calls.
 *
 * @returns the exit code: the server's own, 0 where it is behind a URL.
 * @throws HealError COMMAND_NOT_FOUND where the server cannot be started, and whatever `createHealer` throws.
 */
export const runProxy = async (options: ProxyOptions | UrlProxyOptions): Promise<number> => {
  const session = new StdioSession(options, await makeServerOf(options));
  const healer = await options.createHealer(session.control);
  const killNow = (): void => session.kill();
  options.kill.addEventListener('abort', killNow);
  process.once('exit', killNow);
  try {
    return await session.run(healer);
  } finally {
    process.removeListener('exit', killNow);
    options.kill.removeEventListener('abort', killNow);
    options.stdin.destroy();
    await healer[Symbol.asyncDispose]();
  }
};
