import type { FoundValue } from '../values.ts';
import { isFilePath, isOpaque, isPlaceholder, isProseWord, isSentence } from '../words.ts';
import { endsLineAfter, startsLine } from './line.ts';
import type { Name } from './name.ts';

/**
 * How a value is tied to its name: by `=` or in quoted JSON, by the same with the URL's escapes, by a colon, as the
 * argument of a flag, or as the next column.
 */
export type Tie = 'assigned' | 'encoded' | 'colon' | 'flag' | 'column';

const call = /^[A-Za-z_$][\w$]{0,60}(?:\.[A-Za-z_$][\w$]{0,60}){0,8}\(/;
const member =
  /^(?:process\.env|os\.environ|import\.meta|config|this|self|options|args|env|settings|var|local|data|module)[.[]/;

/** Whether what stands at the place of a secret's value is one, and not a word about it. */
export const isSecret = (text: string, name: Name, tie: Tie, found: FoundValue): boolean => {
  const value = text.slice(found.start, found.end);
  // What is left alone is looked at again, so it must be short; a text this long is never a mere word.
  if (value.length > 500) return true;
  if (isPlaceholder(value) || !/[\p{L}\p{N}]/u.test(value)) return false;
  if (name.kind === 'weak') return value.length >= 8 && !/\s/.test(value) && isOpaque(value) && !/^\d+$/.test(value);
  if (isProseWord(value) || isFilePath(value)) return false;
  // Counts: tokens used, secrets found.
  if (name.kind !== 'password' && /^\d{1,7}$/.test(value)) return false;
  if (found.quoted) return !isSentence(value);
  if (call.test(value) || member.test(value)) return false;
  if (tie === 'flag') return !/^[A-Z][A-Z_]*$/.test(value);
  if (tie !== 'colon') return true;
  // A colon stands in sentences, too.
  if (text[name.start - 1] === '/') return false;
  const wholeLine = startsLine(text, name.start) && endsLineAfter(text, found.end);
  return isOpaque(value) || (wholeLine && (name.kind === 'password' || value.length >= 6));
};
