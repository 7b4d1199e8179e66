import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { systemClock } from '../clock.ts';
import { shownVariable } from '../config/literal-secrets.ts';
import type { LoadedConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import { secretValues } from '../config/secrets.ts';
import { upstreamHeaders } from '../config/upstream-headers.ts';
import { HealError } from '../errors.ts';
import { assembleHealer } from '../healer/create.ts';
import type { Inspect } from '../healer/observer.ts';
import type { InspectorServer } from '../inspector/inspector.ts';
import type { ChildServer } from '../mcp/upstream/stdio/child-server.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { UpstreamControl } from '../model/fix.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { systemRandom } from '../random.ts';
import { Tunnels } from '../runner/tunnels.ts';
import { openStateDir, resolveStateDir } from '../sharing/state-dir.ts';
import { showCommand } from '../text/command-line.ts';
import { messageOf } from '../text/error-text.ts';
import type { EndSignals } from './end-signals.ts';
import { LiveConfig } from './live-config/live-config.ts';
import { type Stamps, watchFiles } from './live-config/watch-files.ts';
import { secretsIn } from './proxy-headers.ts';
import { type ProxyCommandOptions, type ProxyMode, statelyOf } from './proxy-mode.ts';

export interface RunModeOptions {
  readonly loaded: LoadedConfig;
  /** Why the configuration is not in force, so that nothing is healed; undefined if it is. */
  readonly problem: string | undefined;
  /** Reads the configuration again. */
  readonly read: () => Promise<LoadedConfig>;
  /** What its file looked like before it was read. */
  readonly seen: Stamps;
  readonly options: ProxyCommandOptions;
  readonly inspect: Inspect | undefined;
  readonly signals: EndSignals;
  /** The server of a stdio client, if it has already been started. */
  readonly started: Promise<ChildServer> | undefined;
  /** Sets what restarts the servers on SIGHUP. */
  readonly onRestart: (restart: () => void) => void;
}

/** Time between two looks at the configuration file, in ms. A change counts when the file has been at rest for that long. */
const lookEveryMs = 500;

/** Runs the proxy with valid options and configuration; resolves with its exit code. */
export const runMode = async (
  mode: ProxyMode,
  { loaded, problem, read, seen, options, inspect, signals, started, onRestart }: RunModeOptions,
): Promise<number> => {
  const { config } = loaded;
  // Masks the proxy's messages with the healer's redactor, which learns refreshed tokens.
  const redact = redactorFor(config, process.env);
  const headers = 'url' in mode ? upstreamHeaders(config, process.env) : {};
  for (const secret of secretsIn(headers)) redact.remember(secret);
  const page = options.inspect === true ? await openPage(`healflow proxy ${shown(mode, redact)}`) : undefined;
  // One for all sessions: a tunnel stays when the session ends that has opened it.
  const tunnels = new Tunnels();
  const live = new LiveConfig({
    ...{ loaded, problem, read, nameOf: (file) => options.config ?? basename(file ?? 'healflow.yaml') },
    assemble: (next, upstream) =>
      assembleHealer(next, redact, {
        memoryDir: options.memory,
        upstream,
        tunnels,
        inspect: statelyOf(options.inspect) ?? page ?? inspect,
        proxy: { client: mode.http === undefined ? 'pipe' : 'tcp', server: 'url' in mode ? 'tcp' : 'pipe' },
      }),
    onNext: (next) => {
      for (const secret of secretValues(next, process.env)) redact.remember(secret);
    },
    say: (text) => void process.stderr.write(`healflow: ${redact(text)}\n`),
    show: (text) => page?.notify(text === undefined ? undefined : redact(text)),
  });
  if (problem !== undefined) page?.notify(redact(problem));
  const stopWatching = watchFiles({
    paths: () => [...seen.keys(), ...live.config.patternFiles],
    read: seen,
    clock: unrefClock(systemClock),
    everyMs: lookEveryMs,
    onChange: () => live.reload(),
  });
  const common = {
    env: process.env,
    stderr: process.stderr,
    stdoutNoise: options.stdoutNoise ?? config.proxy.stdoutNoise,
    createHealer: (upstream: UpstreamControl) => live.open(upstream),
    // The healer has the timeout of an attempt and the deadline of a call, which may change.
    limits: { ...config.proxy, deadlineMs: config.deadlineMs },
    clock: systemClock,
    random: systemRandom,
    redact,
    stop: signals.first,
    kill: signals.second,
    onRestart,
    cacheFile: 'command' in mode && config.proxy.lazy ? cacheFileOf(mode.command, loaded) : undefined,
  };
  try {
    return await run();
  } finally {
    stopWatching();
    await Promise.all([page?.close(), tunnels.close()]);
  }

  async function run(): Promise<number> {
    const { connectTimeoutMs, http } = config.proxy;
    if (mode.http === undefined) {
      const ends = { stdin: process.stdin, stdout: process.stdout };
      if ('command' in mode) {
        const { proxyStdioToStdio } = await import('../mcp/modes/stdio-to-stdio.ts');
        return proxyStdioToStdio({ ...common, ...ends, command: mode.command, started });
      }
      const { proxyStdioToHttp } = await import('../mcp/modes/stdio-to-http.ts');
      return proxyStdioToHttp({ ...common, ...ends, upstreamUrl: mode.url, headers, connectTimeoutMs });
    }
    const token = http.tokenEnv === undefined ? undefined : tokenIn(http.tokenEnv, process.env);
    if ('command' in mode) {
      const { proxyHttpToStdio } = await import('../mcp/modes/http-to-stdio.ts');
      return proxyHttpToStdio({ ...common, ...mode.http, command: mode.command, token, http });
    }
    const { proxyHttpToHttp } = await import('../mcp/modes/http-to-http.ts');
    return proxyHttpToHttp({
      ...common,
      ...mode.http,
      upstreamUrl: mode.url,
      headers,
      connectTimeoutMs,
      ownsToken: () => (live.config.fixes.token_refresh ?? []).some(({ deliver }) => deliver.header !== undefined),
      token,
      http,
    });
  }
};

/** The file for the handshake and lists of this server with this configuration; undefined if there can be none. */
const cacheFileOf = (command: readonly string[], { config, written, baseDir }: LoadedConfig): string | undefined => {
  const stateDir = resolveStateDir({ configured: config.stateDir, env: process.env, cwd: baseDir });
  try {
    openStateDir(stateDir);
  } catch (error) {
    process.stderr.write(`healflow: proxy.lazy has no effect: ${messageOf(error)}\n`);
    return undefined;
  }
  const key = createHash('sha256').update(JSON.stringify([command, process.cwd(), written ?? null]));
  return join(stateDir, `server-${key.digest('hex').slice(0, 32)}.json`);
};

/** Opens the inspector's page and writes its URL to stderr. */
const openPage = async (title: string): Promise<InspectorServer> => {
  const { InspectorServer } = await import('../inspector/inspector.ts');
  const page = new InspectorServer({ title });
  await page.open();
  process.stderr.write(`healflow: the inspector is at ${page.url}\n`);
  return page;
};

/** Masks each argument, because quotes may split a secret, and then the whole line. */
const shown = (mode: ProxyMode, redact: Redact): string =>
  redact('url' in mode ? `--upstream ${mode.url}` : `-- ${showCommand(mode.command.map((word) => redact(word)))}`);

/** Returns the token that clients have to send. A proxy that requires a token does not start without one. */
const tokenIn = (name: string, env: NodeJS.ProcessEnv): string => {
  const token = env[name]?.trim() ?? '';
  if (token !== '') return token;
  throw new HealError(
    'CONFIG_INVALID',
    `proxy.http.tokenEnv: the environment variable ${shownVariable(name, env)} is not set; set it for the proxy, or remove tokenEnv`,
  );
};
