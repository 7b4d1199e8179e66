import { HealError } from '../errors.ts';
import { printable } from '../text/sanitize.ts';
import type { Io } from './io.ts';
import { widthOf, wrap } from './learn/layout.ts';

const prefix = 'healflow: ';

const wrapped = (text: string, { stderr }: Pick<Io, 'stderr'>): string =>
  (prefix + text)
    .split('\n')
    .flatMap((line) => wrap(line, widthOf({ stdout: stderr })))
    .join('\n');

/** Writes messages to stderr, wrapped at the width of the terminal. */
export const sayTo =
  (io: Io) =>
  (text: string): void =>
    void io.stderr.write(`${wrapped(printable(text), io)}\n`);

/** The same error with a message that is wrapped at the width of the terminal; its start is for `healflow: `. */
export const wrapError = (error: unknown, io: Io): unknown =>
  error instanceof HealError
    ? new HealError(error.code, wrapped(error.message, io).slice(prefix.length), { cause: error })
    : error;

const units = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** How long ago something was, in its largest unit of which there are at least two: `24 s ago`, `3 days ago`. */
export const agoText = (ms: number): string => {
  const [unit, unitMs] = units.find(([, length]) => ms >= 2 * length) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit} ago`;
};
