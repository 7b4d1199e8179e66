import type { AddSpan, Detector } from '../spans.ts';
import { isPlaceholder, isProseWord, looksSecret } from '../words.ts';
import { type Name, nextName } from './name.ts';

const longestLine = 2_000;
const maxRows = 100;

interface Cell {
  readonly start: number;
  readonly end: number;
}

const trimmed = (text: string, start: number, end: number): Cell => {
  const isEdge = (at: number): boolean => /[\s"'`*]/.test(text[at] as string);
  let from = start;
  let to = end;
  while (from < to && isEdge(from)) from += 1;
  while (to > from && isEdge(to - 1)) to -= 1;
  return { start: from, end: to };
};

/** The cells of the line from `start` up to `end`; a column of spaces is as wide as its header says. */
type Split = (start: number, end: number) => Cell[];

const byMark =
  (text: string, mark: string): Split =>
  (start, end) => {
    const cells: Cell[] = [];
    for (let at = start; at <= end; ) {
      const found = text.indexOf(mark, at);
      const stop = found < 0 || found > end ? end : found;
      cells.push(trimmed(text, at, stop));
      at = stop + 1;
    }
    return cells;
  };

const word = /\S{1,500}/y;

const byColumns =
  (text: string, columns: readonly number[]): Split =>
  (start, end) =>
    columns.map((column) => {
      const at = start + column;
      word.lastIndex = at;
      const starts = at < end && (column === 0 || /\s/.test(text[at - 1] as string));
      return starts && word.test(text) ? { start: at, end: word.lastIndex } : { start: at, end: at };
    });

/** How the columns are told apart, by a header; null if it is none. */
const splitOf = (text: string, start: number, end: number): Split | null => {
  const line = text.slice(start, end);
  for (const mark of ['|', '│', '\t']) if (line.includes(mark)) return byMark(text, mark);
  if (/^"?[\w.-]{1,40}"?(?:,"?[\w.-]{1,40}"?){1,40}\s?$/.test(line)) return byMark(text, ',');
  const columns = [...line.matchAll(/(?<=^|\s{2})[\w-]+(?: [\w-]+)?(?=\s{2}|\s?$)/g)].map(({ index }) => index);
  return columns.length < 2 ? null : byColumns(text, columns);
};

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

/** The rule between the header of a table and its rows. */
const ruleLine = /^[-+=|:\s│┼─]+$/;
const person = /^(?:user|username|user_name|user[_-]?id|login|email|e-?mail|account|name|host|hostname)$/i;

/** Whether a word in the column of passwords is one, since people or accounts are beside it. */
const isPlainPassword = (value: string): boolean =>
  /^\S{6,64}$/.test(value) &&
  /\p{L}/u.test(value) &&
  !isProseWord(value) &&
  !isPlaceholder(value) &&
  !/^\d{4}-\d\d/.test(value);

const addColumn = (text: string, name: Name, start: number, end: number, add: AddSpan): number => {
  const split = splitOf(text, start, end);
  const header = split?.(start, end) ?? [];
  const column = header.findIndex((cell) => cell.start === name.start && cell.end === name.end);
  if (split === null || column < 0 || header.length < 2) return end;
  const ofPeople =
    name.kind === 'password' &&
    header.some((cell) => person.test(text.slice(cell.start, cell.end).replace(/\W+$/, '')));
  let row = end + 1;
  for (let count = 0; count < maxRows && row < text.length; count += 1) {
    const rowEnd = lineEnd(text, row);
    if (rowEnd === row || rowEnd - row > longestLine) break;
    if (ruleLine.test(text.slice(row, rowEnd))) {
      row = rowEnd + 1;
      continue;
    }
    const cells = split(row, rowEnd);
    if (cells.length !== header.length) break;
    const { start: from, end: to } = cells[column] as Cell;
    const value = text.slice(from, to);
    if (looksSecret(value, name.kind === 'password' ? 6 : 10) || (ofPeople && isPlainPassword(value))) add(from, to);
    row = rowEnd + 1;
  }
  return row - 1;
};

/** Finds secrets in the column of a table whose header names them: with bars, tabs, commas or spaces between the cells. */
export const findInTables: Detector = (text, add) => {
  for (let name = nextName(text, 0); name !== null; ) {
    const start = text.lastIndexOf('\n', name.start) + 1;
    const end = lineEnd(text, name.end);
    const isRow = end - start <= longestLine && name.kind !== 'weak';
    // The rows of a table are not read as headers; a long line is left as a whole.
    const next = isRow ? addColumn(text, name, start, end, add) : end;
    name = nextName(text, next > end ? next : isRow ? name.end : end);
  }
};
