import { isRandom } from './words.ts';

const lineBreak = String.raw`(?:\\?\r?\n|\\n)[ \t>|│]{0,80}`;
const rest = new RegExp(String.raw`${lineBreak}([\w.~+/-]{6,2000}={0,2})(?=[\s"'\x60|│\\,;)\]}]|$)`, 'y');
const maxLines = 50;

const isHex = (text: string): boolean => /^[0-9a-fA-F-]+$/.test(text);

/** Whether a word looks like the rest of a token that was wrapped, not like the next line of a list. */
const continues = (token: string, word: string): boolean => {
  if (isHex(word)) return isHex(token) && !word.includes('-');
  // Names of pods and the like have no capitals.
  if (/[-.]/.test(word) && !/[A-Z]/.test(word)) return false;
  const isMixed = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(word)) && !/^[A-Z]?[a-z]+\d+$/.test(word);
  return isMixed || isRandom(word) || /[a-z][A-Z]{2}|[A-Z]{3}[a-z]/.test(word);
};

/** Where a token ends that begins at `start`, if it was wrapped at `end`; else `end` itself. */
export const wrappedEnd = (text: string, start: number, end: number): number => {
  const next = text[end];
  if (next !== '\n' && next !== '\r' && next !== '\\') return end;
  const token = /([\w.~+/-]{8,200})\\?$/.exec(text.slice(Math.max(start, end - 200), end))?.[1];
  if (token === undefined) return end;
  let at = end;
  for (let line = 0; line < maxLines; line += 1) {
    rest.lastIndex = at;
    const word = rest.exec(text)?.[1];
    if (word === undefined || !continues(token, word)) break;
    at = rest.lastIndex;
  }
  return at;
};
