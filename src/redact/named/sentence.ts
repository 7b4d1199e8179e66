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
/** "token expired: x", "API key is not valid: x", "session not found (x)". */
const rejection = new RegExp(
  String.raw`[ \t](?:(?:${verb}) |has (?:been )?)?(?:not |no longer |already |un|in)?` +
    String.raw`(?:expired|valid|revoked|rejected|refused|found|known|recogni[sz]ed|incorrect|wrong|malformed|accepted|authori[sz]ed|used|leaked|disabled|blocked|denied|mismatch)` +
    String.raw`(?::[ \t]{1,4}|[ \t]{1,2}\(|[ \t]{1,2}[-–—][ \t])(?=\S{4})`,
  'yi',
);
/** "a temporary password is generated for root: x". */
const generated =
  /[ \t](?:is|was|has been|have been) (?:newly |re)?(?:generated|created|issued|assigned|set|reset)(?:[ \t](?:for|to|as)[ \t][^\r\n:;!?]{1,60})?:[ \t]{1,4}(?=\S{4})/y;
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

const isNextSecret = (kind: Name['kind'], value: string, quoted: boolean, rejected: boolean): boolean => {
  if (value.length > 500 || /\s/.test(value) || uuid.test(value)) return false;
  const password = userAndPassword.exec(value)?.[1];
  if (password !== undefined && looksSecret(password, 6)) return true;
  if (kind !== 'password') return looksSecret(value, 16) && (rejected || isRandom(value));
  return looksSecret(value, 8) && (quoted || /[A-Z!#$%&*+?@^_]|\d[^\d]+\d/.test(value));
};

const rejectedBefore =
  /(?<![\p{L}])(?:invalid|expired|revoked|unknown|bad|rejected|malformed|wrong|unrecogni[sz]ed|incorrect) (?:\w{1,12} )?$/iu;
const rejectedAfter =
  /^["'`]? (?:has|is|was|have|does|could|did) (?:been |be )?(?:(?:not|no longer|already) )?(?:be )?(?:expired|invalid|valid|revoked|rejected|found|known|unknown|recogni[sz]ed|accepted|exist|malformed)/i;

/** Whether a sentence says that the value itself was turned away: "invalid token x", "the token x has expired". */
const isRejected = (text: string, name: Name, end: number): boolean =>
  rejectedBefore.test(text.slice(Math.max(0, name.start - 32), name.start)) ||
  rejectedAfter.test(text.slice(end, end + 48));

/** Masks what a sentence says to be a secret; a sentence about one stays. */
export const addFromSentence = (text: string, name: Name, add: AddSpan): void => {
  if (name.kind === 'weak' || name.kind === 'header') return;
  const made = matchEnd(generated, text, name.end);
  const said = Math.max(made, ...[statement, statementOf, rejection].map((one) => matchEnd(one, text, name.end)));
  const from = said >= 0 ? said : matchEnd(next, text, name.end);
  if (from < 0) return;
  const quote = quoteAt(text, from);
  const found = quote < 0 ? readUnquotedValue(text, from) : readQuoted(text, quote, quote - from);
  const kind = /pass$/i.test(text.slice(name.start, name.end)) ? 'password' : name.kind;
  const value = text.slice(found.start, Math.min(found.end, found.start + 501));
  const isSecret =
    said >= 0
      ? isStatedSecret(kind, value, quote >= 0) || (said === made && kind === 'password' && looksSecret(value, 6))
      : isNextSecret(kind, value, quote >= 0, isRejected(text, name, found.end));
  if (isSecret) add(found.start, found.end);
};
