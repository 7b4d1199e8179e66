import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { upstreamHeaders } from '../config/upstream-headers.ts';
import { HealError } from '../errors.ts';
import { assembleHealer } from '../healer/create.ts';
import type { Inspect } from '../healer/observer.ts';
import type { Inspector } from '../inspector/index.ts';
import type { ChildServer } from '../mcp/upstream/stdio/child-server.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { UpstreamControl } from '../model/fix.ts';
import { systemRandom } from '../random.ts';
import { showCommand } from '../text/command-line.ts';
import type { EndSignals } from './end-signals.ts';
import { secretsIn } from './proxy-headers.ts';
import { type ProxyCommandOptions, type ProxyMode, statelyOf } from './proxy-mode.ts';

export interface RunWayOptions {
  readonly loaded: LoadedConfig;
  readonly options: ProxyCommandOptions;
  readonly inspect: Inspect | undefined;
  readonly signals: EndSignals;
  /** The server of one client on standard input and output, where it has been started already. */
  readonly started: Promise<ChildServer> | undefined;
}

/** Runs the proxy that was asked for, once nothing in its words and its configuration is wrong; resolves with its exit code. */
export const runMode = async (
  way: ProxyMode,
  { loaded, options, inspect, signals, started }: RunWayOptions,
): Promise<number> => {
  const { config } = loaded;
  // The proxy's own words are masked by the healer's redactor, which learns the tokens that are renewed.
  const redact = redactorFor(config, process.env);
  const headers = 'url' in way ? upstreamHeaders(config, process.env) : {};
  for (const secret of secretsIn(headers)) redact.remember(secret);
  const page = options.inspect === true ? await openPage(`healflow proxy ${shown(way, redact)}`) : undefined;
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
    return await run();
  } finally {
    await page?.close();
  }

  async function run(): Promise<number> {
    const { connectTimeoutMs, http } = config.proxy;
    if (way.http === undefined) {
      const ends = { stdin: process.stdin, stdout: process.stdout };
      if ('command' in way) {
        const { proxyStdioToStdio } = await import('../mcp/modes/stdio-to-stdio.ts');
        return proxyStdioToStdio({ ...common, ...ends, command: way.command, started });
      }
      const { proxyStdioToHttp } = await import('../mcp/modes/stdio-to-http.ts');
      return proxyStdioToHttp({ ...common, ...ends, upstreamUrl: way.url, headers, connectTimeoutMs });
    }
    const token = http.tokenEnv === undefined ? undefined : tokenIn(http.tokenEnv, process.env);
    if ('command' in way) {
      const { proxyHttpToStdio } = await import('../mcp/modes/http-to-stdio.ts');
      return proxyHttpToStdio({ ...common, ...way.http, command: way.command, token, http });
    }
    const { proxyHttpToHttp } = await import('../mcp/modes/http-to-http.ts');
    return proxyHttpToHttp({
      ...common,
      ...way.http,
      upstreamUrl: way.url,
      headers,
      connectTimeoutMs,
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

/** Masks the arguments one by one, as quotes may split a secret, and then the whole line. */
const shown = (way: ProxyMode, redact: Redact): string =>
  redact('url' in way ? `--upstream ${way.url}` : `-- ${showCommand(way.command.map((word) => redact(word)))}`);

/** The token that clients have to bring. A proxy that was told to ask for one does not start without. */
const tokenIn = (name: string, env: NodeJS.ProcessEnv): string => {
  const token = env[name]?.trim() ?? '';
  if (token !== '') return token;
  throw new HealError(
    'CONFIG_INVALID',
    `proxy.http.tokenEnv: the environment variable ${name} is not set; set it where the proxy is started, or take tokenEnv away`,
  );
};
