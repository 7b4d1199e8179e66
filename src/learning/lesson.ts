import type { LessonFixName } from '../model/terms.ts';
import { digest } from '../sharing/identity.ts';
import type { Approvals } from './approvals.ts';
import type { LessonContent } from './lesson-schema.ts';
import { maxSeals, type Rung } from './model.ts';
import { autoAt } from './odds.ts';

/** A lesson as it was read. */
export interface Lesson {
  /** The name of its file, without `.yaml`. */
  readonly name: string;
  readonly content: LessonContent;
  /** The rung that counts: `proposed` if what was approved is not what the file says, or was not approved on this machine. */
  readonly rung: Rung;
  /** Whether the file was changed after it was approved. */
  readonly isEdited: boolean;
  /** Whether the rung in the file was approved, but not on this machine: less counts here, or nothing. */
  readonly isElsewhere: boolean;
  /** A digest of the bytes of the file. */
  readonly version: string;
}

/** The name of a lesson as a fix. */
export const lessonFixName = (name: string): LessonFixName => `lesson:${name}`;

/** A digest of what an approval is for: the lesson's name, its pattern, its fix and its rung. */
export const lessonDigest = (name: string, { pattern, fix, rung }: Pick<LessonContent, 'pattern' | 'fix' | 'rung'>) =>
  digest({ name, pattern, fix, rung });

/** A digest of what a lesson does: its pattern and its fix. The trials of another one are no evidence for it. */
export const triedDigest = ({ pattern, fix }: Pick<LessonContent, 'pattern' | 'fix'>): string =>
  digest({ pattern, fix });

/** Whether a digest of a pattern and a fix is one that a fleet has made. */
export const isFleetDigest = (tried: string): boolean => tried.length === 64;

/** The rungs, from the one at which a lesson does least to the one at which it does most. */
export const ladder: readonly Rung[] = ['retired', 'proposed', 'shadow', 'ask', 'auto'];

/** Whether one rung lets a lesson do more than another. */
export const isUp = (from: Rung, to: Rung): boolean => ladder.indexOf(to) > ladder.indexOf(from);

const approvable = ['auto', 'ask', 'shadow'] as const;

const digestAt = (name: string, content: LessonContent, rung: Rung): string => lessonDigest(name, { ...content, rung });

/** The rung that counts, on this machine. Nothing has to be approved for a lesson that does nothing. */
export const rungThatCounts = (
  name: string,
  content: LessonContent,
  { isSealed }: Approvals,
): Pick<Lesson, 'rung' | 'isEdited' | 'isElsewhere'> => {
  const { rung, approved } = content;
  if (rung === 'proposed' || rung === 'retired') return { rung, isEdited: false, isElsewhere: false };
  if (approved?.digest !== lessonDigest(name, content)) return { rung: 'proposed', isEdited: true, isElsewhere: false };
  // Who approved more has approved less too.
  const here = approvable.find((one) => isSealed(digestAt(name, content, one), approved.seals)) ?? 'proposed';
  return isUp(here, rung)
    ? { rung: here, isEdited: false, isElsewhere: true }
    : { rung, isEdited: false, isElsewhere: false };
};

/** Why less than the rung in the file counts, for people; null if that counts. */
export const doubtOf = ({ rung, isEdited, isElsewhere, content }: Omit<Lesson, 'name' | 'version'>): string | null => {
  if (isEdited) return `it was changed after it was approved for \`${content.rung}\`, so it counts as \`proposed\``;
  if (!isElsewhere) return null;
  return `it was approved for \`${content.rung}\` on another machine, and counts as \`${rung}\` here: approve it here too`;
};

/** Who moves a lesson down by itself. */
export const healflow = 'healflow';

export interface Move {
  readonly to: Rung;
  /** The name of the person; `healflow` only moves down. */
  readonly by: string;
  /** When, in ms since the epoch. */
  readonly at: number;
  /** Required to retire. */
  readonly reason?: string | undefined;
  /** The odds as they are known now; required for `auto`. */
  readonly odds?: number | null | undefined;
}

/** Why a lesson cannot be moved so; null if it can. Pure. */
export const moveDenied = (from: Rung, { to, by, reason, odds = null }: Move): string | null => {
  if (to === from) return `it is already at \`${to}\``;
  if (!/\S/.test(by) || by.length > 100)
    return 'a move needs the name of the person who decides it, of at most 100 characters';
  if (to === 'retired') return reason === undefined || reason.trim() === '' ? 'retiring a lesson needs a reason' : null;
  if (!isUp(from, to)) return null;
  if (by === healflow) return 'only a person moves a lesson up';
  const next = ladder[ladder.indexOf(from) + 1];
  if (to !== next) return `a lesson moves up one step at a time: from \`${from}\` to \`${next}\``;
  if (to !== 'auto' || (odds !== null && odds >= autoAt)) return null;
  const known = odds === null ? 'unknown' : `${Math.floor(odds)}:1`;
  return `\`auto\` needs odds of ${autoAt}:1 that the fix works, and they are ${known}`;
};

const maxHistory = 100;

/** What a move of a lesson changes, and what has to be sealed for it: null if that is nothing. Pure. */
export interface Moved {
  readonly content: LessonContent;
  /** The digest to seal on this machine. */
  readonly sealed: string | null;
}

/**
 * The content of a lesson after a move, without the seal of this machine. A lesson that was approved elsewhere keeps the rung of
 * its file while it is moved up to it here. Pure.
 */
export const moved = (
  { name, content, rung: from, isElsewhere }: Omit<Lesson, 'version'>,
  { to, by, at, reason }: Move,
  { isSealed }: Approvals,
): Moved => {
  const instant = new Date(at).toISOString();
  const { approved, ...rest } = content;
  const entry = { at: instant, by, from, to, ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }) };
  const history = [...content.history, entry].slice(-maxHistory);
  if (to === 'proposed' || to === 'retired') return { content: { ...rest, rung: to, history }, sealed: null };
  const isOwn = (seal: string): boolean => approvable.some((one) => isSealed(digestAt(name, content, one), [seal]));
  const seals = (approved?.seals ?? []).filter((seal) => !isOwn(seal)).slice(1 - maxSeals);
  const sealed = digestAt(name, content, to);
  if (isElsewhere && approved !== undefined && isUp(from, to) && !isUp(content.rung, to)) {
    return { content: { ...content, approved: { ...approved, seals }, history }, sealed };
  }
  // A lesson that healflow moves down stays approved by the person who approved more.
  const approver = by === healflow ? (approved?.by ?? by) : by;
  return {
    content: { ...rest, rung: to, approved: { by: approver, at: instant, digest: sealed, seals }, history },
    sealed,
  };
};

/** The content with one more seal. */
export const withSeal = (content: LessonContent, seal: string): LessonContent =>
  content.approved === undefined
    ? content
    : { ...content, approved: { ...content.approved, seals: [...content.approved.seals, seal] } };
