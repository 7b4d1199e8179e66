import type { LessonFixName } from '../model/terms.ts';
import { digest } from '../sharing/identity.ts';
import type { LessonContent } from './lesson-schema.ts';
import type { Rung } from './model.ts';
import { autoAt } from './odds.ts';

/** A lesson as it was read. */
export interface Lesson {
  /** The name of its file, without `.yaml`. */
  readonly name: string;
  readonly content: LessonContent;
  /** The rung that counts: `proposed` if what was approved is not what the file says. */
  readonly rung: Rung;
  /** Whether the file was changed after it was approved. */
  readonly isEdited: boolean;
  /** A digest of the bytes of the file. */
  readonly version: string;
}

/** The name of a lesson as a fix. */
export const lessonFixName = (name: string): LessonFixName => `lesson:${name}`;

/** A digest of what an approval is for: the lesson's name, its pattern, its fix and its rung. */
export const lessonDigest = (name: string, { pattern, fix, rung }: Pick<LessonContent, 'pattern' | 'fix' | 'rung'>) =>
  digest({ name, pattern, fix, rung });

/** The rung that counts. Nothing has to be approved for a lesson that does nothing. */
export const rungThatCounts = (
  name: string,
  content: LessonContent,
): { readonly rung: Rung; readonly isEdited: boolean } => {
  const { rung, approved } = content;
  if (rung === 'proposed' || rung === 'retired') return { rung, isEdited: false };
  return approved?.digest === lessonDigest(name, content)
    ? { rung, isEdited: false }
    : { rung: 'proposed', isEdited: true };
};

const order: readonly Rung[] = ['retired', 'proposed', 'shadow', 'ask', 'auto'];

/** Whether one rung lets a lesson do more than another. */
export const isUp = (from: Rung, to: Rung): boolean => order.indexOf(to) > order.indexOf(from);

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
  const next = order[order.indexOf(from) + 1];
  if (to !== next) return `a lesson moves up one step at a time: from \`${from}\` to \`${next}\``;
  if (to !== 'auto' || (odds !== null && odds >= autoAt)) return null;
  const known = odds === null ? 'unknown' : `${Math.floor(odds)}:1`;
  return `\`auto\` needs odds of ${autoAt}:1 that the fix works, and they are ${known}`;
};

const maxHistory = 100;

/** The content of a lesson after a move. Pure. */
export const moved = (
  name: string,
  content: LessonContent,
  from: Rung,
  { to, by, at, reason }: Move,
): LessonContent => {
  const instant = new Date(at).toISOString();
  const next = { ...content, rung: to };
  const { approved: _, ...rest } = next;
  const entry = { at: instant, by, from, to, ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }) };
  const isApproved = to !== 'proposed' && to !== 'retired';
  // A lesson that healflow moves down stays approved by the person who approved more.
  const approver = by === healflow ? (content.approved?.by ?? by) : by;
  return {
    ...rest,
    ...(isApproved && { approved: { by: approver, at: instant, digest: lessonDigest(name, next) } }),
    history: [...content.history, entry].slice(-maxHistory),
  };
};
