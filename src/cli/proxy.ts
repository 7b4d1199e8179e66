import { systemClock } from '../clock.ts';
import { loadConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { HealError } from '../errors.ts';
import { assembleHealer } from '../healer/create.ts';
import type { Inspect } from '../healer/inspect.ts';
import { runProxy } from '../mcp/relay/run-proxy.ts';
import { assertWritable, resolveMemoryDir } from '../memory/dir.ts';
import { systemRandom } from '../random.ts';
import { endSignals } from './end-signals.ts';

export interface ProxyCommandOptions {
  readonly config?: string;
  readonly memory?: string;
}

const usage = `Usage: healflow proxy [--config FILE] [--memory DIR] -- COMMAND [ARG...]
For example: healflow proxy -- npx -y @modelcontextprotocol/server-everything`;

/**
 * Runs the MCP server that the command starts, and heals its failing tool calls. Standard output carries the protocol
 * and nothing else.
 *
 * @param inspect Watches the runs' actors.
 * @returns the server's exit code, 128 + n after signal n; 2 where there is no command.
 * @throws HealError CONFIG_INVALID, CONFIG_NOT_FOUND, COMMAND_NOT_FOUND, MEMORY_NOT_WRITABLE.
 */
export const proxy = async (
  command: readonly string[],
  options: ProxyCommandOptions,
  inspect?: Inspect,
): Promise<number> => {
  if (command.length === 0 || command[0] === '') {
    process.stderr.write(`healflow: there is no command after --\n${usage}\n`);
    return 2;
  }
  const loaded = await loadConfig({ configFile: options.config });
  const { config } = loaded;
  // A folder that was asked for must be there; the default one may be missing where the client started us.
  if (options.memory !== undefined || config.memoryDir !== undefined) {
    assertWritable(resolveMemoryDir({ memory: options.memory, config: loaded, cwd: process.cwd() }));
  }
  // The proxy's own words are masked by the healer's redactor, which learns the tokens that are renewed.
  const redact = redactorFor(config, process.env);
  const signals = endSignals();
  try {
    return await runProxy({
      command,
      env: process.env,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      createHealer: async (upstream) =>
        assembleHealer(loaded, redact, {
          memoryDir: options.memory,
          upstream,
          inspect,
          proxy: { client: 'pipe', server: 'pipe' },
        }),
      limits: { ...config.proxy, deadlineMs: config.deadlineMs, attemptTimeoutMs: config.attemptTimeoutMs },
      clock: systemClock,
      random: systemRandom,
      redact,
      stop: signals.first,
      kill: signals.second,
    });
  } catch (error) {
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
