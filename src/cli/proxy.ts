import { systemClock } from '../clock.ts';
import { loadConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { upstreamHeaders } from '../config/upstream-headers.ts';
import { HealError } from '../errors.ts';
import { assembleHealer } from '../healer/create.ts';
import type { Inspect } from '../healer/inspect.ts';
import type { Inspector } from '../inspector/index.ts';
import { assertWritable, resolveMemoryDir } from '../memory/dir.ts';
import type { UpstreamControl } from '../model/fix.ts';
import { systemRandom } from '../random.ts';
import { endSignals } from './end-signals.ts';
import { secretsIn, withHeaders } from './proxy-headers.ts';
import { type ProxyCommandOptions, type ProxyWay, statelyOf, wayOf } from './proxy-way.ts';

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
  const way = wayOf(command, options);
  if (typeof way === 'string') {
    process.stderr.write(`healflow: ${way}\n`);
    return 2;
  }
  const loaded = withHeaders(await loadConfig({ configFile: options.config }), options.headerEnv);
  const { config } = loaded;
  // A folder that was asked for must be there; the default one may be missing where the client started us.
  if (options.memory !== undefined || config.memoryDir !== undefined) {
    assertWritable(resolveMemoryDir({ memory: options.memory, config: loaded, cwd: process.cwd() }));
  }
  // The proxy's own words are masked by the healer's redactor, which learns the tokens that are renewed.
  const redact = redactorFor(config, process.env);
  const headers = 'url' in way ? upstreamHeaders(config, process.env) : {};
  for (const secret of secretsIn(headers)) redact.remember(secret);
  const signals = endSignals();
  const page = options.inspect === true ? await openPage(`healflow proxy ${redact(words(way))}`) : undefined;
  const { http } = config.proxy;
  const common = {
    env: process.env,
    stderr: process.stderr,
    createHealer: async (upstream: UpstreamControl) =>
      assembleHealer(loaded, redact, {
        memoryDir: options.memory,
        upstream,
        inspect: statelyOf(options.inspect) ?? page ?? inspect,
        proxy: { client: way.http === undefined ? 'pipe' : 'tcp', server: 'url' in way ? 'tcp' : 'pipe' },
      }),
    limits: { ...config.proxy, deadlineMs: config.deadlineMs, attemptTimeoutMs: config.attemptTimeoutMs },
    clock: systemClock,
    random: systemRandom,
    redact,
    stop: signals.first,
    kill: signals.second,
  };
  try {
    return await run(way);
  } catch (error) {
    if (error instanceof HealError && error.code === 'COMMAND_NOT_FOUND') {
      throw new HealError(error.code, `${error.message}; what stands after -- must start an MCP server`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    signals.ignore();
    await page?.close();
  }

  async function run(chosen: ProxyWay): Promise<number> {
    if (chosen.http === undefined) {
      const { runProxy } = await import('../mcp/relay/run-proxy.ts');
      const ends = { stdin: process.stdin, stdout: process.stdout };
      if ('command' in chosen) return runProxy({ ...common, ...ends, command: chosen.command });
      return runProxy({
        ...common,
        ...ends,
        upstreamUrl: chosen.url,
        headers,
        connectTimeoutMs: config.proxy.connectTimeoutMs,
      });
    }
    const token = http.tokenEnv === undefined ? undefined : tokenIn(http.tokenEnv, process.env);
    if ('command' in chosen) {
      const { serveHttp } = await import('../mcp/http/sessions/serve-http.ts');
      return serveHttp({ ...common, ...chosen.http, command: chosen.command, token, http });
    }
    const { serveExchange } = await import('../mcp/http/exchange/serve-exchange.ts');
    return serveExchange({
      ...common,
      ...chosen.http,
      upstreamUrl: chosen.url,
      headers,
      connectTimeoutMs: config.proxy.connectTimeoutMs,
      ownsToken: (config.fixes.token_refresh ?? []).some(({ deliver }) => deliver.header !== undefined),
      token,
      http,
    });
  }
};

/** Opens the inspector's page and says where. */
const openPage = async (title: string): Promise<Inspector> => {
  const { createInspector } = await import('../inspector/index.ts');
  const page = await createInspector({ title });
  process.stderr.write(`healflow: the inspector is at ${page.url}\n`);
  return page;
};

const words = (way: ProxyWay): string => ('url' in way ? `--upstream ${way.url}` : `-- ${way.command.join(' ')}`);

/** The token that clients have to bring. A proxy that was told to ask for one does not start without. */
const tokenIn = (name: string, env: NodeJS.ProcessEnv): string => {
  const token = env[name]?.trim() ?? '';
  if (token !== '') return token;
  throw new HealError(
    'CONFIG_INVALID',
    `proxy.http.tokenEnv: the environment variable ${name} is not set; set it where the proxy is started, or take tokenEnv away`,
  );
};
