import { existsSync } from 'node:fs';
import { systemClock } from '../../clock.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { redactorFor } from '../../config/redactor.ts';
import { salvageConfig } from '../../config/salvage.ts';
import { HealError } from '../../errors.ts';
import { timestampOf } from '../../event-log/event.ts';
import { createEventLog } from '../../event-log/event-log.ts';
import { resolveMemoryDir } from '../../event-log/memory-dir.ts';
import { oneLine } from '../../text/one-line.ts';
import type { ProxyCommandOptions } from '../proxy-mode.ts';

/** A proxy without a valid configuration. */
export interface UnhealedStart {
  /** What protects is kept; everything else is as by default. */
  readonly loaded: LoadedConfig;
  /** What is wrong. */
  readonly problem: string;
}

/** Records that nothing is healed, so far as a log can be written. */
const record = (problem: string, loaded: LoadedConfig, options: ProxyCommandOptions): void => {
  if (!existsSync(loaded.baseDir)) return;
  try {
    const memoryDir = resolveMemoryDir({ memory: options.memory, config: loaded, cwd: process.cwd() });
    const redact = redactorFor(loaded.config, process.env);
    createEventLog({ memoryDir, clock: systemClock, redact, warn: () => {} }).append({
      timestamp: timestampOf(systemClock.now()),
      tool: 'healflow proxy',
      error: oneLine(problem),
      fix_applied: null,
      result: 'failure',
      retry_count: 0,
      outcome: 'failed',
      refusal: 'CONFIG_INVALID',
      refusal_reason: 'healing is off until the configuration is valid',
      pid: process.pid,
    });
  } catch {
    // The message on stderr says it too.
  }
};

/**
 * Starts without a configuration that is invalid: nothing is healed, and hidden tools stay hidden so far as they can be read.
 *
 * @throws HealError the given one if it is about something else, or if clients over HTTP may need a token that is not known.
 */
export const startUnhealed = async (error: unknown, options: ProxyCommandOptions): Promise<UnhealedStart> => {
  if (!(error instanceof HealError) || !error.code.startsWith('CONFIG_')) throw error;
  const { loaded, knowsHttp, knowsHidden } = await salvageConfig(options.config, process.cwd());
  if (options.http !== undefined && !knowsHttp) {
    const reason = 'with --http the proxy does not start without proxy.http, which may require a token';
    throw new HealError(error.code, `${error.message}\n${reason}`, { cause: error });
  }
  const hidden = knowsHidden ? '' : ', also of tools that the file may hide';
  process.stderr.write(
    `healflow: ${error.message}\nhealflow: healing is off: every call passes as it is${hidden}. Correct the file: it is read again when it changes. --strict refuses to start instead.\n`,
  );
  record(error.message, loaded, options);
  return { loaded, problem: error.message };
};
