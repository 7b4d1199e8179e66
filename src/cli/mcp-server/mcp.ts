import { systemClock } from '../../clock.ts';
import { loadConfig } from '../../config/load.ts';
import { redactorFor } from '../../config/redactor.ts';
import { resolveMemoryDir } from '../../event-log/index.ts';
import type { MemoryReadingOptions } from '../log-reading.ts';
import { serveAgents } from './serve.ts';

/**
 * Serves the tools for agents over MCP on standard input and output; resolves with the exit code once the client has closed them.
 *
 * @throws HealError `CONFIG_INVALID`, `CONFIG_NOT_FOUND`, or `PEER_MISSING`
 */
export const mcp = async ({ memory, config: configFile }: MemoryReadingOptions, version: string): Promise<number> => {
  const cwd = process.cwd();
  const loaded = await loadConfig({ configFile, cwd });
  await serveAgents(
    {
      loaded,
      memoryDir: resolveMemoryDir({ memory, config: loaded, cwd }),
      env: process.env,
      redact: redactorFor(loaded.config, process.env),
      now: systemClock.now,
    },
    version,
  );
  return 0;
};
