import { existsSync } from 'node:fs';
import type { FixFunctions } from '../../fixes/catalogue.ts';
import { systemClock } from '../clock.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { lessonsDir } from '../config/paths.ts';
import { redactorFor } from '../config/redactor.ts';
import type { ConfigInput } from '../config/schema.ts';
import { makeDiagnoser } from '../diagnosis/diagnoser.ts';
import { shippedPatterns } from '../diagnosis/shipped.ts';
import { eventOf } from '../event-log/event.ts';
import { createEventLog } from '../event-log/event-log.ts';
import { resolveMemoryDir } from '../event-log/memory-dir.ts';
import type { Fleet, FleetOptions } from '../fleet/index.ts';
import { startShipping } from '../fleet/shipping.ts';
import type { Learning } from '../learning/index.ts';
import type { Clock, Random } from '../model/clock.ts';
import type { Approve, UpstreamControl } from '../model/fix.ts';
import { fixNames } from '../model/terms.ts';
import { Slices } from '../platform/slices.ts';
import { createToolRules, hiddenTest } from '../policy/tool-rules.ts';
import { systemRandom } from '../random.ts';
import type { Redactor } from '../redact/index.ts';
import { Tunnels } from '../runner/tunnels.ts';
import { resolveStateDir } from '../sharing/state-dir.ts';
import type { LoadTelemetryOptions } from '../telemetry/load.ts';
import type { ProxyTransports, Telemetry } from '../telemetry/port.ts';
import type { StatelyOptions } from '../telemetry/stately/load.ts';
import { isTelemetryEnabled } from '../telemetry/wanted.ts';
import { createDiagnoseAttempt } from './diagnose-attempt.ts';
import type { Healer, InternalHealer } from './healer.ts';
import { rememberDiagnoses } from './known-failures.ts';
import {
  combineObservers,
  type HealthSnapshot,
  type Inspect,
  noLimits,
  type RunObserver,
  safeInspect,
  safeObserver,
} from './observer.ts';
import type { Engine, HealerParts } from './parts.ts';
import { createQuestionStates, hasFixThatAsks, questionsOnceAsked } from './question-states.ts';
import { makeHealer } from './tool-healer.ts';

/** The options of {@link createHealer}. */
export interface HealerOptions {
  /** The configuration as an object, instead of a file. */
  readonly config?: ConfigInput | undefined;
  /**
   * The path of the configuration file.
   *
   * @default `healflow.yaml` in `cwd` if it exists
   */
  readonly configFile?: string | undefined;
  /**
   * The folder below which the log `learned/tool_fixes.yaml` is written.
   *
   * @default `memoryDir` of the configuration, or else `memory` beside the configuration file or in `cwd`
   */
  readonly memoryDir?: string | undefined;
  /**
   * Fixes written as functions, each in place of the configured command. What the configuration says of the fix still holds:
   * `mode`, `tools`, `target`, `timeoutMs`, `cooldownMs`, `budget`, `probe`, and the `clusters` of a `kube_login`.
   */
  readonly fixes?: FixFunctions | undefined;
  /**
   * Watches the runs. A function receives the events of their actors, as XState's `inspect` option does; runs then start
   * eagerly. `'stately'` sends the masked events to the inspector of Stately at ws://localhost:8080, or to the given URL,
   * through the optional peer `@statelyai/inspect`. An inspector of `healflow/inspector` shows the runs on its own page, and
   * adds no cost to calls that succeed.
   */
  readonly inspect?:
    | Inspect
    | 'stately'
    | { readonly stately: string }
    | { readonly observer: RunObserver }
    | undefined;
  /** What fixes can do at the upstream, if the healer belongs to a proxy. */
  readonly upstream?: UpstreamControl | undefined;
  /**
   * Asks a person before a fix with `mode: ask` runs. A call may have its own.
   *
   * @default no one is asked, which counts as no
   */
  readonly approve?: Approve | undefined;
  /**
   * Receives a message, once, about each thing that healflow itself could not do.
   *
   * @default writes a line to stderr
   */
  readonly warn?: ((message: string) => void) | undefined;
  /**
   * The source of time.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
  /**
   * The source of random numbers, for back-off.
   *
   * @default `Math.random`
   */
  readonly random?: Random | undefined;
  /**
   * The environment, for secrets to mask and for the commands of fixes.
   *
   * @default `process.env`
   */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /**
   * The folder that relative paths start from.
   *
   * @default `process.cwd()`
   */
  readonly cwd?: string | undefined;
}

const warnOnStderr = (message: string): void => {
  process.stderr.write(`healflow: ${message}\n`);
};

/**
 * Makes a healer. Close it at the end, or declare it with `await using`: the counts of healthy calls are written then.
 *
 * When the first call of a read-only tool fails for good, a port on 127.0.0.1 is opened through which `healflow repair` can have that call
 * made again; the option `learn: { checks: false }` of the configuration turns that off.
 *
 * @throws HealError `CONFIG_INVALID` if the configuration is invalid, with file and line; `CONFIG_NOT_FOUND` if `configFile`
 * does not exist; `MEMORY_NOT_WRITABLE` if the log would be in node_modules; `PEER_MISSING` if an optional package is needed.
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

/** The fleet of this machine, if it has one. */
const fleetFor = async (options: FleetOptions | undefined): Promise<Fleet | undefined> => {
  if (options === undefined) return undefined;
  const { createFleet } = await import('../fleet/index.ts');
  return createFleet(options);
};

/** Masks the names in it: a client may call a tool whose name is a secret. */
const maskHealth = ({ breakers, budgets, cooldowns }: HealthSnapshot, redact: Redactor): HealthSnapshot => ({
  breakers: breakers.map((each) => ({ ...each, upstream: redact(each.upstream) })),
  budgets: budgets.map((each) => ({ ...each, key: redact(each.key) })),
  cooldowns,
});

/** Puts a healer together from a configuration that was read, and the redactor that others share with it. */
export const assembleHealer = async (
  loaded: LoadedConfig,
  redact: Redactor,
  options: Omit<HealerOptions, 'config' | 'configFile'> & {
    readonly proxy?: ProxyTransports | undefined;
    /** Tunnels that other healers share; they are not closed with this one. */
    readonly tunnels?: Tunnels | undefined;
  },
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
  const startedAt = clock.now();
  const tunnels = options.tunnels ?? new Tunnels();
  const stateDir = resolveStateDir({ configured: config.stateDir, env, cwd: baseDir });
  const telemetry = await telemetryFor(loaded, { clock, redact, warn, cwd, proxy: options.proxy });
  const meter = config.fleet && (await telemetry?.measureFleet());
  const fleetOptions = config.fleet && { config: config.fleet, env, stateDir, clock, random, redact, warn, meter };
  let fleet: Promise<Fleet | undefined> | undefined;
  const loadFleet = (): Promise<Fleet | undefined> => {
    fleet ??= fleetFor(fleetOptions);
    return fleet;
  };
  let learning: Learning | undefined;
  const startLearning = async (): Promise<Learning> => {
    const { loadLearning } = await import('../learning/index.ts');
    learning = await loadLearning({ stateDir, memoryDir, clock, redact, warn });
    return learning;
  };
  let isClosed = false;
  let engine: Engine | undefined;
  // A lesson of any rung may ask once a person has moved it up.
  const mayAsk = (): boolean =>
    hasFixThatAsks(config.fixes, options.fixes) || config.fleet !== undefined || existsSync(lessonsDir(loaded));
  const questions = questionsOnceAsked(mayAsk, clock, () =>
    createQuestionStates({
      ...{ stateDir, clock, loadFleet },
      deadlineOf: (tool) => parts.toolRules(tool).deadlineMs ?? config.deadlineMs,
      warn: (message) => warn(redact(message)),
      digestOfFix: async (name, call) => {
        await healer.prepare();
        return engine?.digestOfFix?.(name, call);
      },
    }),
  );
  const parts: HealerParts = {
    clock,
    random,
    attempts: config.attempts,
    healForNextCall: config.healForNextCall,
    deadlineMs: config.deadlineMs,
    attemptTimeoutMs: config.attemptTimeoutMs,
    toolRules: createToolRules(config),
    hasToolTimeouts: Object.values(config.tools).some(({ timeoutMs }) => timeoutMs !== undefined),
    isHidden: hiddenTest(config),
    looksHealthy: diagnoser.looksHealthy,
    diagnose: diagnoser.diagnose,
    diagnoseAttempt: createDiagnoseAttempt({
      looksHealthy: diagnoser.looksHealthy,
      diagnose: rememberDiagnoses(diagnoser.diagnose, { redact, now: () => clock.monotonic() }),
      warn,
    }),
    slices: new Slices(() => clock.monotonic(), systemClock.monotonic),
    loadEngine: async (log) => {
      const [{ createEngine }, { digestArgs }] = await Promise.all([import('./engine.ts'), startLearning()]);
      const functions = options.fixes;
      const joined = await loadFleet();
      const written = loaded.written?.fixes;
      const engineOptions = {
        config,
        written,
        baseDir,
        clock,
        random,
        redact,
        env,
        functions,
        upstream,
        startedAt,
        memoryDir,
        digestArgs,
        fleet: joined?.store,
        approvals: joined?.approvals,
        machine: joined?.limited,
        fleetLessons: joined?.lessons,
      };
      engine = createEngine(parts, engineOptions, log);
      return engine;
    },
    approve: options.approve,
    countHealthy: log.count,
    recordHealthy: config.log === 'all',
    repairLog: () => learning?.log,
    record: (report, args) => {
      const sig = report.diagnosis === null ? undefined : learning?.signatureId(report.diagnosis.summary);
      if (log.append(eventOf(report, sig))) shipping?.notice();
      // Of a call that failed in two ways, the last one is still to be repaired.
      const last = report.lastDiagnosis ?? report.diagnosis;
      if (last !== null) learning?.watch.ended(report, args, last.summary);
    },
    watch: {
      get open() {
        return learning?.watch.open ?? 0;
      },
      isOpen: (tool) => learning?.watch.isOpen(tool) ?? false,
      succeeded: (tool, args) => learning?.watch.succeeded(tool, args),
      stillFails: (tool, args) => learning?.watch.stillFails(tool, args),
      ran: (what) => learning?.watch.ran(what),
    },
    warn,
    inspect: safeInspect(watcher.inspect, warn),
    observer,
    telemetry,
    get questions() {
      return questions();
    },
    tunnels,
    close: async () => {
      isClosed = true;
      watcher.close?.();
      log.close();
      await engine?.close?.();
      await shipping?.close();
      await (await fleet)?.close();
      meter?.close();
      if (options.tunnels === undefined) await tunnels.close();
    },
  };
  const shipping = fleetOptions && startShipping({ ...fleetOptions, memoryDir });
  const healer = makeHealer(parts);
  observer?.attach({
    redact,
    memoryDir,
    stateDir,
    clock,
    random,
    warn,
    health: () => (isClosed ? noLimits : maskHealth(healer.health, redact)),
  });
  // The guard counts the tools in use from the first call on.
  if (config.blastRadius.maxShare < 1) await healer.prepare();
  return healer;
};
