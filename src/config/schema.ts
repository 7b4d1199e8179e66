import { z } from 'zod';
import { patternSchema } from '../diagnosis/pattern.ts';
import { type FixName, fixModes, toolKinds } from '../model/terms.ts';
import * as defaults from './defaults.ts';

const ms = z.number().int().nonnegative();
const positiveMs = z.number().int().positive();
const argv = z.array(z.string()).min(1, 'a command needs at least the program to run');
const globs = z.union([z.string().transform((glob) => [glob]), z.array(z.string())]);

/** A cheap check whether a fix is needed, or worked. */
export const probeSchema = z.xor(
  [
    z.strictObject({
      /** Healthy if this command exits with 0. */
      command: argv,
      timeoutMs: positiveMs.default(5_000),
    }),
    z.strictObject({
      /** Healthy if `host:port` accepts a TCP connection. */
      tcp: z.string().regex(/^.+:\d+$/, 'expected host:port'),
      timeoutMs: positiveMs.default(5_000),
    }),
    z.strictObject({
      /** Healthy if a GET of this URL returns a status below 400. */
      http: z.url(),
      timeoutMs: positiveMs.default(5_000),
    }),
  ],
  { error: 'a probe is exactly one of `command`, `tcp` and `http`' },
);

/** The options that every fix has. */
const common = {
  /** The tools that this fix applies to, as globs. */
  tools: globs.default([...defaults.common.tools]),
  /** What it repairs, in one word; fixes with equal targets share one run. Part of the fix's key. */
  target: z.string().min(1).optional(),
  /** Timeout of the fix, its probes included. */
  timeoutMs: positiveMs.default(defaults.common.timeoutMs),
};

/** The limits of a repair fix; a delay fix needs none. */
const held = (name: keyof typeof defaults.cooldownMs) => ({
  /** `auto`: runs at once · `ask`: a person is asked first; if no one can be asked, it does not run · `dry-run`: only reports what it would run. */
  mode: z.enum(fixModes).default(defaults.common.mode),
  /** How long the effect of the fix takes once it has run, in ms: then it is probed, and the call retried. Part of `timeoutMs`. */
  settleMs: ms.default(defaults.common.settleMs),
  /** Minimum time between two runs of the fix, in ms, whether or not it helped. */
  cooldownMs: ms.default(defaults.cooldownMs[name]),
  /** Maximum number of runs of the fix within a window. */
  budget: z
    .strictObject({
      runs: z.number().int().positive().max(1_000).default(defaults.budget.runs),
      windowMs: positiveMs.default(defaults.budget.windowMs),
    })
    .prefault({}),
});

/** How a command is run: always as an argv, never through a shell. */
const commandFields = {
  /** The working folder; by default the one of the config file. */
  cwd: z.string().optional(),
  /** Names of the environment variables that the command gets beside PATH, HOME and the locale. */
  env: z.array(z.string()).default([]),
  /** How much of the output is kept, in bytes; the rest is read and dropped. */
  outputLimitBytes: z.number().int().positive().default(16_384),
};

/** A text with a place for the new token. */
const template = z.string().default('{token}');
const keyPath = z.union([z.string().min(1), z.array(z.string()).min(1, 'a path needs at least one key')]);
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item)]);

const upstreamTool = z.strictObject({
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

/** The right login for the right cluster. */
export const kubeLoginSchema = z.strictObject({
  ...common,
  ...held('kube_login'),
  ...commandFields,
  /** The login command; an argument that is `{cluster}` becomes the name of the cluster. */
  command: argv.optional(),
  /** The clusters that may be logged in to, by their exact names, each with a command of its own if it needs one. */
  clusters: z.record(z.string(), z.strictObject({ command: argv.optional() })).default({}),
  /** The arguments of a tool call that name the cluster; the first one present counts. */
  clusterArguments: z.array(z.string()).default(['cluster', 'context']),
  /** The cluster of calls that name none; the only one configured if there is only one. */
  defaultCluster: z.string().optional(),
  probe: probeSchema.optional(),
});

/** A new token, by OAuth 2.0 refresh or by a command, and the way it reaches the tool. */
export const tokenRefreshSchema = z.strictObject({
  ...common,
  ...held('token_refresh'),
  ...commandFields,
  /** A command that renews the token; its output is the token if `deliver` is set. */
  command: argv.optional(),
  oauth: z
    .strictObject({
      /** The token endpoint, or the issuer whose metadata names it. */
      issuer: z.url().optional(),
      tokenEndpoint: z.url().optional(),
      clientId: z.string().min(1),
      /** The environment variable that holds the client secret; none for a public client. */
      clientSecretEnv: z.string().optional(),
      /** A file that holds the refresh token; a rotated one is written back. */
      refreshTokenFile: z.string().min(1),
      scope: z.string().optional(),
    })
    .optional(),
  /** Where the command leaves the token, if that is not the whole of its standard output. */
  tokenSource: z
    .strictObject({
      /** A file that the command writes. Unset: its standard output. */
      file: z.string().min(1).optional(),
      /** The path of the token in JSON: `a.b.c`, or a list of keys. */
      json: keyPath.optional(),
      /** The same in YAML. */
      yaml: keyPath.optional(),
      /** The variable that holds it, in lines of `NAME=value`. */
      env: z.string().min(1).optional(),
    })
    .optional(),
  /**
   * Where the new token goes. In templates, `{token}` stands for it, `{token:url}` for its percent-encoded form, and
   * `{token:json}` for the form inside a JSON text.
   */
  deliver: z
    .strictObject({
      /** Written to this file, by temp file and rename, readable by its owner only; or to a `path`, with a template as `value`. */
      file: oneOrMore(z.union([z.string(), z.strictObject({ path: z.string(), value: template })])).optional(),
      /** Given to a stdio upstream in this environment variable, which restarts it; or by `name`, with a template as `value`. */
      env: oneOrMore(z.union([z.string(), z.strictObject({ name: z.string(), value: template })])).optional(),
      /** Sent to an HTTP upstream in this header: `Authorization: Bearer {token}`, or by `name`, with a template as `value`. */
      header: oneOrMore(
        z.union([
          z.string().regex(/^[\w!#$%&'*+.^`|~-]+:\s*\S/, 'expected "Name: value with {token}"'),
          z.strictObject({ name: z.string(), value: z.string().default('Bearer {token}') }),
          z.record(
            z.string().regex(/^(?!name$|value$)[\w!#$%&'*+.^`|~-]+$/, 'this is not a valid header name'),
            z.string(),
          ),
        ]),
      ).optional(),
      /**
       * The arguments with which a stdio upstream is restarted, in place of those after its program. Other users of the
       * machine can see them.
       */
      args: z.array(z.string()).min(1, 'a list of the arguments, one of them with {token}').optional(),
    })
    .default({}),
  probe: probeSchema.optional(),
});

export const vpnConnectSchema = z.strictObject({
  ...common,
  ...held('vpn_connect'),
  ...commandFields,
  command: argv,
  /**
   * Whether the command is a tunnel that stays in the foreground, such as `ssh -N`. Unset: it is one if it still runs when the
   * probe succeeds · `true`: it fails if it ends before, also with code 0 · `false`: it is waited for.
   */
  foreground: z.boolean().optional(),
  /** Whether the network is up: run before the command, and after it until the probe succeeds or time runs out. */
  probe: probeSchema,
  /** Time between two probes while waiting for the network, in ms. */
  pollMs: positiveMs.default(250),
});

/** The same if the fix is a function: it needs neither a command nor a probe. */
export const vpnFunctionSchema = vpnConnectSchema.partial({ command: true, probe: true });

/** Exponential back-off with full jitter: a random wait between 0 and `baseMs * 2^n`, at most `maxMs`. */
export const retryBackoffSchema = z.strictObject({
  ...common,
  baseMs: ms.default(200),
  maxMs: ms.default(5_000),
});

export const cacheClearSchema = z.strictObject({
  ...common,
  ...held('cache_clear'),
  /** The folders to empty; the folders themselves stay. */
  folders: z.array(z.string()).default([]),
  /** A folder is emptied only if its real path is inside one of these. */
  allowedRoots: z.array(z.string()).default([]),
  /** Or a tool of the same upstream server that empties its cache. */
  tool: upstreamTool.optional(),
});

export const waitRetrySchema = z.strictObject({
  ...common,
  /** The longest wait; only the deadline counts by default. */
  timeoutMs: positiveMs.optional(),
  /** The wait if the failure asks for none. */
  defaultWaitMs: ms.default(1_000),
});

/** One fix, or several for different tools: the first whose `tools` match counts. */
const entries = <T extends z.ZodType>(entry: T) => z.union([entry.transform((value) => [value]), z.array(entry)]);

/** The rules of one tool. */
const toolFields = {
  /** What the tool may do to the world; overrides its annotations. */
  kind: z.enum(toolKinds).optional(),
  /** `never`: no retries · `safe`: as the retry table says · `always`: retried even if it may run twice. */
  replay: z.enum(['never', 'safe', 'always']).default(defaults.toolDefaults.replay),
  /**
   * Whether a report that is the whole story counts as evidence that nothing happened. `trust`: it does · `strict`: only
   * proof does. By default it does, unless the tool is destructive.
   */
  reports: z.enum(['trust', 'strict']).optional(),
  /** The name of what the tool depends on: tools with equal upstreams share a breaker and a retry budget. */
  upstream: z.string().min(1).default(defaults.toolDefaults.upstream),
  /** Maximum number of calls of this tool, the first included; the general `attempts` by default. */
  attempts: z.number().int().min(1).max(20).optional(),
  /** Time for attempt, fix, wait and retry together, in ms; the general `deadlineMs` by default. */
  deadlineMs: positiveMs.optional(),
  /** Timeout of one attempt, in ms; the general `attemptTimeoutMs` by default. */
  timeoutMs: positiveMs.optional(),
  /** Whether the proxy leaves the tool out of the server's list, and rejects its calls. `NAME: hidden` is the short form. */
  hidden: z.boolean().optional(),
};

/** The rules of one tool, or `hidden` alone. */
const toolObject = z.strictObject(toolFields);
export const toolSchema = z.union([
  z.literal('hidden').transform((): z.output<typeof toolObject> => ({ ...defaults.toolDefaults, hidden: true })),
  toolObject,
]);

const fixFields = {
  kube_login: entries(kubeLoginSchema).optional(),
  token_refresh: entries(tokenRefreshSchema).optional(),
  /** Without a function of the program it needs a `command` and a `probe`. */
  vpn_connect: entries(vpnFunctionSchema).optional(),
  /** Always available; `false` turns it off. */
  retry_backoff: z.union([z.literal(false), retryBackoffSchema]).prefault({}),
  cache_clear: entries(cacheClearSchema).optional(),
  /** Always available; `false` turns it off. */
  wait_retry: z.union([z.literal(false), waitRetrySchema]).prefault({}),
};

/** `healflow.yaml`. Every default is here, once; those that several options share are in defaults.ts. */
export const configSchema = z.strictObject({
  /** Maximum number of calls of the tool, the first included. @default 3 */
  attempts: z.number().int().min(1).max(20).default(3),
  /**
   * Whether a repair fix also runs after the last attempt, so that the next call finds a working connection. It adds no
   * attempt, and nothing waits. @default false
   */
  healForNextCall: z.boolean().default(false),
  /** Time for attempt, fix, wait and retry together, in ms; healing ends with it. @default 45000 */
  deadlineMs: positiveMs.default(45_000),
  /** Timeout of one attempt, in ms, which then counts as a read timeout. @default unset: no limit */
  attemptTimeoutMs: positiveMs.optional(),
  /**
   * How long a call waits for a service that cannot be reached (connection refused, host unknown, connect timeout, still
   * starting), in ms. It tries again with growing pauses; all of these tries together count as one attempt and one retry of
   * the budget, as none of them reached the service. If the time passes in vain, the circuit breaker opens. 0: no such wait,
   * so that each try counts. @default 10000
   */
  outagePatienceMs: ms.default(10_000),
  /** Retry budget per upstream and window; more retries wait for their turn. Retries after a repair do not count. */
  retryBudget: z
    .strictObject({
      /** @default 500 */
      retries: z.number().int().positive().default(500),
      /** @default 10000 */
      windowMs: positiveMs.default(10_000),
    })
    .prefault({}),
  /** Stops healing if an upstream stays down; calls still reach the tool, and the first that succeeds closes it. */
  breaker: z
    .strictObject({
      /** Consecutive runs that failed because of the network or the server. @default 5 */
      failures: z.number().int().positive().default(5),
      /** How long the breaker stays open, in ms, before one trial run. @default 30000 */
      openMs: positiveMs.default(30_000),
    })
    .prefault({}),
  /** Stops all repair fixes if too many different tools fail at once. */
  blastRadius: z
    .strictObject({
      /** The share of the active tools that may fail at once; 1 turns the guard off. @default 1 */
      maxShare: z.number().min(0).max(1).default(1),
      /** The guard is off with fewer active tools than this. @default 4 */
      minTools: z.number().int().positive().default(4),
      /** Failures within this time, in ms, count as simultaneous. @default 60000 */
      windowMs: positiveMs.default(60_000),
    })
    .prefault({}),
  /** What the log holds: runs in which something failed, or healthy calls too. @default 'failures' */
  log: z.enum(['failures', 'all']).default('failures'),
  /**
   * Spans and metrics through `@opentelemetry/api`: `auto`: if the process has an OpenTelemetry SDK when the healer is
   * created · `on`: always · `off`: never. @default 'auto'
   */
  telemetry: z.enum(['auto', 'on', 'off']).default('auto'),
  /** The folder below which `learned/tool_fixes.yaml` is written; relative to the config file. @default 'memory' */
  memoryDir: z.string().optional(),
  /**
   * The folder for the locks, cool-downs, budgets and new tokens that the processes of this machine share; relative to the
   * config file.
   * `HEALFLOW_STATE_DIR` overrides it. @default $XDG_STATE_HOME/healflow, else ~/.local/state/healflow
   */
  stateDir: z.string().optional(),
  /** What a tool without annotations counts as: `strict` treats it as destructive. @default 'default' */
  unannotated: z.enum(['default', 'strict']).default('default'),
  /** Rules for tools, by glob; the first match wins. */
  tools: z.record(z.string(), toolSchema).default({}),
  fixes: z.strictObject(fixFields).prefault({}),
  /** The user's patterns, tried before the shipped ones; their regular expressions run on RE2. */
  patterns: z.array(patternSchema).default([]),
  /** Files with more patterns, relative to the config file. */
  patternFiles: z.array(z.string()).default([]),
  /** Environment variables whose values are masked in everything that healflow writes. */
  secretEnv: z.array(z.string()).default([]),
  /** What `healflow proxy` may do. */
  proxy: z
    .strictObject({
      /** The longest message that is passed on, in bytes. @default 67108864 (64 MiB) */
      maxLineBytes: z.number().int().min(1_024).default(67_108_864),
      /**
       * How long the server may take to end, once its input has ended and again after SIGTERM. For a restart, on Linux, that is
       * over as soon as the server is idle and waits for no time to pass. @default 2000
       */
      graceMs: ms.default(2_000),
      /** How long a fix waits for calls in flight before it restarts their server, in ms. @default 5000 */
      drainMs: ms.default(5_000),
      /** How long a restarted server may take to accept the handshake; at least twice the time of its first start. @default 30000 */
      startTimeoutMs: positiveMs.default(30_000),
      /**
       * A server with open requests that sends nothing for this long, not even a response to a ping, is restarted; after five
       * times as long if it has never answered a ping while it worked. A server that answers no pings at all is left alone.
       * `false` turns it off. @default 60000
       */
      hangMs: z.union([z.literal(false), positiveMs]).default(60_000),
      /** Maximum number of restarts, within `restartWindowMs`. @default 5 */
      maxRestarts: z.number().int().nonnegative().default(5),
      /** @default 60000 */
      restartWindowMs: positiveMs.default(60_000),
      /** Whether the server starts only when it is needed; until then its handshake and lists of last time are sent. @default false */
      lazy: z.boolean().default(false),
      /** A server with nothing open and no subscription for this long, in ms, is stopped until the next request. @default unset: never */
      idleStopMs: positiveMs.optional(),
      /** Where lines go that the server writes to its stdout and that are no messages: to the client, or to stderr. @default 'pass' */
      stdoutNoise: z.enum(['pass', 'stderr']).default('pass'),
      /** Time between two progress notifications while a call is being healed, for clients that ask for progress. @default 1000 */
      progressEveryMs: positiveMs.default(1_000),
      /**
       * Headers that every request to a server behind a URL (`--upstream`) has. `${NAME}` stands for the value of an
       * environment variable, which is then masked wherever it might be shown. @default {}
       */
      headers: z
        .record(
          z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'this is not a valid header name'),
          z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value cannot contain these characters'),
        )
        .default({}),
      /** Timeout for connecting to a server behind a URL, in ms. @default 10000 */
      connectTimeoutMs: positiveMs.default(10_000),
      /** For clients that connect over HTTP (`--http`). */
      http: z
        .strictObject({
          /** The environment variable that holds the bearer token that every request must have. @default unset: no token is needed */
          tokenEnv: z.string().min(1).optional(),
          /** Names beside the loopback ones by which clients may call this server; `*` for any. @default [] */
          hosts: z.array(z.string().min(1)).default([]),
          /** Origins of web pages beside the loopback ones that may use it, as `https://app.example.com`; `*` for any. @default [] */
          origins: z.array(z.string().min(1)).default([]),
          /** Maximum number of sessions at once. For one more, the session that is idle for longest ends; if all have open calls, it gets a 503. @default 100 */
          maxSessions: z.number().int().positive().default(100),
          /** A session that has been silent this long, in ms, and has no stream open, ends. @default 1800000 (30 minutes) */
          sessionIdleMs: positiveMs.default(1_800_000),
          /** Whether each session gets a server process of its own, or all share one. @default 'own' */
          upstream: z.enum(['own', 'shared']).default('own'),
          /** Bytes kept per session for a client that is disconnected: events that it has not received, and those that it may ask for again. @default 4194304 (4 MiB) */
          keptBytes: z.number().int().min(1_024).default(4_194_304),
          /** Time between two comments on an idle stream, in ms, so that no proxy closes it. @default 15000 */
          keepAliveMs: positiveMs.default(15_000),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** The schema of a configuration, some of whose fixes are functions of the program: a `vpn_connect` is complete only then. */
export const configSchemaFor = (functions: readonly FixName[]) => {
  if (functions.includes('vpn_connect')) return configSchema;
  const fixes = z.strictObject({ ...fixFields, vpn_connect: entries(vpnConnectSchema).optional() }).prefault({});
  return configSchema.extend({ fixes });
};

export type Config = z.output<typeof configSchema>;
/** The configuration as it is written in healflow.yaml, without the defaults. */
export type ConfigInput = z.input<typeof configSchema>;
