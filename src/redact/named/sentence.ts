import type { AddSpan } from '../spans.ts';
import { quoteAt, readQuoted, readUnquotedValue } from '../values.ts';
import { isPlaceholder, isProseWord, isRandom, looksSecret } from '../words.ts';
import { matchEnd } from './line.ts';
import type { Name } from './name.ts';

const verb = '(?:is|was|are|be|becomes)(?: now)?|(?:set|changed|reset|rotated|updated)? ?to|now';
/** "the password is x", "was set to x". */
const statement = new RegExp(String.raw`[ \t](?:${verb}):?[ \t](?=\S{4})`, 'y');
/** "the password for app is x", "password for app: x". */
const statementOf = new RegExp(
  String.raw`[ \t](?:for|of|on)[ \t][^\r\n:;.!?]{1,60}?(?:[ \t](?:${verb}):?|:)[ \t]{1,4}(?=\S{4})`,
  'y',
);
/** "with the token x". */
const next = /[ \t](?=\S{8})/y;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const isStatedSecret = (kind: Name['kind'], value: string, quoted: boolean): boolean => {
  if (value.length > 500 || /\s/.test(value)) return false;
  if (kind !== 'password') return looksSecret(value, quoted ? 10 : 16);
  if (!quoted) return !value.includes('/') && looksSecret(value, 6);
  return value.length >= 6 && !isProseWord(value) && !isPlaceholder(value) && /[A-Za-z]/.test(value);
};

/** Whether a value that merely follows its name is a secret: no sign says that it belongs to the name. */
const userAndPassword = /^[\w.@-]{1,40}:(?!\/\/)(\S{6,})$/;

const isNextSecret = (kind: Name['kind'], value: string, quoted: boolean): boolean => {
  if (value.length > 500 || /\s/.test(value) || uuid.test(value)) return false;
  const password = userAndPassword.exec(value)?.[1];
  if (password !== undefined && looksSecret(password, 6)) return true;
  if (kind !== 'password') return looksSecret(value, 16) && isRandom(value);
  return looksSecret(value, 8) && (quoted || /[A-Z!#$%&*+?@^_]|\d[^\d]+\d/.test(value));
};

/** Masks what a sentence says to be a secret; a sentence about one stays. */
export const addFromSentence = (text: string, name: Name, add: AddSpan): void => {
  if (name.kind === 'weak' || name.kind === 'header') return;
  const said = Math.max(matchEnd(statement, text, name.end), matchEnd(statementOf, text, name.end));
  const from = said >= 0 ? said : matchEnd(next, text, name.end);
  if (from < 0) return;
  const quote = quoteAt(text, from);
  const found = quote < 0 ? readUnquotedValue(text, from) : readQuoted(text, quote, quote - from);
  const isSecret = said >= 0 ? isStatedSecret : isNextSecret;
  const kind = /pass$/i.test(text.slice(name.start, name.end)) ? 'password' : name.kind;
  if (isSecret(kind, text.slice(found.start, Math.min(found.end, found.start + 501)), quote >= 0))
    add(found.start, found.end);
};
