import { z } from 'zod';
import { patternSchema } from '../diagnosis/pattern.ts';
import { type FixName, onErrors, toolKinds } from '../model/terms.ts';
import * as defaults from './defaults.ts';
import { ms, positiveMs } from './durations.ts';
import { entries, fixFields, vpnConnectSchema } from './fix-schema.ts';
import { proxySchema } from './proxy-schema.ts';

/** The rules of one tool. */
const toolFields = {
  /** What the tool may do to the world; overrides its annotations. */
  kind: z.enum(toolKinds).optional(),
  /** What is done about a failure. `heal`: fixes and retries · `retry`: only waits and retries, no repair · `hand-back`: nothing. */
  onError: z.enum(onErrors).default(defaults.toolDefaults.onError),
  /** `never`: no retries · `safe`: as the retry table says · `always`: retried even if it may run twice. */
  replay: z.enum(['never', 'safe', 'always']).default(defaults.toolDefaults.replay),
  /**
   * Whether a report that is the whole story counts as evidence that nothing happened. `trust`: it does · `strict`: only
   * proof does. By default it does, unless the tool is destructive.
   */
  reports: z.enum(['trust', 'strict']).optional(),
  /**
   * The name of what the tool depends on: tools with equal upstreams share a circuit breaker, a retry budget and a pace. Without
   * a name, what a tool reports of its own service concerns this tool alone, and what healflow itself sees all such tools.
   */
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
  /** The PostgreSQL database through which machines share fixes, and that collects their events; see docs/fleet.md. @default unset: none */
  fleet: z
    .strictObject({
      /** The environment variable that holds its URL, as in `postgres://user:password@host/database`. */
      urlEnv: z.string().min(1),
      /** The file with the certificates that its TLS is verified against. @default unset: those of Node */
      caFile: z.string().optional(),
      /**
       * Maximum number of machines that run the same fix at the same time, by its key such as `host:vpn_connect:default`, if
       * they do not share it. @default unset: no limit
       */
      atOnce: z.number().int().positive().max(1_000).optional(),
      /** How many days events and approvals are kept in the database, at least; events go in whole months. @default 90 */
      retentionDays: z.number().int().min(1).max(3_650).default(90),
    })
    .optional(),
  /** What a tool without annotations counts as: `strict` treats it as destructive. @default 'default' */
  unannotated: z.enum(['default', 'strict']).default('default'),
  /** Rules for tools, by glob; the first match wins. */
  tools: z.record(z.string(), toolSchema).default({}),
  fixes: z.strictObject(fixFields).prefault({}),
  /** The user's patterns, tried before the shipped ones; their regular expressions run on RE2. */
  patterns: z.array(patternSchema).default([]),
  /** Files with more patterns, relative to the config file. */
  patternFiles: z.array(z.string()).default([]),
  /** Fixes that were learned from repairs: lessons. */
  learn: z
    .strictObject({
      /**
       * What lessons may run. A list of words is a whole command, such as `[systemctl, restart, tunnel]`; if its last word is `...`,
       * more plain words may follow. A path alone allows that program with plain words: no options, paths, hosts or `=`. @default none
       */
      programs: z.array(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).default([]),
      /** The folder of the lessons, relative to the config file. @default 'lessons' */
      lessons: z.string().min(1).optional(),
      /**
       * The share of the runs of a lesson with the rung `auto` that first wait as long as its fix takes, and retry, to see whether the
       * failure ends by itself; only for tools that are read-only. 0: none. @default 0.1
       */
      control: z.number().min(0).max(1).default(0.1),
      /**
       * Whether failing calls are kept for up to 30 minutes so that `healflow repair` and `healer.repair` can check them. For the first one of a
       * read-only tool, a port on 127.0.0.1 is opened, with a token that only this user can read. false: nothing is kept, and no port is opened.
       * @default true
       */
      checks: z.boolean().default(true),
    })
    .prefault({}),
  /** Environment variables whose values are masked in everything that healflow writes. */
  secretEnv: z.array(z.string()).default([]),
  /** What `healflow proxy` may do. */
  proxy: proxySchema,
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
