import { printable } from '../text/sanitize.ts';

/** A line of a text and the range of a match in it. */
export interface Excerpt {
  readonly line: string;
  readonly start: number;
  readonly length: number;
}

const before = 40;
const width = 96;

/** Returns the line that contains a match, shortened around it and safe for a terminal; null if there is no match. */
export const excerptOf = (text: string, piece: string): Excerpt | null => {
  const first = piece.split('…')[0]?.trimEnd() ?? '';
  const at = first === '' ? -1 : text.indexOf(first);
  if (at === -1) return null;
  const lineStart = text.lastIndexOf('\n', at) + 1;
  const newline = text.indexOf('\n', at);
  const lineEnd = newline === -1 ? text.length : newline;
  const start = Math.max(lineStart, at - before);
  const end = Math.min(lineEnd, start + width);
  const lead = `${start > lineStart ? '…' : ''}${printable(text.slice(start, at))}`;
  const matched = printable(text.slice(at, Math.min(end, at + first.length)));
  const rest = `${printable(text.slice(Math.min(end, at + first.length), end))}${end < lineEnd ? '…' : ''}`;
  return { line: `${lead}${matched}${rest}`, start: lead.length, length: Math.max(1, matched.length) };
};
