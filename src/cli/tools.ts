import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { shownPath } from '../config/read.ts';
import { redactorFor } from '../config/redactor.ts';
import { upstreamHeaders } from '../config/upstream-headers.ts';
import { HealError } from '../errors.ts';
import { assembleHealer } from '../healer/create.ts';
import type { ListedTools } from '../mcp/modes/list-tools.ts';
import { systemRandom } from '../random.ts';
import type { Redactor } from '../redact/index.ts';
import { printable } from '../text/sanitize.ts';
import { endSignals } from './end-signals.ts';
import { secretsIn, withHeaders } from './proxy-headers.ts';
import { type ProxyMode, parseProxyMode } from './proxy-mode.ts';
import { CancelledError, chooseKinds, readOnlyOf } from './tool-kinds/choose.ts';
import { surveyJson, surveyText } from './tool-kinds/report.ts';
import { isOpen, type SurveyedTool, surveyTools } from './tool-kinds/survey.ts';
import { configPath, writeToolKinds } from './tool-kinds/write.ts';

export interface ToolsOptions {
  readonly config?: string | undefined;
  readonly upstream?: string | undefined;
  readonly headerEnv?: readonly string[] | undefined;
  /** Puts the suggestions that a person accepts into the configuration. */
  readonly write?: boolean | undefined;
  /** Accepts all read-only suggestions without a question. */
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const usage = `Usage: healflow tools [--write [--yes]] [--json] [--config FILE] -- COMMAND [ARG...]
       healflow tools [--write [--yes]] [--json] [--config FILE] --upstream URL`;

const writeStderr = (text: string): void => {
  process.stderr.write(`healflow: ${printable(text)}\n`);
};

/** With --write, a file that does not exist is created: until then the defaults apply. */
const load = async ({ config, write, headerEnv }: ToolsOptions): Promise<LoadedConfig> => {
  const isNew = write === true && config !== undefined && !existsSync(config);
  const loaded = await loadConfig(isNew ? { config: {} } : { configFile: config });
  return headerEnv === undefined ? loaded : withHeaders(loaded, headerEnv);
};

const listed = async (mode: ProxyMode, loaded: LoadedConfig, redact: Redactor): Promise<ListedTools> => {
  const { listTools } = await import('../mcp/modes/list-tools.ts');
  const { config } = loaded;
  const signals = endSignals();
  const headers = 'url' in mode ? upstreamHeaders(config, process.env) : {};
  for (const secret of secretsIn(headers)) redact.remember(secret);
  const common = {
    stderr: process.stderr,
    createHealer: async (upstream: Parameters<typeof assembleHealer>[2]['upstream']) =>
      assembleHealer(loaded, redact, { upstream }),
    limits: { ...config.proxy, deadlineMs: config.deadlineMs },
    clock: systemClock,
    random: systemRandom,
    redact,
    stop: signals.first,
    kill: signals.second,
  };
  try {
    if ('command' in mode) return await listTools({ ...common, command: mode.command, env: process.env });
    const { connectTimeoutMs } = config.proxy;
    return await listTools({ ...common, upstreamUrl: mode.url, headers, connectTimeoutMs });
  } catch (error) {
    if (error instanceof HealError && error.code === 'COMMAND_NOT_FOUND') return { problem: error.message };
    throw error;
  } finally {
    signals.ignore();
  }
};

/** Asks for the kinds to write, or takes those that --yes accepts. Returns an exit code if nothing is to be written. */
const write = async (open: readonly SurveyedTool[], options: ToolsOptions): Promise<number> => {
  const path = configPath(options.config);
  const file = shownPath(path, process.cwd());
  if (open.length === 0) {
    writeStderr(`there is nothing to write: no suggestion differs from the kind in force`);
    return 0;
  }
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (!isTerminal && options.yes !== true) {
    writeStderr(
      'nothing was written: without a terminal, --write needs --yes, which accepts all read-only suggestions',
    );
    return 2;
  }
  try {
    const kinds =
      options.yes === true
        ? readOnlyOf(open)
        : await chooseKinds(open, file, { input: process.stdin, output: process.stderr });
    if (kinds.size === 0) {
      writeStderr(`nothing was written to ${file}`);
      return 0;
    }
    await writeToolKinds(path, kinds);
    const names = [...kinds].map(([tool, kind]) => `${tool} (${kind})`);
    writeStderr(`${file} was written: ${names.join(', ')}`);
    return 0;
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    process.stderr.write('\n');
    writeStderr(`cancelled; nothing was written to ${file}`);
    return 130;
  }
};

/**
 * Shows the tools of a server: their annotations, the kinds in force, and the kinds that their names, descriptions and
 * parameters suggest. With `write`, a person accepts suggestions, which then go into the configuration.
 *
 * @returns the exit code: 0; 1 if the server cannot be started, or lists no tools; 2 if the options are invalid; 130 if the
 * person cancelled.
 * @throws HealError CONFIG_INVALID, CONFIG_NOT_FOUND, MEMORY_NOT_WRITABLE.
 */
export const tools = async (command: readonly string[], options: ToolsOptions): Promise<number> => {
  const { upstream, headerEnv } = options;
  const mode = parseProxyMode(command, { ...(upstream && { upstream }), ...(headerEnv && { headerEnv }) });
  if (typeof mode === 'string') {
    process.stderr.write(`healflow: ${mode.split('\n', 1)[0]}\n${usage}\n`);
    return 2;
  }
  if (options.yes === true && options.write !== true) {
    process.stderr.write(`healflow: --yes requires --write\n${usage}\n`);
    return 2;
  }
  const loaded = await load(options);
  const redact = redactorFor(loaded.config, process.env);
  const found = await listed(mode, loaded, redact);
  if ('problem' in found) {
    writeStderr(redact(found.problem));
    return 1;
  }
  const surveyed = surveyTools(found.tools, loaded.config);
  process.stdout.write(options.json === true ? surveyJson(surveyed, redact) : surveyText(surveyed, redact));
  const open = surveyed.filter(isOpen);
  if (options.write === true) return write(open, options);
  const readOnly = readOnlyOf(open).size;
  if (readOnly > 0) {
    writeStderr(
      `${readOnly} of ${surveyed.length} tools seem to be read-only; --write puts what you accept into the configuration`,
    );
  }
  return 0;
};
