import { systemClock } from '../clock.ts';
import { configPaths } from '../config/config-file-names.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { HealError } from '../errors.ts';
import { assertWritable, resolveMemoryDir } from '../event-log/memory-dir.ts';
import type { Inspect } from '../healer/observer.ts';
import { startChildServer } from '../mcp/upstream/stdio/child-server.ts';
import { hasTerminal } from '../platform/terminal.ts';
import { endSignals } from './end-signals.ts';
import { restartUnlessClosed } from './hangup.ts';
import { stampsOf } from './live-config/watch-files.ts';
import { type ProxyCommandOptions, parseProxyMode } from './proxy-mode.ts';

const withHeaderEnv = async (loaded: LoadedConfig, { headerEnv }: ProxyCommandOptions): Promise<LoadedConfig> => {
  if (headerEnv === undefined) return loaded;
  const { withHeaders } = await import('./proxy-headers.ts');
  return withHeaders(loaded, headerEnv);
};

/** Reads the configuration; one that is invalid takes no tools away, unless `--strict` asks for it. */
const open = async (
  read: () => Promise<LoadedConfig>,
  options: ProxyCommandOptions,
): Promise<{ readonly loaded: LoadedConfig; readonly problem?: string }> => {
  try {
    return { loaded: await read() };
  } catch (error) {
    if (options.strict === true) throw error;
    const { startUnhealed } = await import('./live-config/start-unhealed.ts');
    const { loaded, problem } = await startUnhealed(error, options);
    return { loaded: await withHeaderEnv(loaded, options), problem };
  }
};

/**
 * Runs a proxy that heals failing tool calls between MCP clients and an MCP server. The server is a command or a URL.
 * Clients connect over standard input and output (one client; nothing but the protocol is written there) or over HTTP.
 *
 * @param inspect Observes the runs' actors.
 * @returns the server's exit code, 128 + n after signal n; 0 for a server with a URL; 2 if the options are invalid.
 * @throws HealError CONFIG_INVALID and CONFIG_NOT_FOUND with `strict` or over HTTP, COMMAND_NOT_FOUND, MEMORY_NOT_WRITABLE, CANNOT_LISTEN.
 */
export const proxy = async (
  command: readonly string[],
  options: ProxyCommandOptions,
  inspect?: Inspect,
): Promise<number> => {
  const mode = parseProxyMode(command, options);
  if (typeof mode === 'string') {
    process.stderr.write(`healflow: ${mode}\n`);
    return 2;
  }
  const paths = configPaths(options.config);
  const seen = stampsOf(paths);
  const read = async (): Promise<LoadedConfig> =>
    withHeaderEnv(await loadConfig({ configFile: options.config }), options);
  const { loaded, problem } = await open(read, options);
  const { config } = loaded;
  const memoryDir = resolveMemoryDir({ memory: options.memory, config: loaded, cwd: process.cwd() });
  // A configured folder must be writable; the default one may not be if a client started the proxy.
  if (options.memory !== undefined || (problem === undefined && config.memoryDir !== undefined))
    assertWritable(memoryDir);
  let restart = (): void => {};
  const onHangup = restartUnlessClosed({ hasTerminal, clock: systemClock, restart: () => restart() });
  // On Windows, SIGHUP always says that the console is closed.
  const signals = endSignals(process.platform === 'win32' ? {} : { onHangup });
  // If nothing can fail before the proxy runs, the server starts while the rest of the proxy is loaded.
  const mayRefuse =
    options.inspect !== undefined || config.telemetry === 'on' || config.blastRadius.maxShare < 1 || config.proxy.lazy;
  const started =
    'command' in mode && mode.http === undefined && !mayRefuse
      ? startChildServer({ ...mode, env: process.env, stderr: process.stderr, graceMs: config.proxy.graceMs })
      : undefined;
  // The rejection is handled where the server is awaited.
  started?.catch(() => {});
  try {
    const { runMode } = await import('./proxy-run.ts');
    const onRestart = (restartServers: () => void): void => {
      restart = restartServers;
    };
    return await runMode(mode, { loaded, problem, read, seen, options, inspect, signals, started, onRestart });
  } catch (error) {
    await started
      ?.then((child) => {
        child.stdin.end();
        return child.endGroup(systemClock);
      })
      .catch(() => {});
    if (error instanceof HealError && error.code === 'COMMAND_NOT_FOUND') {
      throw new HealError(error.code, `${error.message}; the command after -- must start an MCP server`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    signals.ignore();
  }
};
