import type { FoundValue } from '../values.ts';
import {
  isFilePath,
  isIdentifier,
  isOpaque,
  isPlaceholder,
  isProseWord,
  isSentence,
  isWorkingFolder,
} from '../words.ts';
import { endsLineAfter, startsLine } from './line.ts';
import type { Name } from './name.ts';

/**
 * How a value is tied to its name: by `=` or in quoted JSON, by the same with the URL's escapes, by a colon, as the
 * argument of a flag, or as the next column.
 */
export type Binding = 'assigned' | 'encoded' | 'colon' | 'flag' | 'column';

const call = /^[A-Za-z_$]{3,60}(?:\.[A-Za-z_$]{1,60}){0,8}\([\w.,$]{0,60}\)?$/;
const member =
  /^(?:process\.env|os\.environ|import\.meta|config|this|self|options|args|env|settings|var|local|data|module)[.[]/;

/** Whether a value after a colon is more than a word of a sentence. */
const isAfterColon = (text: string, name: Name, { start, end }: FoundValue, value: string): boolean => {
  const before = text[name.start - 1] ?? '\n';
  // The name of a file: "/etc/passwd: permission denied".
  if (before === '/') return false;
  if (isOpaque(value)) return true;
  // 'X-Api-Key: dummykey' in quotes of its own, and {Password:dummy Host:db}.
  if (value.length >= 6 && ((`"'\``.includes(before) && before === text[end]) || text[start - 1] === ':')) return true;
  if (!endsLineAfter(text, end)) return false;
  return name.kind === 'password'
    ? value.length >= 6 || startsLine(text, name.start)
    : value.length >= 6 && startsLine(text, name.start);
};

/** Whether what is at the place of a secret's value is one, and not a word about it. */
export const isSecret = (text: string, name: Name, tie: Binding, found: FoundValue): boolean => {
  const value = text.slice(found.start, found.end);
  // What is left alone is looked at again, so it must be short; a text this long is never a mere word.
  if (value.length > 500) return true;
  if (isPlaceholder(value) || !/[\p{L}\p{N}]/u.test(value)) return false;
  if (name.kind === 'weak') {
    const isOtp = /^\d{4,8}$/.test(value) && /otp$/i.test(text.slice(name.start, name.end));
    return isOtp || (value.length >= 8 && !/\s/.test(value) && isOpaque(value) && !/^\d+$/.test(value));
  }
  if (isProseWord(value) || isFilePath(value)) return false;
  if (isWorkingFolder(text.slice(name.start, name.end), value)) return false;
  // Counts: tokens used, secrets found, wrong passwords.
  if (/^\d{1,7}$/.test(value) && (name.kind !== 'password' || value.length < 4)) return false;
  // Code in Markdown: "the new token: `deliver` says where it goes".
  const isCode = tie === 'colon' && text[found.end] === '`' && name.kind !== 'password';
  if (isCode && isIdentifier(value)) return false;
  if (found.quoted) return !isSentence(value);
  // Code: a call, or the member of an object.
  if (member.test(value) || (tie !== 'flag' && text[found.start - 1] === ' ' && call.test(value))) return false;
  if (tie === 'flag') return !/^[A-Z][A-Z_]*$/.test(value);
  return tie === 'colon' ? isAfterColon(text, name, found, value) : true;
};
