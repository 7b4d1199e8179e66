import { isDeepStrictEqual } from 'node:util';
import type { HealingEvent } from '../event-log/event.ts';
import { readEventBatches } from '../event-log/read.ts';
import type { DamagedRange } from '../event-log/record-splitter.ts';
import { showCommand } from '../text/command-line.ts';
import { DetachedNames, detached } from '../text/detach.ts';
import type { Gap } from './gap-tally.ts';
import type { LearningRecord, Odds, RepairAction, Rung, Signature } from './model.ts';
import { oddsOf } from './odds.ts';
import { type OddsAt, oddsHistory } from './odds-history.ts';
import { readRepairs } from './read-repairs.ts';
import type { OutcomeBudget } from './ring.ts';
import { separateTrials } from './separate-trials.ts';
import { signatureOf } from './signature.ts';
import { type ActionTally, SignatureTally } from './signature-tally.ts';

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
  /** The digests that trials of its pattern and its fix have, as both are now. */
  readonly digests: readonly string[];
  /** Globs of the tools that it is for; absent if it is for all. */
  readonly tools?: readonly string[] | undefined;
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
  /** How many of the failures that were watched ended by themselves, sooner or later; with `of: 0`, that is unknown. */
  readonly natural: Odds['natural'];
  /** What was run against it, the highest odds first. */
  readonly actions: readonly KnownAction[];
  readonly lessons: readonly (Pick<LessonSummary, 'name' | 'rung'> & {
    /** In the shadow: in how many of its trials the failure ended by itself; absent if there was none. */
    readonly shadow?: { readonly needless: number; readonly of: number };
  })[];
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
  /** Adds up what is known of an action against failures with any of these signatures, for some tools only. */
  readonly actionFor: (question: ActionQuestion) => KnownAction | undefined;
  /** How the odds of that action changed; the last point has those of `actionFor`. */
  readonly historyFor: (question: ActionQuestion) => readonly OddsAt[];
}

export interface ActionQuestion {
  readonly action: RepairAction;
  readonly signatures: readonly string[];
  readonly isFor: (tool: string) => boolean;
}

export interface KnowledgeOptions {
  /** The wall clock, in ms since the epoch. */
  readonly now: number;
  readonly lessons?: readonly LessonSummary[] | undefined;
  /** Which failures to show: what is known of them does not change. @default all */
  readonly accepts?: ((record: { readonly tool: string; readonly timestamp: string }) => boolean) | undefined;
  /** Only this signature. @default all */
  readonly only?: string | undefined;
  readonly onDamage?: ((damage: DamagedRange) => void) | undefined;
}

/** Maximum number of signatures that are told apart. */
const maxSignatures = 20_000;
/** Maximum number of outcomes that are kept for all of them together. */
const maxOutcomes = 200_000;
/** Nearly all lines of a log are among the last ones, or occur once. */
const maxCached = 2_000;

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

/** What is recorded of an action against failures with one signature. */
interface ActionRecords {
  readonly tally: ActionTally;
  readonly gaps: readonly Gap[];
}

/** What counts of an action, of one or more signatures. Trials and gaps of other tools do not. */
const outcomesOf = (records: readonly ActionRecords[], isFor: (tool: string) => boolean) => ({
  trials: separateTrials(records.flatMap(({ tally }) => tally.trials.of(isFor))),
  gaps: records.flatMap(({ gaps }) => gaps).filter(({ tool }) => isFor(tool)),
});

/** What is known of an action, of one or more signatures. */
const knownAction = (
  tallies: readonly ActionRecords[],
  isFor: (tool: string) => boolean,
  now: number,
): KnownAction | undefined => {
  const [first] = tallies;
  if (first === undefined) return undefined;
  const all = tallies.map(({ tally }) => tally);
  const { action, isIncomplete } = first.tally;
  const { trials, gaps } = outcomesOf(tallies, isFor);
  return {
    action,
    text: actionText(action),
    odds: oddsOf(trials, gaps, now),
    unchecked: all.reduce((sum, { unchecked }) => sum + unchecked, 0),
    isIncomplete,
    first: all.map((tally) => tally.first).sort()[0] ?? '',
    last:
      all
        .map((tally) => tally.last)
        .sort()
        .at(-1) ?? '',
    tools: [...new Set(all.flatMap(({ tools }) => [...tools]))],
  };
};

const failureOf = (tally: SignatureTally, lessons: readonly LessonSummary[], now: number): KnownFailure => {
  const gaps = tally.gaps.all;
  const actions = [...tally.actions.values()].flatMap(
    // What another tool did says nothing about the tools that the action was run for.
    (one) => knownAction([{ tally: one, gaps }], (tool) => one.tools.has(tool), now) ?? [],
  );
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
      .map(({ name, rung }) => {
        const shadow = tally.shadows.get(name);
        return { name, rung, ...(shadow === undefined ? {} : { shadow }) };
      }),
    notes: tally.notes,
    examples: tally.examples,
  };
};

/** Adds up events and the records of repairs by signature. */
class KnowledgeCounter {
  readonly #tallies = new Map<string, SignatureTally>();
  readonly #budget: OutcomeBudget = { left: maxOutcomes };
  readonly #names = new DetachedNames();
  readonly #signature = cachedSignatures();
  readonly #byName: ReadonlyMap<string, LessonSummary>;
  readonly #lessons: readonly LessonSummary[];
  readonly #only: string | undefined;
  others = 0;

  constructor({ lessons = [], only }: KnowledgeOptions) {
    this.#lessons = lessons;
    this.#byName = new Map(lessons.map((lesson) => [lesson.name, lesson]));
    this.#only = only;
  }

  /** @param isShown Whether the failure is one of those that are asked for; as evidence, it counts either way. */
  addEvent(event: HealingEvent, error: string, isShown: boolean): void {
    const tally = this.#tallyOf(this.#knownSig(event) ?? sigOf(event) ?? this.#signature(error).id);
    if (tally === undefined) {
      if (isShown) this.others += 1;
      return;
    }
    if (tally === null) return;
    tally.line ??= detached(this.#signature(error).line);
    if (isShown) tally.addFailure(event, error);
    tally.addRun(event);
  }

  addRecord(record: LearningRecord): void {
    this.#tallyOf(record.sig)?.addRecord(record, ({ lesson, digest }) => {
      const known = this.#byName.get(lesson);
      // A trial of another fix, or of another pattern, is no trial of this one.
      return digest !== undefined && known?.digests.includes(digest) === true ? known.action : undefined;
    });
  }

  failures(now: number, isShown: (tally: SignatureTally) => boolean): KnownFailure[] {
    return [...this.#tallies.values()]
      .filter(isShown)
      .map((tally) => failureOf(tally, this.#lessons, now))
      .sort((a, b) => b.seen - a.seen || ((b.last ?? '') > (a.last ?? '') ? 1 : -1));
  }

  actionFor(question: ActionQuestion, now: number): KnownAction | undefined {
    return knownAction(this.#recordsFor(question), question.isFor, now);
  }

  historyFor(question: ActionQuestion, now: number): readonly OddsAt[] {
    const { trials, gaps } = outcomesOf(this.#recordsFor(question), question.isFor);
    return oddsHistory(trials, gaps, now);
  }

  #recordsFor({ action, signatures }: ActionQuestion): readonly ActionRecords[] {
    return signatures.flatMap((sig) => {
      const known = this.#tallies.get(sig);
      const tally =
        known && [...known.actions.values()].find((one) => !one.isIncomplete && isDeepStrictEqual(one.action, action));
      return known === undefined || tally === undefined ? [] : [{ tally, gaps: known.gaps.all }];
    });
  }

  /** The signature that an event was given, if others had it too: that one need not be looked at again. */
  #knownSig({ sig }: HealingEvent & { readonly sig?: unknown }): string | undefined {
    return typeof sig === 'string' && this.#tallies.has(sig) ? sig : undefined;
  }

  /** Undefined if there is no room for it, null if it is not asked for. */
  #tallyOf(id: string): SignatureTally | undefined | null {
    if (this.#only !== undefined && id !== this.#only) return null;
    const known = this.#tallies.get(id);
    if (known !== undefined || this.#tallies.size >= maxSignatures) return known;
    const tally = new SignatureTally(id, this.#budget, this.#names);
    this.#tallies.set(tally.id, tally);
    return tally;
  }
}

/**
 * Reads what the log and the records of repairs of a memory folder say about each failure. Both are read once, in pieces; what
 * is kept of them does not grow with their length. Throws if a file cannot be read.
 */
export const readKnowledge = async (memoryDir: string, options: KnowledgeOptions): Promise<Knowledge> => {
  const { accepts, onDamage, now } = options;
  const counter = new KnowledgeCounter(options);
  const accepted = new Set<string>();
  const reading = onDamage === undefined ? {} : { onDamage };
  for await (const batch of readEventBatches(memoryDir, reading)) {
    for (const event of batch) {
      if (event.error !== null) counter.addEvent(event, event.error, accepts === undefined || accepts(event));
    }
  }
  for await (const record of readRepairs(memoryDir, reading)) {
    counter.addRecord(record);
    if (accepts?.(record) === true) accepted.add(record.sig);
  }
  return {
    failures: counter.failures(now, ({ id, seen }) => accepts === undefined || seen > 0 || accepted.has(id)),
    others: counter.others,
    actionFor: (question) => counter.actionFor(question, now),
    historyFor: (question) => counter.historyFor(question, now),
  };
};
