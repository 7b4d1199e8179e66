import type { HealingEvent } from '../event-log/event.ts';
import { readEventBatches } from '../event-log/read.ts';
import type { DamagedRange } from '../event-log/record-splitter.ts';
import { showCommand } from '../text/command-line.ts';
import { detached } from '../text/detach.ts';
import type { OutcomeBudget } from './bounded-outcomes.ts';
import type { LearningRecord, Odds, RepairAction, Rung, Signature } from './model.ts';
import { oddsOf } from './odds.ts';
import { readRepairs } from './repair-log.ts';
import { signatureOf } from './signature.ts';
import { SignatureTally } from './signature-tally.ts';

/** Something that was run against a failure, and what is known of it. */
export interface KnownAction {
  readonly action: RepairAction;
  /** The name of the fix, or the command as a person would type it. */
  readonly text: string;
  readonly odds: Odds;
  /** How often it ran without a check right before and right after it: that is no evidence. */
  readonly unchecked: number;
  /** Whether the record does not have the whole command, as a secret in it was masked: nothing can run it again. */
  readonly isIncomplete: boolean;
  /** When it was first and last run, as far as the records go back. */
  readonly first: string;
  readonly last: string;
  readonly tools: readonly string[];
}

/** A lesson as far as it concerns what is known: what it runs. */
export interface LessonSummary {
  readonly name: string;
  readonly rung: Rung;
  readonly action: RepairAction;
  /** The signatures of its examples. */
  readonly signatures: readonly string[];
}

/** What the log says about the failures with one signature. */
export interface KnownFailure {
  readonly id: string;
  /** The failure with its variable parts masked; null if the log no longer has the failure itself. */
  readonly line: string | null;
  /** The class of its last occurrence; null if unknown. */
  readonly class: string | null;
  /** The pattern that recognised its last occurrence; null if unknown. */
  readonly pattern: string | null;
  readonly seen: number;
  /** The calls that failed, by tool, the most first. */
  readonly tools: ReadonlyMap<string, number>;
  readonly first: string | null;
  readonly last: string | null;
  /** How often it recovered although nothing was run; with `of: 0`, that is unknown. */
  readonly natural: Odds['natural'];
  /** What was run against it, the highest odds first. */
  readonly actions: readonly KnownAction[];
  readonly lessons: readonly Pick<LessonSummary, 'name' | 'rung'>[];
  /** What agents remarked about it, the oldest first; at most 20. */
  readonly notes: readonly { readonly at: string; readonly note: string }[];
  /** Different lines of it as they are in the log. */
  readonly examples: readonly string[];
}

export interface Knowledge {
  /** The most frequent first. */
  readonly failures: readonly KnownFailure[];
  /** Occurrences of further signatures, which are not told apart; 0 unless there are very many. */
  readonly others: number;
}

export interface KnowledgeOptions {
  /** The wall clock, in ms since the epoch. */
  readonly now: number;
  readonly lessons?: readonly LessonSummary[] | undefined;
  /** Whether to count what happened to this tool at this time. @default everything */
  readonly accepts?: ((record: { readonly tool: string; readonly timestamp: string }) => boolean) | undefined;
  /** Only this signature. @default all */
  readonly only?: string | undefined;
  readonly onDamage?: ((damage: DamagedRange) => void) | undefined;
}

/** Maximum number of signatures that are told apart. */
const maxSignatures = 20_000;
/** Maximum number of outcomes that are kept for all of them together. */
const maxOutcomes = 200_000;
const maxCached = 20_000;

export const signatureId = /^[0-9a-f]{16}$/;

/** What an action is called: the name of a fix, or the command as a person would type it. */
export const actionText = (action: RepairAction): string => ('use' in action ? action.use : showCommand(action.run));

/** The signature that an event was given when it happened; older events have none. */
export const sigOf = ({ sig }: HealingEvent & { readonly sig?: unknown }): string | undefined =>
  typeof sig === 'string' && signatureId.test(sig) ? sig : undefined;

/** The signature of lines, each worked out once: most lines of a log occur many times. */
const cachedSignatures = (): ((line: string) => Signature) => {
  const known = new Map<string, Signature>();
  return (line) => {
    const found = known.get(line);
    if (found !== undefined) return found;
    if (known.size >= maxCached) known.clear();
    const signature = signatureOf(line);
    known.set(detached(line), signature);
    return signature;
  };
};

const byOdds = (a: KnownAction, b: KnownAction): number =>
  (b.odds.odds ?? -1) - (a.odds.odds ?? -1) || b.odds.trials.of - a.odds.trials.of || (b.last > a.last ? 1 : -1);

const failureOf = (tally: SignatureTally, lessons: readonly LessonSummary[], now: number): KnownFailure => {
  const gaps = tally.gaps.all;
  const actions = [...tally.actions.values()].map(({ action, trials, tools, ...facts }) => ({
    ...facts,
    action,
    text: actionText(action),
    odds: oddsOf(trials.all, gaps, now),
    tools: [...tools],
  }));
  return {
    id: tally.id,
    line: tally.line,
    class: tally.class,
    pattern: tally.pattern,
    seen: tally.seen,
    tools: new Map([...tally.tools].sort(([, a], [, b]) => b - a)),
    first: tally.first === '' ? null : tally.first,
    last: tally.last === '' ? null : tally.last,
    natural: oddsOf([], gaps, now).natural,
    actions: actions.sort(byOdds),
    lessons: lessons
      .filter(({ name, signatures }) => signatures.includes(tally.id) || tally.lessons.has(name))
      .map(({ name, rung }) => ({ name, rung })),
    notes: tally.notes,
    examples: tally.examples,
  };
};

/** Adds up events and the records of repairs by signature. */
class KnowledgeCounter {
  readonly #tallies = new Map<string, SignatureTally>();
  readonly #budget: OutcomeBudget = { left: maxOutcomes };
  readonly #signature = cachedSignatures();
  readonly #actions: ReadonlyMap<string, RepairAction>;
  readonly #lessons: readonly LessonSummary[];
  readonly #only: string | undefined;
  others = 0;

  constructor({ lessons = [], only }: KnowledgeOptions) {
    this.#lessons = lessons;
    this.#actions = new Map(lessons.map(({ name, action }) => [name, action]));
    this.#only = only;
  }

  addEvent(event: HealingEvent, error: string): void {
    const tally = this.#tallyOf(sigOf(event) ?? this.#signature(error).id);
    if (tally === undefined) {
      this.others += 1;
      return;
    }
    if (tally === null) return;
    tally.line ??= detached(this.#signature(error).line);
    tally.addEvent(event, error);
  }

  addRecord(record: LearningRecord): void {
    this.#tallyOf(record.sig)?.addRecord(record, (lesson) => this.#actions.get(lesson));
  }

  failures(now: number): KnownFailure[] {
    return [...this.#tallies.values()]
      .map((tally) => failureOf(tally, this.#lessons, now))
      .sort((a, b) => b.seen - a.seen || ((b.last ?? '') > (a.last ?? '') ? 1 : -1));
  }

  /** Undefined if there is no room for it, null if it is not asked for. */
  #tallyOf(id: string): SignatureTally | undefined | null {
    if (this.#only !== undefined && id !== this.#only) return null;
    const known = this.#tallies.get(id);
    if (known !== undefined || this.#tallies.size >= maxSignatures) return known;
    const tally = new SignatureTally(id, this.#budget);
    this.#tallies.set(tally.id, tally);
    return tally;
  }
}

/**
 * Reads what the log and the records of repairs of a memory folder say about each failure. Both are read once, in pieces; what
 * is kept of them does not grow with their length. Throws if a file cannot be read.
 */
export const readKnowledge = async (memoryDir: string, options: KnowledgeOptions): Promise<Knowledge> => {
  const { accepts = () => true, onDamage, now } = options;
  const counter = new KnowledgeCounter(options);
  const reading = onDamage === undefined ? {} : { onDamage };
  for await (const batch of readEventBatches(memoryDir, reading)) {
    for (const event of batch) {
      if (event.error === null || !accepts(event)) continue;
      counter.addEvent(event, event.error);
    }
  }
  for await (const record of readRepairs(memoryDir, reading)) {
    if (accepts(record)) counter.addRecord(record);
  }
  return { failures: counter.failures(now), others: counter.others };
};
