import { maskPattern } from './spans.ts';

/** Where the value of a key is in a text. */
export interface FoundValue {
  readonly start: number;
  readonly end: number;
  /** Whether quotes stand around it. */
  readonly quoted: boolean;
}

const quotes = '"\'`';
const maskHere = new RegExp(maskPattern.source, 'y');

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\t';
const endsLine = (char: string | undefined): boolean => char === undefined || char === '\n' || char === '\r';

/** Steps over spaces and tabs, at most 200 of them. */
export const skipSpaces = (text: string, at: number): number => {
  let index = at;
  while (index < at + 200 && isSpace(text[index])) index += 1;
  return index;
};

/** Where the quote at `at` is that may have been escaped, once or more often, as in JSON inside of JSON; -1 if none does. */
export const quoteAt = (text: string, at: number): number => {
  let index = at;
  while (index < at + 32 && text[index] === '\\') index += 1;
  return quotes.includes(text[index] ?? '\0') ? index : -1;
};

/** Reads the quoted value whose opening quote is at `quote`, after `escapes` backslashes. Unclosed, it goes to the end of the line. */
export const readQuoted = (text: string, quote: number, escapes: number): FoundValue => {
  const mark = text[quote];
  const start = quote + 1;
  let run = 0;
  let index = start;
  for (; !endsLine(text[index]); index += 1) {
    if (text[index] === '\\') {
      run += 1;
      continue;
    }
    // An inner quote carries more backslashes than the opening one; an escaped backslash doubles its share.
    if (text[index] === mark && run % (2 * (escapes + 1)) === escapes)
      return { start, end: index - escapes, quoted: true };
    run = 0;
  }
  return { start, end: index, quoted: true };
};

const startsNextField = /[\w.-]{1,40}\s{0,4}[=:]/y;

/** Whether the comma or semicolon at `at` ends a value: a space, a quote, the end or the next `key=` follows it. */
const separates = (text: string, at: number): boolean => {
  const next = text[at + 1];
  if (next === undefined || /[\s"'`\\,;&)\]}]/.test(next)) return true;
  startsNextField.lastIndex = at + 1;
  return startsNextField.test(text);
};

const endsUnquoted = (text: string, at: number): boolean => {
  const char = text[at] as string;
  if (char <= ' ' || char === '&' || quotes.includes(char) || char === '\u00a0') return true;
  if (char === ',' || char === ';') return separates(text, at);
  if (char === '<' || char === '>') return /[\s/a-z!<"'`]/i.test(text[at + 1] ?? ' ');
  // An escaped line break or quote belongs to the text around.
  if (char === '\\') return /[nrtu"'`\\]/.test(text[at + 1] ?? '\\');
  return false;
};

const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Reads a value without quotes. A closing bracket or a full stop at its end counts as the text's own. */
export const readUnquotedValue = (text: string, start: number): FoundValue => {
  let index = start;
  let solid = start;
  while (index < text.length) {
    if (text[index] === '[') {
      maskHere.lastIndex = index;
      const masked = maskHere.exec(text);
      if (masked !== null) {
        index += masked[0].length;
        solid = index;
        continue;
      }
    }
    if (endsUnquoted(text, index)) break;
    index += 1;
  }
  let end = index;
  for (; end > solid; end -= 1) {
    const last = text[end - 1] as string;
    const opener = closers[last];
    if (opener === undefined ? !'.,;:'.includes(last) : text.slice(Math.max(start, end - 200), end).includes(opener))
      break;
  }
  return { start, end, quoted: false };
};

/** Reads to the end of the line, or to the quote or escaped line break that ends it sooner. */
export const readLine = (text: string, start: number): FoundValue => {
  let index = start;
  for (; !endsLine(text[index]); index += 1) {
    if (quotes.includes(text[index] as string)) break;
    if (text[index] === '\\' && /[nr"'`\\]/.test(text[index + 1] ?? '')) break;
  }
  let end = index;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  return { start, end, quoted: false };
};
