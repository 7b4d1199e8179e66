import { stripVTControlCharacters } from 'node:util';

const maxReasonLength = 500;

/** Most texts are like this: printable ASCII in words with single spaces between. */
const plainLine = /^[!-~]+(?: [!-~]+)*$/;

/** Makes the output of a program harmless for a terminal: no escape sequences, no control characters. */
export const plainText = (text: string): string =>
  plainLine.test(text) ? text : stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}/gu, '');

/** Makes one line of at most 500 characters of a text. */
export const oneLine = (text: string): string => {
  const line = plainLine.test(text) ? text : plainText(text).replace(/\s+/g, ' ').trim();
  return line.length > maxReasonLength ? `${line.slice(0, maxReasonLength - 1)}…` : line;
};

/** Says what went wrong in words; an error's innermost cause says it best, as with `fetch failed`. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  const cause = error.cause instanceof Error ? `: ${errorText(error.cause)}` : '';
  // An AggregateError of several refused addresses has an empty message.
  return `${error.message || code || error.name}${cause}`;
};
