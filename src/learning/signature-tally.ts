import type { HealingEvent } from '../event-log/event.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { type DetachedNames, detached } from '../text/detach.ts';
import { eventOutcomeOf } from './event-outcome.ts';
import { GapTally } from './gap-tally.ts';
import type { LearningRecord, RepairAction, Repaired, Trial } from './model.ts';
import { OutcomeColumns } from './outcome-columns.ts';
import { recordOutcome } from './record-outcome.ts';
import type { OutcomeBudget } from './ring.ts';
import type { TimedOutcome } from './separate-trials.ts';

const maxTools = 50;
const maxActions = 20;
const maxTrials = 200;
const maxExamples = 3;
const maxNotes = 20;
const maxLine = 600;

/** What was run against one failure. */
export interface ActionTally {
  readonly action: RepairAction;
  readonly trials: OutcomeColumns;
  /** How often it ran without a check of the call before and after it: no evidence. */
  unchecked: number;
  /** Whether the record does not have the whole command, so that nothing can run it again. */
  readonly isIncomplete: boolean;
  readonly first: string;
  last: string;
  /** The tools whose calls it was run for. */
  readonly tools: Set<string>;
}

const keyOf = (action: RepairAction, isIncomplete: boolean): string => {
  if ('use' in action) return `use ${action.use}`;
  return `${isIncomplete ? 'part of ' : ''}${JSON.stringify(action.run)}`;
};

/** One time that something was run, and for which tool. */
interface ActionRun {
  readonly timestamp: string;
  readonly tool: string;
  readonly incomplete?: true;
}

const detachedAction = (action: RepairAction): RepairAction =>
  'use' in action ? { use: detached(action.use) } : { run: action.run.map((argument) => detached(argument)) };

/** Everything that the log says about one failure. What it keeps does not grow with the length of the log. */
export class SignatureTally {
  readonly id: string;
  readonly tools = new Map<string, number>();
  readonly actions = new Map<string, ActionTally>();
  readonly lessons = new Set<string>();
  /** How often a lesson in the shadow would have run although the failure ended by itself. */
  readonly shadows = new Map<string, { needless: number; of: number }>();
  /** What agents remarked, the oldest first. */
  readonly notes: { readonly at: string; readonly note: string }[] = [];
  readonly gaps: GapTally;
  readonly #budget: OutcomeBudget;
  readonly #names: DetachedNames;
  readonly #examples: string[] = [];
  line: string | null = null;
  class: string | null = null;
  pattern: string | null = null;
  seen = 0;
  first = '';
  last = '';

  constructor(id: string, budget: OutcomeBudget, names: DetachedNames) {
    this.id = detached(id);
    this.#budget = budget;
    this.#names = names;
    this.gaps = new GapTally(budget);
  }

  /** Different lines of the failure as the log has them, masked by the redactor alone. */
  get examples(): readonly string[] {
    return this.#examples;
  }

  /** Adds a failure of the log. */
  addFailure(event: HealingEvent, error: string): void {
    this.seen += 1;
    this.#countTool(event.tool);
    this.#seenAt(event.timestamp);
    if (typeof event.class === 'string' && event.class !== this.class) this.class = detached(event.class);
    if (typeof event.pattern === 'string' && event.pattern !== this.pattern) this.pattern = detached(event.pattern);
    if (this.#examples.length < maxExamples && error.length <= maxLine && !this.#examples.includes(error)) {
      this.#examples.push(detached(error));
    }
  }

  /** Adds what a run in the log says about natural recovery, and about the fix that ran. */
  addRun(event: HealingEvent): void {
    const outcome = eventOutcomeOf(event);
    if (outcome === null) return;
    const { at, windowMs, hasRun, fix, isNatural } = outcome;
    if (hasRun) this.gaps.ran(at, windowMs);
    if (isNatural) this.gaps.add('event', { succeeded: true, windowMs, at, tool: event.tool });
    if (fix !== null) this.#addTrial({ use: fix }, { ...outcome, startedAt: at - windowMs }, event);
  }

  /** @param actionOf What a trial is a trial of; undefined if that is not known. */
  addRecord(record: LearningRecord, actionOf: (trial: Trial) => RepairAction | undefined): void {
    if (record.kind === 'noted') {
      if (this.notes.length < maxNotes)
        this.notes.push({ at: detached(record.timestamp), note: detached(record.note) });
    } else if (record.kind === 'recovered' || record.kind === 'still_failing') this.gaps.addRecord(record);
    else if (record.kind === 'repaired') this.#addRepair(record);
    else this.#addLessonTrial(record, actionOf);
  }

  #addRepair(record: Repaired): void {
    // If the call succeeded before anything ran, the failure had ended by itself, and the action was not tried.
    if (record.before === 'succeeded') return;
    this.gaps.ran(parseTimestamp(record.timestamp), record.window_ms);
    const outcome = recordOutcome(record);
    if (outcome === null) this.#addUnchecked(record);
    else this.#addTrial(record.action, outcome, record);
  }

  #addLessonTrial(record: Trial, actionOf: (trial: Trial) => RepairAction | undefined): void {
    const { lesson, mode, tool, needless } = record;
    if (this.lessons.size < maxActions) this.lessons.add(detached(lesson));
    if (mode === 'run') this.gaps.ran(parseTimestamp(record.timestamp), record.window_ms);
    if (mode === 'shadow') this.#addShadow(record);
    const outcome = recordOutcome(record);
    if (outcome === null) return;
    // Nothing was run in a control run, nor in the shadow if the failure ended by itself.
    if (mode === 'control' || (mode === 'shadow' && needless === true)) {
      const { succeeded, windowMs, at } = outcome;
      this.gaps.add('trial', { succeeded, windowMs, at, tool });
    }
    const action = mode === 'run' ? actionOf(record) : undefined;
    if (action !== undefined) this.#addTrial(action, outcome, record);
  }

  #addShadow({ lesson, needless }: Trial): void {
    const known = this.shadows.get(lesson) ?? { needless: 0, of: 0 };
    if (!this.shadows.has(lesson) && this.shadows.size >= maxActions) return;
    known.of += 1;
    if (needless === true) known.needless += 1;
    this.shadows.set(detached(lesson), known);
  }

  #seenAt(timestamp: string): void {
    if (this.first === '' || timestamp < this.first) this.first = detached(timestamp);
    if (timestamp > this.last) this.last = detached(timestamp);
  }

  #countTool(tool: string): void {
    const count = this.tools.get(tool);
    if (count !== undefined) this.tools.set(tool, count + 1);
    else if (this.tools.size < maxTools) this.tools.set(detached(tool), 1);
  }

  #tallyOf(action: RepairAction, { timestamp, tool, incomplete }: ActionRun): ActionTally | undefined {
    const isIncomplete = incomplete === true;
    const key = keyOf(action, isIncomplete);
    let tally = this.actions.get(key);
    if (tally === undefined) {
      if (this.actions.size >= maxActions) return undefined;
      const trials = new OutcomeColumns(maxTrials, this.#budget);
      tally = {
        ...{ action: detachedAction(action), trials, unchecked: 0, isIncomplete },
        ...{ first: detached(timestamp), last: '', tools: new Set() },
      };
      this.actions.set(key, tally);
    }
    if (timestamp > tally.last) tally.last = detached(timestamp);
    if (tally.tools.size < maxTools && !tally.tools.has(tool)) tally.tools.add(detached(tool));
    return tally;
  }

  #addTrial(action: RepairAction, outcome: TimedOutcome, at: ActionRun): void {
    this.#tallyOf(action, at)?.trials.add(outcome, this.#names.of(at.tool));
  }

  #addUnchecked(record: Repaired): void {
    const tally = this.#tallyOf(record.action, record);
    if (tally !== undefined) tally.unchecked += 1;
  }
}
