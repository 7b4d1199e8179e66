import type { Redact } from '../model/diagnosis.ts';
import { blankControls } from '../text/sanitize.ts';

const widest = 120;

/** Shows a line of a file with carets under a part of it; secrets in it are masked. */
export const excerpt = (line: string, lineNumber: number, column: number, length: number, redact: Redact): string => {
  const flat = blankControls(line.replace(/\r$/, ''));
  // A long line is shown from shortly before the place on.
  const from = column - 1 > widest - 40 ? column - 1 - 20 : 0;
  const masked = redact(flat);
  const shown = masked.slice(from, from + widest);
  const margin = `  ${lineNumber} | `;
  const head = `${margin}${shown}`;
  const end = column - 1 + length;
  // Where a mask has moved the text, a caret would point at the wrong place.
  if (masked.slice(0, end) !== flat.slice(0, end)) return head;
  const carets = '^'.repeat(Math.max(1, Math.min(length, from + widest - (column - 1))));
  return `${head}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(column - 1 - from)}${carets}`;
};
