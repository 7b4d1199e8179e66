import { createActor, toPromise } from 'xstate';
import { createFixCatalogue, type FixCatalogueOptions, isRefusal } from '../../fixes/catalogue.ts';
import { systemClock } from '../clock.ts';
import type { LogReader } from '../event-log/read-on.ts';
import type { DigestArgs } from '../learning/args-digest.ts';
import type { LessonSource } from '../learning/lesson-source.ts';
import type { LearningRecord } from '../learning/model.ts';
import { signatureOf } from '../learning/signature.ts';
import { WaitingCalls } from '../learning/waiting-calls.ts';
import { Limits } from '../limits/limits.ts';
import { isLessonFix } from '../model/terms.ts';
import type { Redactor } from '../redact/index.ts';
import { TokenStore } from '../runner/token-store.ts';
import { digestOfFix } from '../sharing/approval.ts';
import type { ApprovalStore } from '../sharing/approval-store.ts';
import { createSharing } from '../sharing/index.ts';
import type { LockStore } from '../sharing/lock-store.ts';
import type { FixSharing } from '../sharing/share.ts';
import { openStateDir, resolveStateDir } from '../sharing/state-dir.ts';
import { messageOf } from '../text/error-text.ts';
import { LessonTrials } from './lesson-trials.ts';
import { Lessons, type LessonsOptions } from './lessons.ts';
import { LessonsAtWork } from './lessons-at-work.ts';
import { combineInspects } from './observer.ts';
import type { Engine, HealerParts, LogRun } from './parts.ts';
import { provideServices, type EngineParts as ServiceEngineParts } from './services.ts';

/** What an engine has beside the parts of its healer. */
export interface EngineParts extends ServiceEngineParts {
  /** Reports what holds fixes back. */
  readonly sharing?: Pick<FixSharing, 'snapshot'> | undefined;
}

/** Makes an engine of its parts. */
export const assembleEngine = (parts: HealerParts, own: EngineParts, log: LogRun): Engine => {
  const { clock, healForNextCall } = parts;
  const inspect = combineInspects([parts.inspect, parts.observer?.inspect]);
  const machine = provideServices(parts, own, log);
  return {
    limits: own.limits,
    health: () => {
      const { cooldowns = [], budgets = [] } = own.sharing?.snapshot() ?? {};
      const limited = own.limits.snapshot(clock.monotonic());
      return {
        breakers: limited.breakers.map(({ upstream, state, forMs }) => ({
          upstream,
          state,
          until: forMs === null ? null : clock.now() + forMs,
        })),
        budgets: [...budgets, ...limited.budgets],
        cooldowns,
      };
    },
    heal: (run) => {
      const { runId, tool, kind, rules } = run.call;
      const { attempts: maxAttempts = parts.attempts } = rules;
      const actor = createActor(machine, {
        id: `healing:${tool}:${runId}`,
        input: { run, runId, tool, kind, maxAttempts, healForNextCall },
        clock,
        ...(inspect === undefined ? {} : { inspect }),
      });
      const output = toPromise(actor);
      actor.start();
      return output;
    },
  };
};

/** What an engine is made of: the fixes, and when its healer was created, in ms since the epoch. */
export interface EngineOptions extends FixCatalogueOptions {
  readonly startedAt?: number;
  /** The folder of the logs. */
  readonly memoryDir: string;
  /** Makes digests of arguments by the key of this machine; null if that cannot be used. */
  readonly digestArgs: DigestArgs | null;
  /** Masks secrets, and learns new ones. */
  readonly redact: Redactor;
  /** The store of the fixes that machines share. */
  readonly fleet?: LockStore | undefined;
  /** Questions to the approvers of the fleet. */
  readonly approvals?: ApprovalStore | undefined;
  /** The store of this machine, if a fleet limits how many machines run a fix at once. */
  readonly machine?: LockStore | undefined;
  /** The lessons of the fleet. */
  readonly fleetLessons?: LessonSource | undefined;
}

type LearnOptions = Pick<
  EngineOptions,
  'config' | 'baseDir' | 'clock' | 'random' | 'redact' | 'env' | 'memoryDir' | 'digestArgs'
> &
  Pick<LessonsOptions, 'select' | 'source'> & { readonly stateDir: string };

/** Keeps the calls that fail, and offers those that may be made again to the other processes of this user. */
const keepWaitingCalls = (
  { stateDir, memoryDir, digestArgs }: Pick<LearnOptions, 'stateDir' | 'memoryDir' | 'digestArgs'>,
  { clock, warn, watch }: HealerParts,
) => {
  let offering: Promise<(() => Promise<void>) | undefined> | undefined;
  const waiting = new WaitingCalls({
    clock,
    // Memory is freed by the machine's time, whatever clock the runs have.
    timers: systemClock,
    signatureOf,
    digestArgs,
    onChecked: ({ tool, args }, result) => {
      if (result === 'succeeded') watch.succeeded(tool, args);
      else if (result === 'failed') watch.stillFails(tool, args);
    },
    lockRepair: async (sig) => (await import('../learning/repair-lock.ts')).lockRepair(stateDir, clock, sig),
    onFirst: () => {
      const onCheck = (): void => watch.ran('healflow repair');
      offering = import('../learning/offer-checks.ts')
        .then(({ offerChecks }) => offerChecks({ waiting, stateDir, memoryDir, clock, onCheck }))
        .catch((error: unknown) => {
          warn(`healflow repair cannot ask this process for checks: ${messageOf(error)}`);
          return undefined;
        });
    },
  });
  const close = async (): Promise<void> => {
    waiting.close();
    const end = await offering;
    await end?.();
  };
  return { waiting, close };
};

/** The lessons of a configuration, and the record of how they fare. */
const learnIn = (
  { warn, repairLog }: HealerParts,
  { stateDir, memoryDir, digestArgs, config, baseDir, select, source, ...context }: LearnOptions,
): LessonsAtWork => {
  const lessons = new Lessons({ config, baseDir, stateDir, select, source, context: { ...context, baseDir }, warn });
  let reader: LogReader<LearningRecord> | undefined;
  const openReader = async (): Promise<LogReader<LearningRecord>> => {
    const [{ LogReader }, { learningRecords }] = await Promise.all([
      import('../event-log/read-on.ts'),
      import('../learning/read-repairs.ts'),
    ]);
    return new LogReader(learningRecords(memoryDir), { clock: context.clock, maxEvents: 1_000 });
  };
  const trials = new LessonTrials({
    ...{
      dir: lessons.dir,
      stateDir,
      control: config.learn.control,
      context: { ...context, baseDir },
      log: repairLog?.(),
      digestArgs,
      warn,
      source,
    },
    readOn: async function* () {
      reader ??= await openReader();
      for await (const { events } of reader.read(reader.positions)) yield events;
    },
  });
  return new LessonsAtWork(lessons, trials, warn);
};

/** Makes the engine of a configuration, with its fixes and what they share with other processes. */
export const createEngine = (parts: HealerParts, options: EngineOptions, log: LogRun): Engine => {
  const {
    startedAt = options.clock.now(),
    memoryDir,
    digestArgs,
    fleet,
    approvals,
    machine,
    fleetLessons: source,
    ...fixes
  } = options;
  const { config, baseDir, env, clock, random, redact } = fixes;
  const where = { configured: config.stateDir, env, cwd: baseDir };
  const { warn } = parts;
  const stateDir = resolveStateDir(where);
  const tokens = new TokenStore({ stateDir, openStateDir, startedAt, redact, warn });
  const catalogue = createFixCatalogue({ ...fixes, tokens, tunnels: parts.tunnels });
  const sharing = createSharing({ ...where, clock, random, warn, fleet, approvals, machine });
  const learn = learnIn(parts, { ...fixes, stateDir, memoryDir, digestArgs, select: catalogue.select, source });
  const find: EngineParts['selectFix'] = (name, call) =>
    isLessonFix(name) ? learn.lessons.select(name, call) : catalogue.select(name, call);
  const selectFix: EngineParts['selectFix'] = (name, call) => {
    const found = find(name, call);
    return isRefusal(found) ? found : sharing.share(found);
  };
  const { isBound } = catalogue;
  const pauses = config.fixes.retry_backoff || null;
  const restartIfIdle = fixes.upstream?.restartIfIdle?.bind(fixes.upstream);
  const own = { limits: new Limits(config), sharing, selectFix, isBound, pauses, restartIfIdle, learn };
  const failures = config.learn.checks ? keepWaitingCalls({ stateDir, memoryDir, digestArgs }, parts) : undefined;
  return {
    ...assembleEngine(parts, own, log),
    waiting: failures?.waiting,
    digestOfFix: (name, call) => {
      const found = find(name, call);
      return isRefusal(found) ? undefined : digestOfFix(found);
    },
    close: async () => {
      await failures?.close();
      await learn.trials.close();
      await sharing.close();
    },
  };
};
