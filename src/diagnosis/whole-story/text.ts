import { withoutAdvice } from './advice.ts';
import { blanks, exceptionClass, headerLine, sourceLine, stackLine } from './blanks.ts';
import { untoldAt } from './clauses.ts';
import { frames } from './frames.ts';
import { phrases } from './languages.ts';
import { partsOf, stepIn, traceOf } from './trace.ts';
import { undone } from './undone.ts';
import { codeWords, partialWords, plainWords, transportWords } from './words.ts';

/** Whether a word is a code of a failure that comes before any effect, such as `UnrecognizedClientException`. */
export type IsCode = (word: string) => boolean;

/** What the words of a report are compared with, beside the vocabulary. */
export interface Story {
  /** The name of the tool: a report may repeat it. */
  readonly tool: string;
  readonly isCode: IsCode;
  /** Words that the user has declared to belong to the failure. */
  readonly ownWords?: string | undefined;
}

const blank = (match: string): string => match.replace(/[^\n]/g, ' ');

/** Stands for what was blanked and speaks of a failure. */
const licence = '\u0001';

/** A word with what belongs to it; digits in it count. */
const wordExpression = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;

// The colours of a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the escape character.
const colours = /\u001b\[[\d;]{0,12}m/g;

/** A request that was answered so may have been carried out. */
const otherStatus =
  /\b(?:status(?: ?code)?|code|http|https?\/\d(?:\.\d)?)["']?[ :=]{0,3}["']?(20[0-7]|226|50[0-24-8])\b/i;

const nameIn = (tool: string): RegExp | null => {
  const parts = partsOf(tool);
  if (parts.length === 0 || parts.length > 8) return null;
  const whole = parts.join('[ ._-]?');
  const one = parts.filter((part) => part.length > 1).join('|');
  return new RegExp(
    `(?<![\\p{L}\\p{N}_-])(?:${whole}(?![\\p{L}\\p{N}_])(?= ?[:→(>-]| failed\\b| error\\b|["'\`])|(?<=^|[:\\]\\d] {1,12}|\\b(?:ERROR|WARN|WARNING|INFO|error|warn) |^ {1,30}|\\n {1,30})(?:${one})(?=: ))`,
    'gimu',
  );
};

/** Blanks all that says nothing of what happened. */
const reduced = (text: string, tool: string): string => {
  let rest = text;
  if (/^(?:< ?)?HTTP\/\d/m.test(rest)) rest = rest.replace(headerLine, blank);
  for (const expression of frames) rest = rest.replace(expression, (match) => licence + blank(match.slice(1)));
  rest = withoutAdvice(rest, tool, (match) => licence + blank(match.slice(1)));
  rest = undone(rest, tool, (match) => licence + blank(match.slice(1)));
  for (const expression of blanks) rest = rest.replace(expression, blank);
  const name = nameIn(tool);
  if (name !== null) rest = rest.replace(name, blank);
  rest = rest.replace(exceptionClass, (match, namespace: string, called: string) =>
    (namespace !== '' || transportWords.test(called)) && !partialWords.test(match)
      ? licence + blank(match.slice(1))
      : match,
  );
  for (const expression of phrases) rest = rest.replace(expression, (match) => licence + blank(match.slice(1)));
  return rest;
};

/** Words of a request that was on its way: whatever else is said, it may have been carried out. */
const underWay =
  /\b(?:(?:read|write) E[A-Z]{3,12}|ECONNRESET|EPIPE|ECONNABORTED|socket hang up|read time(?:d )?-?out|bad gateway|gateway time-?out|internal server error|no (?:response|reply|answer)(?! body)|did not (?:respond|answer|reply)|empty reply|unexpected EOF|broken pipe|(?:connection|stream) (?:was )?(?:reset|closed|lost|dropped)|reset by peer)\b/i;

/** A plain failure report is short, but for its stack trace: what is longer is not read, and counts as more than a failure. */
const longestReport = 2_500;
const longest = 16_000;

const withoutTrace = (text: string): string =>
  text
    .replace(sourceLine, '')
    .replace(stackLine, '')
    .replace(/\n(?:[ \t]*\n)+/g, '\n');

/** Finds the first words of a text that a plain failure report would not have; null if it is nothing but one. Pure. */
export const remainderOfText = (coloured: string, { tool, isCode }: Story, isName = false): string | null => {
  if (coloured.length > longest) return clauseAt(coloured, longest);
  const traced = coloured.replace(colours, blank);
  const step = stepIn(traceOf(traced)) ?? otherStatus.exec(traced)?.[0] ?? null;
  if (step !== null) return step;
  const text = withoutTrace(traced);
  if (text.length > longestReport) return clauseAt(text, longestReport);
  const rest = reduced(text, tool);
  const sent = underWay.exec(rest);
  if (sent !== null) return clauseAt(text, sent.index);
  for (const match of rest.matchAll(wordExpression)) {
    const word = match[0].replaceAll('’', "'").replace(/['_-]+$/, '');
    const isPlain =
      codeWords.test(word) ||
      isCode(word) ||
      (!/^\d+$/.test(word) && partsOf(word).every((part) => plainWords.has(part)));
    if (!isPlain) return clauseAt(text, match.index);
  }
  if (isName) return null;
  const at = untoldAt(rest, isCode);
  return at === -1 ? null : clauseAt(text, at);
};

const clauseEnd = /[\n.:;,()[\]{}|]/;

/** The clause around an offset, at most 80 characters. */
const clauseAt = (text: string, at: number): string => {
  const before =
    text
      .slice(Math.max(0, at - 40), at)
      .split(clauseEnd)
      .at(-1) ?? '';
  const after = text.slice(at, at + 80).split(clauseEnd, 1)[0] ?? '';
  return `${before}${after === '' ? text.slice(at, at + 1) : after}`.trim().slice(0, 80);
};
