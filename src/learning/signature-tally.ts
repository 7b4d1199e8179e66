import type { HealingEvent } from '../event-log/event.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { detached } from '../text/detach.ts';
import { BoundedOutcomes, type OutcomeBudget } from './bounded-outcomes.ts';
import { fixOutcomeOf } from './event-outcome.ts';
import type { LearningRecord, Outcome, RepairAction, Repaired } from './model.ts';

const maxTools = 50;
const maxActions = 20;
const maxGaps = 300;
const maxTrials = 200;
const maxExamples = 3;
const maxNotes = 20;
const maxLine = 600;

/** What was run against one failure. */
export interface ActionTally {
  readonly action: RepairAction;
  readonly trials: BoundedOutcomes;
  /** How often it ran without a check of the call before and after it: no evidence. */
  unchecked: number;
  /** Whether the record does not have the whole command, so that nothing can run it again. */
  readonly isIncomplete: boolean;
  readonly first: string;
  last: string;
  /** The tools whose calls it was run for. */
  readonly tools: Set<string>;
}

const keyOf = (action: RepairAction, isIncomplete: boolean): string =>
  `${isIncomplete ? 'part of ' : ''}${JSON.stringify('use' in action ? action.use : action.run)}`;

/** One time that something was run, and for which tool. */
interface ActionRun {
  readonly timestamp: string;
  readonly tool: string;
  readonly incomplete?: true;
}

const detachedAction = (action: RepairAction): RepairAction =>
  'use' in action ? { use: detached(action.use) } : { run: action.run.map((argument) => detached(argument)) };

/** Whether a repair says something about its action: the call failed right before it, and is known right after it. */
export const isEvidence = ({ checked, before, after }: Repaired): boolean =>
  checked !== null && before === 'failed' && after !== 'unknown';

/** Everything that the log says about one failure. What it keeps does not grow with the length of the log. */
export class SignatureTally {
  readonly id: string;
  readonly tools = new Map<string, number>();
  readonly actions = new Map<string, ActionTally>();
  readonly lessons = new Set<string>();
  /** What agents remarked, the oldest first. */
  readonly notes: { readonly at: string; readonly note: string }[] = [];
  readonly gaps: BoundedOutcomes;
  readonly #budget: OutcomeBudget;
  readonly #examples: string[] = [];
  line: string | null = null;
  class: string | null = null;
  pattern: string | null = null;
  seen = 0;
  first = '';
  last = '';

  constructor(id: string, budget: OutcomeBudget) {
    this.id = detached(id);
    this.#budget = budget;
    this.gaps = new BoundedOutcomes(maxGaps, budget);
  }

  /** Different lines of the failure as the log has them, masked by the redactor alone. */
  get examples(): readonly string[] {
    return this.#examples;
  }

  addEvent(event: HealingEvent, error: string): void {
    this.seen += 1;
    this.#countTool(event.tool);
    this.#seenAt(event.timestamp);
    if (typeof event.class === 'string' && event.class !== this.class) this.class = detached(event.class);
    if (typeof event.pattern === 'string' && event.pattern !== this.pattern) this.pattern = detached(event.pattern);
    if (this.#examples.length < maxExamples && error.length <= maxLine && !this.#examples.includes(error)) {
      this.#examples.push(detached(error));
    }
    const ran = fixOutcomeOf(event);
    if (ran !== null) this.#addTrial({ use: ran.fix }, ran.outcome, event);
  }

  addRecord(record: LearningRecord, actionOf: (lesson: string) => RepairAction | undefined): void {
    if (record.kind === 'noted') {
      if (this.notes.length < maxNotes)
        this.notes.push({ at: detached(record.timestamp), note: detached(record.note) });
      return;
    }
    const at = parseTimestamp(record.timestamp);
    if (Number.isNaN(at)) return;
    const outcomeOf = (succeeded: boolean): Outcome => ({ succeeded, windowMs: record.window_ms, at });
    if (record.kind === 'recovered' || record.kind === 'still_failing') {
      if (record.between.length === 0) this.gaps.add(outcomeOf(record.kind === 'recovered'));
      return;
    }
    if (record.kind === 'repaired') {
      // It is judged by all the time in which it could have succeeded, also if it did so sooner.
      const { limit_ms: windowMs = record.window_ms } = record;
      if (isEvidence(record))
        this.#addTrial(record.action, { succeeded: record.after === 'succeeded', windowMs, at }, record);
      // If the call succeeded before anything ran, the failure had ended by itself, and the action was not tried.
      else if (record.before !== 'succeeded') this.#addUnchecked(record);
      return;
    }
    if (this.lessons.size < maxActions) this.lessons.add(detached(record.lesson));
    if (record.after === 'unknown') return;
    // Nothing was run in a control run.
    if (record.mode === 'control') this.gaps.add(outcomeOf(record.after === 'succeeded'));
    const action = actionOf(record.lesson);
    if (record.mode === 'run' && action !== undefined) {
      this.#addTrial(action, outcomeOf(record.after === 'succeeded'), record);
    }
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
      const trials = new BoundedOutcomes(maxTrials, this.#budget);
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

  #addTrial(action: RepairAction, outcome: Outcome, at: ActionRun): void {
    this.#tallyOf(action, at)?.trials.add(outcome);
  }

  #addUnchecked(record: Repaired): void {
    const tally = this.#tallyOf(record.action, record);
    if (tally !== undefined) tally.unchecked += 1;
  }
}
