import { loadConfig } from '../config/load.ts';
import { HealError } from '../errors.ts';
import { assertWritable, resolveMemoryDir } from '../event-log/memory-dir.ts';
import type { Inspect } from '../healer/observer.ts';
import { startChildServer } from '../mcp/upstream/stdio/child-server.ts';
import { endSignals } from './end-signals.ts';
import { type ProxyCommandOptions, parseProxyMode } from './proxy-mode.ts';

/**
 * Stands between MCP clients and an MCP server, and heals failing tool calls: in front of a command or of a URL, for one
 * client on standard input and output, which then carry the protocol and nothing else, or for many over HTTP.
 *
 * @param inspect Watches the runs' actors.
 * @returns the server's exit code, 128 + n after signal n; 0 where it is reached over HTTP; 2 where the words are wrong.
 * @throws HealError CONFIG_INVALID, CONFIG_NOT_FOUND, COMMAND_NOT_FOUND, MEMORY_NOT_WRITABLE, CANNOT_LISTEN.
 */
export const proxy = async (
  command: readonly string[],
  options: ProxyCommandOptions,
  inspect?: Inspect,
): Promise<number> => {
  const way = parseProxyMode(command, options);
  if (typeof way === 'string') {
    process.stderr.write(`healflow: ${way}\n`);
    return 2;
  }
  let loaded = await loadConfig({ configFile: options.config });
  if (options.headerEnv !== undefined) {
    const { withHeaders } = await import('./proxy-headers.ts');
    loaded = withHeaders(loaded, options.headerEnv);
  }
  const { config } = loaded;
  const memoryDir = resolveMemoryDir({ memory: options.memory, config: loaded, cwd: process.cwd() });
  // A folder that was asked for must be there; the default one may be missing where the client started us.
  if (options.memory !== undefined || config.memoryDir !== undefined) assertWritable(memoryDir);
  const signals = endSignals();
  // A server is not started where something may still be refused. Else it starts while the rest of the proxy is loaded.
  const mayRefuse = options.inspect !== undefined || config.telemetry === 'on' || config.blastRadius.maxShare < 1;
  const started =
    'command' in way && way.http === undefined && !mayRefuse
      ? startChildServer({ ...way, env: process.env, stderr: process.stderr, graceMs: config.proxy.graceMs })
      : undefined;
  // Whoever waits for it hears of it.
  started?.catch(() => {});
  try {
    const { runMode } = await import('./proxy-run.ts');
    return await runMode(way, { loaded, options, inspect, signals, started });
  } catch (error) {
    void started?.then((child) => child.kill('SIGTERM')).catch(() => {});
    if (error instanceof HealError && error.code === 'COMMAND_NOT_FOUND') {
      throw new HealError(error.code, `${error.message}; what stands after -- must start an MCP server`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    signals.ignore();
  }
};
