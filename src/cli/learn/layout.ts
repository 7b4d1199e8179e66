import type { Io } from '../io.ts';

const defaultWidth = 80;
const widest = 160;

/** How wide the lines of an output may be: the terminal's width, or 80. */
export const widthOf = ({ stdout }: Pick<Io, 'stdout'>): number =>
  stdout.isTTY === true ? Math.max(40, Math.min(widest, stdout.columns ?? defaultWidth)) : defaultWidth;

export const cut = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, width - 1)}…`;

/** Breaks a line between words, so that each fits the width; further lines are indented like the first, and two more. */
export const wrap = (line: string, width: number): string[] => {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(indent.length).split(' ')) {
    const start = lines.length === 0 ? indent : `${indent}  `;
    if (current !== '' && start.length + current.length + 1 + word.length > width) {
      lines.push((start + current).trimEnd());
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, (lines.length === 0 ? indent : `${indent}  `) + current];
};
