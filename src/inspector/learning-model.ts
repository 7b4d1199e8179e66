import type { LearningRecord, Odds, RepairAction, Rung } from '../learning/model.ts';

/** Something that was run against a failure, and what is known of it. */
export interface ActionRow {
  /** The name of the fix, or the command as a person would type it. */
  readonly text: string;
  readonly odds: Odds;
  /** How often it ran without a check right before and right after it, which is no evidence. */
  readonly unchecked: number;
  /** Whether the whole command is not known, as a secret in it was masked. */
  readonly isIncomplete: boolean;
  /** Milliseconds since the epoch; null if unknown. */
  readonly last: number | null;
}

/** A failure that the log knows, by its signature. */
export interface SignatureRow {
  readonly id: string;
  /** The failure with its variable parts masked; null if the log no longer has it. */
  readonly line: string | null;
  readonly class: string | null;
  readonly pattern: string | null;
  readonly seen: number;
  /** The calls that failed, by tool, the most first; at most 20. */
  readonly tools: readonly { readonly name: string; readonly seen: number }[];
  readonly toolCount: number;
  /** Milliseconds since the epoch; null if unknown. */
  readonly first: number | null;
  readonly last: number | null;
  /** How often it recovered with nothing run. */
  readonly natural: Odds['natural'];
  /** The highest odds first; at most 20. */
  readonly actions: readonly ActionRow[];
  readonly lessons: readonly { readonly name: string; readonly rung: Rung }[];
  /** What agents remarked. */
  readonly notes: readonly { readonly at: number; readonly note: string }[];
}

/** What was known of a lesson after one of its repairs or trials. */
export interface OddsPoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly odds: number | null;
  readonly succeeded: number;
  readonly of: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** A person, or healflow by itself, moved a lesson to another rung. */
export interface LessonMove {
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly from: Rung;
  readonly to: Rung;
  readonly reason: string | null;
}

export interface LessonRow {
  readonly name: string;
  /** Identifies the content of its file. */
  readonly version: string;
  /** The rung that counts. */
  readonly rung: Rung;
  /** The rung in the file: another one if the approval does not hold. */
  readonly writtenRung: Rung;
  readonly class: string;
  /** Its expressions. */
  readonly text: readonly string[];
  readonly tools: readonly string[];
  readonly action: RepairAction;
  readonly actionText: string;
  readonly odds: Odds;
  /** In the shadow: of how many failures how many ended without the fix; null if there was none. */
  readonly shadow: { readonly needless: number; readonly of: number } | null;
  /** The oldest first; at most 200. */
  readonly history: readonly OddsPoint[];
  readonly approved: { readonly by: string /** Milliseconds since the epoch. */; readonly at: number } | null;
  /** Whether the file was changed since it was approved, so that the approval does not hold. */
  readonly isEdited: boolean;
  /** Whether the rung in its file was approved, but not on this machine. */
  readonly isElsewhere: boolean;
  /** The moves so far, the oldest first. */
  readonly moved: readonly LessonMove[];
  /** The signatures of its examples. */
  readonly signatures: readonly string[];
  /** The rungs that a person can move it to. */
  readonly moves: readonly Rung[];
}

/** A file of a lesson that cannot be read. */
export interface LessonProblem {
  readonly file: string;
  readonly problem: string;
}

export interface LearningOverview {
  /** The most frequent first; at most 100. */
  readonly signatures: readonly SignatureRow[];
  readonly signatureCount: number;
  readonly lessons: readonly LessonRow[];
  readonly lessonProblems: readonly LessonProblem[];
  /** Repairs, trials and recoveries, the newest first; at most 200. */
  readonly records: readonly LearningRecord[];
  readonly recordCount: number;
  /** Records in the files that could not be read. */
  readonly damaged: number;
}

/** An argument of a command that appeared in the output of a tool before the command was first run. */
export interface TaintedArgument {
  /** Its place in the command, from 0. */
  readonly index: number;
  readonly argument: string;
  /** The output, shortened. */
  readonly seenIn: string;
  readonly tool: string;
  readonly at: string;
}

/** What the pattern of a lesson matches in the log, and among texts without a failure. */
export interface PatternTest {
  readonly log: { readonly matched: number; readonly of: number };
  readonly healthy: { readonly matched: number; readonly of: number };
  readonly falseMatches: readonly { readonly kind: string; readonly text: string; readonly source: string }[];
  readonly falseCount: number;
}

export interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
}

/** What a person sees before a lesson is moved. */
export interface LessonReview {
  readonly name: string;
  readonly from: Rung;
  readonly to: Rung;
  readonly version: string;
  /** What changes in its file. */
  readonly diff: readonly DiffLine[];
  /** Why it cannot be moved there; null if it can. */
  readonly refusal: string | null;
  /** Why its command would not run although it is approved; null if it would. */
  readonly cannotRun: string | null;
  /** Null if the move needs no test. */
  readonly test: PatternTest | null;
  /** These must be typed again. */
  readonly taints: readonly TaintedArgument[];
  /** What the check of arguments cannot see. */
  readonly taintLimits: string;
}

/** What the page sends to move a lesson. */
export interface MoveRequest {
  readonly to: Rung;
  /** The version that was reviewed. */
  readonly version: string;
  readonly by: string;
  readonly reason: string | null;
  /** The tainted arguments as they were typed again, by their place in the command. */
  readonly typed: Readonly<Record<string, string>>;
}
