import { z } from 'zod';
import { fixModes } from '../model/terms.ts';
import * as defaults from './defaults.ts';
import { ms, positiveMs } from './durations.ts';

const argv = z.array(z.string()).min(1, 'a command needs at least the program to run');
const globs = z.union([z.string().transform((glob) => [glob]), z.array(z.string())]);

/** The name of an own fix or of a lesson. */
export const shortName = /^[A-Za-z0-9][\w.-]{0,63}$/;

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
  /** Shares one run, cool-down and budget with other machines, through the database of `fleet`. @default unset: with this machine */
  share: z
    .strictObject({
      /** The name of the fix in the fleet: entries of the same fix with the same name do the same, on whatever machine. */
      fleet: z.string().regex(shortName, 'expected letters, digits, `.`, `_` and `-`'),
      /**
       * What happens if the database cannot be reached. `machine`: the fix is shared on this machine alone · `refuse`: it does
       * not run. @default 'machine'; 'refuse' with `oauth`, whose refresh token must not be used twice at once
       */
      whenLost: z.enum(['machine', 'refuse']).optional(),
      /** Who may approve a fix with `mode: ask`. `anyone`: the user of the client too, who is asked first · `approvers`: those of the fleet alone. @default 'anyone' */
      approval: z.enum(['anyone', 'approvers']).optional(),
    })
    .optional(),
});

/** How a command is run: always as an argv, never through a shell. */
const commandFields = {
  /** The working folder; by default the one of the config file. */
  cwd: z.string().optional(),
  /** Names of the environment variables that the command gets beside PATH, HOME and the locale. */
  env: z.array(z.string()).default([]),
  /** How much of the output is kept, in bytes; the rest is read and dropped. */
  outputLimitBytes: z.number().int().positive().default(defaults.ownCommand.outputLimitBytes),
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

/** A command of the user's own, under a name of its own. */
export const ownFixSchema = z.strictObject({
  ...common,
  ...held('own'),
  ...commandFields,
  command: argv,
  /** Whether the fix is needed, and worked: run before the command, and after it until it succeeds or time runs out. */
  probe: probeSchema.optional(),
  /** Time between two probes after the command, in ms. */
  pollMs: positiveMs.default(defaults.ownCommand.pollMs),
});

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
export const entries = <T extends z.ZodType>(entry: T) =>
  z.union([entry.transform((value) => [value]), z.array(entry)]);

/** The part `fixes` of healflow.yaml. */
export const fixFields = {
  kube_login: entries(kubeLoginSchema).optional(),
  token_refresh: entries(tokenRefreshSchema).optional(),
  /** Without a function of the program it needs a `command` and a `probe`. */
  vpn_connect: entries(vpnFunctionSchema).optional(),
  /** Always available; `false` turns it off. */
  retry_backoff: z.union([z.literal(false), retryBackoffSchema]).prefault({}),
  cache_clear: entries(cacheClearSchema).optional(),
  /** Always available; `false` turns it off. */
  wait_retry: z.union([z.literal(false), waitRetrySchema]).prefault({}),
  /** Commands of the user's own by name; a pattern proposes one as `own:NAME`. */
  own: z
    .record(z.string().regex(shortName, 'expected letters, digits, `.`, `_` and `-`'), entries(ownFixSchema))
    .default({}),
};
