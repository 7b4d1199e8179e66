import type { ProxyOptions } from './proxy-options.ts';
import { commandSide } from './server-side.ts';
import { StdioSession } from './stdio-session.ts';

/**
 * Stands between an MCP client on stdin and stdout and an MCP server that it starts, and heals failing tool calls.
 *
 * @returns the exit code: the server's own.
 * @throws HealError COMMAND_NOT_FOUND where the server cannot be started, and whatever `createHealer` throws.
 */
export const runProxy = async (options: ProxyOptions): Promise<number> => {
  const session = new StdioSession(options, (ports) => commandSide(options.command, options, ports));
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
