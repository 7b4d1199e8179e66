// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
import { plainText } from './sanitize.ts';
import { wellFormed } from './well-formed.ts';

const maxReasonLength = 500;

/** Most texts are like this: printable ASCII in words with single spaces between. */
const plainLine = /^[!-~]+(?: [!-~]+)*$/;

/** Makes one line of at most 500 characters of a text. */
export const oneLine = (text: string): string => {
  const line = plainLine.test(text) ? text : plainText(text).replace(/\s+/g, ' ').trim();
  return line.length > maxReasonLength ? `${line.slice(0, maxReasonLength - 1)}…` : line;
};

const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/** Makes one line of at most `limit` characters of a text that may be long, without control and invisible characters. */
export const shortLine = (text: string, limit: number): string => {
  const line = text
    .slice(0, limit * 4)
    .replace(unprintable, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const cut = line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
  return wellFormed(cut);
};
