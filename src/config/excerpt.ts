import type { Redact } from '../model/diagnosis.ts';
import { mask } from '../redact/spans.ts';
import { blankControls } from '../text/sanitize.ts';

const widest = 120;

const flatten = (line: string): string => blankControls(line.replace(/\r$/, ''));

/**
 * The lines of a file with their secrets masked. What is around a line may say that it is one: a key above it, the
 * beginning of a private key. Such a line, which is no secret by itself, is masked as a whole.
 */
export const maskedLines = (text: string, redact: Redact): string[] => {
  const whole = redact(text).split('\n');
  const lines = text.split('\n');
  if (whole.length === lines.length) return whole.map(flatten);
  const clean = new Set(whole);
  return lines.map((line) => {
    const masked = redact(line);
    return flatten(masked !== line || clean.has(line) ? masked : line.replace(/\S.*/, mask()));
  });
};

/** Shows a line of a file with carets under a part of it; `masked` is the line with its secrets masked. */
export const excerpt = (line: string, lineNumber: number, column: number, length: number, masked: string): string => {
  const flat = flatten(line);
  // A long line is shown from shortly before the place on.
  const from = column - 1 > widest - 40 ? column - 1 - 20 : 0;
  const shown = masked.slice(from, from + widest);
  const margin = `  ${lineNumber} | `;
  const head = `${margin}${shown}`;
  const end = column - 1 + length;
  // Where a mask has moved the text, a caret would point at the wrong place.
  if (masked.slice(0, end) !== flat.slice(0, end)) return head;
  const carets = '^'.repeat(Math.max(1, Math.min(length, from + widest - (column - 1))));
  return `${head}\n${' '.repeat(margin.length - 2)}| ${' '.repeat(column - 1 - from)}${carets}`;
};
