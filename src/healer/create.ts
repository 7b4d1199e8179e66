import type { FixFunctions } from '../../fixes/catalogue.ts';
import { systemClock } from '../clock.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { redactorFor } from '../config/redactor.ts';
import type { ConfigInput } from '../config/schema.ts';
import { makeDiagnoser } from '../diagnosis/diagnoser.ts';
import { shippedPatterns } from '../diagnosis/shipped.ts';
import { eventOf } from '../event-log/event.ts';
import { createEventLog } from '../event-log/event-log.ts';
import { resolveMemoryDir } from '../event-log/memory-dir.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Approve, UpstreamControl } from '../model/fix.ts';
import { fixNames } from '../model/words.ts';
import { createToolRules } from '../policy/tool-rules.ts';
import { systemRandom } from '../random.ts';
import type { Redactor } from '../redact/index.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';
import type { LoadTelemetryOptions } from '../telemetry/load.ts';
import type { ProxyTransports, Telemetry } from '../telemetry/port.ts';
import type { StatelyOptions } from '../telemetry/stately/load.ts';
import { isTelemetryEnabled } from '../telemetry/wanted.ts';
import { createDiagnoseAttempt } from './diagnose-attempt.ts';
import type { Healer, InternalHealer } from './healer.ts';
import { combineObservers, type Inspect, type RunObserver, safeInspect, safeObserver } from './observer.ts';
import type { HealerParts } from './parts.ts';
import { makeHealer } from './tool-healer.ts';

export interface HealerOptions {
  /** The configuration as an object, in place of a file. */
  readonly config?: ConfigInput | undefined;
  /** The configuration file. @default './healflow.yaml' if there is one */
  readonly configFile?: string | undefined;
  /** The folder below which `learned/tool_fixes.yaml` is written. @default 'memory' beside the config file, or here */
  readonly memoryDir?: string | undefined;
  /** Fixes written as functions, each in the place of the configured one. */
  readonly fixes?: FixFunctions | undefined;
  /**
   * Watches the runs' actors, as XState's `inspect` option does. Runs then start eagerly. `'stately'` sends them, masked, to
   * the inspector of Stately at ws://localhost:8080, through the optional peer `@statelyai/inspect`. An inspector of
   * `healflow/inspector` shows them on a page of its own, and leaves calls that go well as cheap as they are.
   */
  readonly inspect?:
    | Inspect
    | 'stately'
    | { readonly stately: string }
    | { readonly observer: RunObserver }
    | undefined;
  /** The server that a proxy stands in front of. */
  readonly upstream?: UpstreamControl | undefined;
  /** Asks a person before a fix with `mode: ask` runs; a call may bring its own. @default nobody is asked, which is a no */
  readonly approve?: Approve | undefined;
  /** Told once of each thing that healflow itself could not do. @default a line on stderr */
  readonly warn?: ((message: string) => void) | undefined;
  /** @default the system's time */
  readonly clock?: Clock | undefined;
  /** @default Math.random */
  readonly random?: Random | undefined;
  /** The environment. `HEALFLOW_DEBUG=1` in it writes one masked line for each decision to stderr. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The folder that relative paths are looked up in. @default process.cwd() */
  readonly cwd?: string | undefined;
}

const warnOnStderr = (message: string): void => {
  process.stderr.write(`healflow: ${message}\n`);
};

/**
 * Makes a healer. Close it in the end, or declare it with `await using`: the counts of healthy calls are written then.
 *
 * @throws HealError `CONFIG_INVALID` or `CONFIG_NOT_FOUND`, with the file, the line and what to do.
 */
export const createHealer = async (options: HealerOptions = {}): Promise<Healer> => {
  const loaded = await loadConfig({
    configFile: options.configFile,
    config: options.config,
    cwd: options.cwd,
    functions: fixNames.filter((name) => options.fixes?.[name] !== undefined),
  });
  return assembleHealer(loaded, redactorFor(loaded.config, options.env ?? process.env), options);
};

/** The user's own patterns, compiled; their engine is loaded only if there are any. */
const compileOwn = async (patterns: LoadedConfig['config']['patterns']) => {
  if (patterns.length === 0) return undefined;
  const { ownPatterns } = await import('../diagnosis/user-patterns.ts');
  return ownPatterns(patterns);
};

/** Spans and metrics, if they are enabled. */
const telemetryFor = async (
  { config }: LoadedConfig,
  options: Pick<LoadTelemetryOptions, 'clock' | 'redact' | 'warn' | 'cwd' | 'proxy'>,
): Promise<Telemetry | undefined> => {
  if (!isTelemetryEnabled(config.telemetry)) return undefined;
  const { loadTelemetry } = await import('../telemetry/load.ts');
  return loadTelemetry({ ...options, required: config.telemetry === 'on' });
};

/** Whether every decision is logged: `HEALFLOW_DEBUG=1`. */
const isDecisionLogEnabled = ({ HEALFLOW_DEBUG = '' }: NodeJS.ProcessEnv): boolean =>
  HEALFLOW_DEBUG !== '' && HEALFLOW_DEBUG !== '0';

/** What watches the runs, and what closes it. */
const watcherFor = async (
  inspect: HealerOptions['inspect'],
  options: Omit<StatelyOptions, 'url'>,
): Promise<{ readonly inspect?: Inspect | undefined; readonly observer?: RunObserver; close?(): void }> => {
  if (inspect === undefined || typeof inspect === 'function') return { inspect };
  if (typeof inspect === 'object' && 'observer' in inspect) return { observer: inspect.observer };
  const { loadStately } = await import('../telemetry/stately/load.ts');
  return loadStately({ ...options, url: inspect === 'stately' ? undefined : inspect.stately });
};

/** The log of decisions on stderr; undefined unless the environment asks for it. */
const decisionLogFor = async (env: NodeJS.ProcessEnv): Promise<RunObserver | undefined> => {
  if (!isDecisionLogEnabled(env)) return undefined;
  const { DecisionLog } = await import('./decision-log.ts');
  return new DecisionLog((line) => process.stderr.write(`${line}\n`));
};

/** Puts a healer together from a configuration that was read, and the redactor that others share with it. */
export const assembleHealer = async (
  loaded: LoadedConfig,
  redact: Redactor,
  options: Omit<HealerOptions, 'config' | 'configFile'> & { readonly proxy?: ProxyTransports | undefined },
): Promise<InternalHealer> => {
  const {
    clock = systemClock,
    random = systemRandom,
    env = process.env,
    cwd = process.cwd(),
    warn = warnOnStderr,
    upstream,
  } = options;
  const { config, baseDir } = loaded;
  const own = await compileOwn(config.patterns);
  const diagnoser = makeDiagnoser({ redact, own, shipped: shippedPatterns, now: clock.now });
  const memoryDir = resolveMemoryDir({ memory: options.memoryDir, config: loaded, cwd });
  const log = createEventLog({ memoryDir, clock, redact, warn });
  const watcher = await watcherFor(options.inspect, { redact, clock, warn });
  const observers = [watcher.observer, await decisionLogFor(env)].filter((observer) => observer !== undefined);
  const observer = combineObservers(observers.map((one) => safeObserver(one, warn)));
  const parts: HealerParts = {
    clock,
    random,
    attempts: config.attempts,
    deadlineMs: config.deadlineMs,
    attemptTimeoutMs: config.attemptTimeoutMs,
    toolRules: createToolRules(config.tools),
    looksHealthy: diagnoser.looksHealthy,
    diagnose: diagnoser.diagnose,
    diagnoseAttempt: createDiagnoseAttempt({ ...diagnoser, warn }),
    loadEngine: async (log) => {
      const { createEngine } = await import('./engine.ts');
      const functions = options.fixes;
      return createEngine(parts, { config, baseDir, clock, random, redact, env, functions, upstream }, log);
    },
    approve: options.approve,
    countHealthy: log.count,
    recordHealthy: config.log === 'all',
    record: (report) => {
      log.append(eventOf(report));
    },
    warn,
    inspect: safeInspect(watcher.inspect, warn),
    observer,
    telemetry: await telemetryFor(loaded, { clock, redact, warn, cwd, proxy: options.proxy }),
    close: () => {
      watcher.close?.();
      log.close();
    },
  };
  const healer = makeHealer(parts);
  observer?.attach({
    redact,
    memoryDir,
    stateDir: resolveStateDir({ configured: config.stateDir, env, cwd: baseDir }),
    clock,
    random,
    warn,
    health: () => healer.health,
  });
  // The guard counts the tools in use from the first call on.
  if (config.blastRadius.maxShare < 1) await healer.prepare();
  return healer;
};
