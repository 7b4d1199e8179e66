import type { FixCall } from '../../fixes/catalogue.ts';
import type { HealingOutput } from '../../machines/services.ts';
import { timestampOf } from '../event-log/event.ts';
import type { DigestArgs } from '../learning/args-digest.ts';
import { type Lesson, lessonFixName, triedDigest } from '../learning/lesson.ts';
import type { LessonSource } from '../learning/lesson-source.ts';
import type { CheckResult, Trial } from '../learning/model.ts';
import type { RepairLog } from '../learning/repair-log.ts';
import { signatureOf } from '../learning/signature.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Fix, FixReport } from '../model/fix.ts';
import { sleep } from '../platform/wait.ts';
import { isDelayFix } from '../policy/delay-fixes.ts';
import type { Redactor } from '../redact/index.ts';
import type { FixContext } from '../runner/context.ts';
import { LazyFix } from '../runner/lazy-fix.ts';
import { cancelsOf } from '../runner/request.ts';
import { durationText } from '../text/duration.ts';
import { messageOf } from '../text/error-text.ts';
import { LessonDemotion, type LessonDemotionOptions } from './lesson-demotion.ts';
import type { ActiveLesson } from './lessons.ts';
import type { HealingRun } from './run.ts';

type AnyRun = HealingRun<unknown>;

/** A trial whose end is not known yet. */
interface OpenTrial {
  readonly active: ActiveLesson;
  readonly mode: Trial['mode'];
  readonly sig: string;
  /** When the failure was seen, on the monotonic clock. */
  readonly since: number;
  /** The number of the attempt that failed. */
  readonly attempt: number;
  /** Whether the fix is done, so that the next attempt tells how it ended. */
  isDone: boolean;
}

export interface LessonTrialsOptions {
  readonly dir: string;
  /** The folder with the key that approvals are sealed with. */
  readonly stateDir: string;
  readonly control: number;
  readonly context: FixContext & { readonly redact: Redactor };
  /** The log that trials are written to; undefined if none is written. */
  readonly log: RepairLog | undefined;
  /** Makes digests of arguments; null if nothing does. */
  readonly digestArgs: DigestArgs | null;
  /** Reads what was added to the log of repairs since the last time. */
  readonly readOn: LessonDemotionOptions['readOn'];
  readonly warn: (message: string) => void;
  /** Where lessons come from besides the folder. */
  readonly source?: LessonSource | undefined;
}

const maxKnown = 1_000;
const defaultShadowMs = 30_000;

/**
 * Records how the lessons at work fare: a trial counts as a success only if the same call succeeds after it. One that stops working
 * goes back to `ask`.
 */
export class LessonTrials {
  readonly #options: LessonTrialsOptions;
  readonly #open = new WeakMap<AnyRun, OpenTrial[]>();
  /** What the fix of a control run is. */
  readonly #controls = new WeakMap<Fix, ActiveLesson>();
  /** The runs for which it was decided whether the fix is held back. */
  readonly #drawn = new WeakSet<AnyRun>();
  /** The lesson that the last failure of a run was recognised by. */
  readonly #recognised = new WeakMap<AnyRun, ActiveLesson>();
  /** How long the fix of a lesson took when it last ran, in ms. */
  readonly #durations = new Map<string, number>();
  /** When a lesson was last tried in the shadow, on the monotonic clock. */
  readonly #shadows = new Map<string, number>();
  readonly #demotion: LessonDemotion;
  #judging: Promise<void> = Promise.resolve();

  constructor(options: LessonTrialsOptions) {
    this.#options = options;
    this.#demotion = new LessonDemotion({ ...options, redact: options.context.redact });
  }

  /** Resolves when all lessons are judged. */
  async close(): Promise<void> {
    await this.#judging;
  }

  /** A call has failed again: what was tried before has not helped, unless this is another failure. */
  failedAgain(run: AnyRun, attempt: number, diagnosis: Diagnosis): void {
    const open = this.#open.get(run);
    if (open === undefined) return;
    const sig = signatureOf(diagnosis.summary).id;
    for (const trial of open) if (trial.mode !== 'shadow') this.#settle(run, trial, attempt, sig);
    this.#open.set(
      run,
      open.filter(({ mode }) => mode === 'shadow'),
    );
  }

  #settle(run: AnyRun, trial: OpenTrial, attempts: number, sig: string | null): void {
    if (!trial.isDone) return;
    const after: CheckResult = attempts <= trial.attempt || sig !== trial.sig ? 'unknown' : 'failed';
    this.#record(run, trial, after);
  }

  #add(run: AnyRun, trial: OpenTrial): OpenTrial {
    const open = this.#open.get(run);
    if (open === undefined) this.#open.set(run, [trial]);
    else open.push(trial);
    return trial;
  }

  /** Remembers which lesson the last failure of a run was recognised by. */
  recognised(run: AnyRun, active: ActiveLesson): void {
    this.#recognised.set(run, active);
  }

  /** Notes that a lesson in the shadow would have run. Failures that come together are one trial. */
  shadow(run: AnyRun, active: ActiveLesson, attempt: number, diagnosis: Diagnosis): void {
    const { name, content } = active.lesson;
    const now = this.#options.context.clock.monotonic();
    const windowMs = 'run' in content.fix ? content.fix.timeoutMs : defaultShadowMs;
    const last = this.#shadows.get(name);
    if (last !== undefined && now - last < windowMs) return;
    if (this.#shadows.size >= maxKnown) this.#shadows.clear();
    this.#shadows.set(name, now);
    const { id: sig } = signatureOf(diagnosis.summary);
    this.#add(run, { active, mode: 'shadow', sig, since: now, attempt, isDone: true });
  }

  /**
   * The wait that takes the place of the fix of a lesson, to see whether the failure ends by itself; undefined if the fix runs now.
   * Only for calls that only read, and only if the fix can still run after it.
   */
  control(run: AnyRun, active: ActiveLesson, call: FixCall, maxAttempts: number): Fix | undefined {
    const { context, control } = this.#options;
    const waitMs = this.#durations.get(active.lesson.name);
    const mayWait = active.lesson.rung === 'auto' && run.kind === 'read-only' && call.attempt + 1 < maxAttempts;
    if (!mayWait || waitMs === undefined || this.#drawn.has(run)) return undefined;
    this.#drawn.add(run);
    if (2 * waitMs > call.remainingMs || context.random() >= control) return undefined;
    const name = lessonFixName(active.lesson.name);
    const shown = `waits ${durationText(waitMs)} in place of the fix, to see whether the failure ends by itself`;
    const fix = new LazyFix({
      name,
      key: `control:${name}`,
      describe: () => shown,
      run: async (request) => {
        const startedAt = context.clock.monotonic();
        const isWhole = await sleep(context.clock, waitMs, cancelsOf(request));
        const durationMs = Math.round(context.clock.monotonic() - startedAt);
        return { fix: name, status: isWhole ? 'not_needed' : 'cancelled', reason: shown, durationMs, control: true };
      },
    });
    this.#controls.set(fix, active);
    return fix;
  }

  /** A fix is about to run for a failure; the trial begins if it is that of a lesson, or the wait in its place. */
  begin(run: AnyRun, fix: Fix, attempt: number, diagnosis: Diagnosis): void {
    const control = this.#controls.get(fix);
    const active = this.#recognised.get(run);
    const isItsFix = active !== undefined && fix.name === lessonFixName(active.lesson.name);
    const tried = control ?? (isItsFix ? active : undefined);
    if (tried === undefined) return;
    const { id: sig } = signatureOf(diagnosis.summary);
    const since = this.#options.context.clock.monotonic();
    const mode = control === undefined ? 'run' : 'control';
    this.#add(run, { active: tried, mode, sig, since, attempt, isDone: false });
  }

  /** A fix has ended. What did not run, or ran for another call, was not tried here. */
  ended(run: AnyRun, report: FixReport): void {
    const open = this.#open.get(run);
    const trial = open?.find(({ isDone }) => !isDone);
    if (open === undefined || trial === undefined) return;
    const { status, durationMs, shared, code, control } = report;
    const hasRun = shared !== true && code === undefined;
    if ((status === 'succeeded' || (control === true && status === 'not_needed')) && hasRun) {
      trial.isDone = true;
      if (trial.mode === 'run') this.#durations.set(trial.active.lesson.name, durationMs);
      return;
    }
    open.splice(open.indexOf(trial), 1);
    // A fix that fails has repaired nothing.
    if (trial.mode === 'run' && hasRun && (status === 'failed' || status === 'timed_out'))
      this.#record(run, trial, 'failed');
  }

  /** A run has ended: its last attempt tells how the trials before it ended. */
  finish(run: AnyRun, { settled, attempts, lastDiagnosis, fixes }: HealingOutput): void {
    const open = this.#open.get(run);
    if (open === undefined) return;
    this.#open.delete(run);
    const sig = lastDiagnosis === null ? null : signatureOf(lastDiagnosis.summary).id;
    const repaired = fixes.some(({ fix, status }) => status === 'succeeded' && !isDelayFix(fix));
    for (const trial of open) {
      if (trial.mode === 'shadow') {
        if (!settled.ok) this.#record(run, trial, 'unknown');
        else this.#record(run, trial, repaired ? 'unknown' : 'succeeded', !repaired);
      } else if (settled.ok && trial.isDone) this.#record(run, trial, 'succeeded');
      else this.#settle(run, trial, attempts, sig);
    }
  }

  /** Writes at once, so that no trial is lost if the process ends right after the call. */
  #record(run: AnyRun, { active, mode, sig, since }: OpenTrial, after: CheckResult, needless?: boolean): void {
    const { log, digestArgs, context } = this.#options;
    const { clock } = context;
    const { lesson } = active;
    const at = clock.now();
    const tried = active.digest ?? triedDigest(lesson.content);
    const approvedAt = lesson.content.approved?.at;
    const trial: Trial = {
      ...{ kind: 'trial', timestamp: timestampOf(at), tool: run.tool, sig },
      args: digestArgs?.(run.call.options.args) ?? null,
      ...{ lesson: lesson.name, mode, after, window_ms: Math.max(0, Math.round(clock.monotonic() - since)) },
      digest: tried,
      ...(approvedAt === undefined ? {} : { approved_at: approvedAt }),
      ...(needless === undefined ? {} : { needless }),
    };
    if (log?.append(trial) !== true) this.#demotion.add(trial);
    if (mode === 'run' && after === 'failed') this.#judge(lesson, tried, at);
  }

  #judge(lesson: Lesson, tried: string, at: number): void {
    this.#judging = this.#judging
      .then(() => this.#demotion.judge(lesson, tried, at))
      .catch((error: unknown) => {
        this.#options.warn(`the lesson ${lesson.name} could not be moved down: ${messageOf(error)}`);
      });
  }
}
