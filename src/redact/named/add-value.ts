import type { AddSpan } from '../spans.ts';
import { type FoundValue, quoteAt, readLine, readQuoted, readUnquotedValue, skipSpaces } from '../values.ts';
import { isPlaceholder, isProseWord } from '../words.ts';
import { type Binding, isSecret } from './is-secret.ts';
import { matchEnd, startsLine } from './line.ts';
import type { Name } from './name.ts';

/** Masks the strings of a list: `"passwords": ["a", "b"]`. */
const addList = (text: string, at: number, name: Name, add: AddSpan): void => {
  let index = at + 1;
  for (;;) {
    while (index < text.length && /[\s,]/.test(text[index] as string)) index += 1;
    const quote = quoteAt(text, index);
    if (quote < 0) return;
    const found = readQuoted(text, quote, quote - index);
    if (name.kind === 'header' || isSecret(text, name, 'assigned', found)) add(found.start, found.end);
    index = found.end + (quote - index) + 1;
  }
};

const parameters = /[^\r\n"]{1,200}="[^\r\n]{0,4000}/y;

/** Reads the rest of a header's line. In quotes of its own may be only the values of parameters, as in `Digest a="b"`. */
const readHeader = (text: string, at: number): FoundValue => {
  const line = readLine(text, at);
  if (text[line.end] !== '"' || text[line.end - 1] !== '=') return line;
  const end = matchEnd(parameters, text, at);
  return end < 0 ? line : { ...line, end };
};

const scheme = /(?:bearer|basic|token|negotiate|ntlm|apikey|api-key|key|bot|oauth|jwt|sso-key|ssws)[ \t]+(?=\S)/iy;

/** Masks what is after `Authorization:` or `Cookie:`; the scheme stays. */
const addHeader = (text: string, at: number, quoted: FoundValue | null, add: AddSpan): void => {
  const afterScheme = matchEnd(scheme, text, at);
  const hasScheme = afterScheme >= 0 && (quoted === null || afterScheme < quoted.end);
  const start = hasScheme ? afterScheme : at;
  // Without a scheme the whole line is the value; with one, what follows may be a sentence's next words.
  const { end } = quoted ?? (hasScheme ? readUnquotedValue(text, start) : readHeader(text, at));
  const value = text.slice(start, end);
  if (value.trim() === '' || isProseWord(value) || isPlaceholder(value)) return;
  if (/^(?:bearer|basic|digest|negotiate|token|apikey)$/i.test(value.trim())) return;
  // The name of a variable: `--header-env Authorization=API_AUTHORIZATION`.
  if (text[at - 1] === '=' && /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(value)) return;
  // A sentence: "authorization: not permitted for this user".
  if (start === at && /^[\p{L} ,.']+$/u.test(value) && value.includes(' ')) return;
  add(start, end);
};

/** What may be before a value: a type, as PHP dumps it, or the end of Markdown's bold. */
const beforeValue = /(?:string\(\d{1,9}\)|\*{1,3}|_{2,3})[ \t]{0,8}(?=\S)/y;

const yamlBlock = /[|>][+-]?\d?[ \t]*\r?\n/y;

/** Masks the lines of a YAML block scalar: those that are indented deeper than its key. */
const addBlock = (text: string, name: Name, firstLine: number, add: AddSpan): void => {
  const lineStart = text.lastIndexOf('\n', name.start) + 1;
  const indent = skipSpaces(text, lineStart) - lineStart;
  let end = firstLine;
  while (end < text.length) {
    const content = skipSpaces(text, end);
    const blank = content >= text.length || text[content] === '\n' || text[content] === '\r';
    if (!blank && content - end <= indent) break;
    const lineEnd = text.indexOf('\n', content);
    end = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  const start = skipSpaces(text, firstLine);
  if (end > start) add(start, text[end - 1] === '\n' ? end - 1 : end);
};

const arrow = /\\{0,31}["'`][ \t]{0,8}(?:->|=>|→)[ \t]{0,8}(?=\\{0,31}["'`])/y;
const encodedEnd = /%(?:26|3[bB]|2[27])/;

/** Whether a line of several words is a passphrase: no word of it belongs to a sentence about one. */
const isPhrase = (text: string, name: Name, { start, end }: FoundValue): boolean => {
  if (name.kind !== 'password' && !/mnemonic/i.test(text.slice(name.start, name.end))) return false;
  const words = text.slice(start, Math.min(end, start + 200)).split(/[ \t]+/);
  return words.every((word) => /^[\p{L}\d'-]+$/u.test(word) && !isProseWord(word));
};

const readUnquoted = (text: string, name: Name, tie: Binding, at: number): FoundValue => {
  const found = readUnquotedValue(text, at);
  if (tie === 'colon' && startsLine(text, name.start)) {
    const line = readLine(text, at);
    if (line.end > found.end && isPhrase(text, name, line)) return line;
  }
  if (tie !== 'encoded') return found;
  const end = text.slice(at, found.end).search(encodedEnd);
  return end < 0 ? found : { ...found, end: at + end };
};

const objectStart = /\{(?=\s*(?:["'{}\\]|[\w.-]{1,40}\s{0,4}[:=]|$))|[\n\r]|$/y;

/** Whether a map, or nothing at all, is at a value's place. */
const opensObject = (text: string, at: number): boolean => {
  objectStart.lastIndex = at;
  return objectStart.test(text);
};

const plainList = /\[\s{0,80}(?:[[{\]]|(?:true|false|null|-?\d[\d.eE+-]{0,40})\s{0,80}[,\]])/y;

/** Whether a list that holds no text begins at a value's place: of numbers, of maps, of nothing. */
const opensPlainList = (text: string, at: number): boolean => matchEnd(plainList, text, at) >= 0;

/** Masks the value that is from `from` on, if it is a secret. */
export const addValue = (text: string, name: Name, tie: Binding, from: number, add: AddSpan): void => {
  let at = skipSpaces(text, from);
  at = Math.max(at, matchEnd(beforeValue, text, at));
  // Python's b'...'
  if (/[bru]/.test(text[at] ?? '') && /["']/.test(text[at + 1] ?? '')) at += 1;
  const block = matchEnd(yamlBlock, text, at);
  if (block >= 0) {
    addBlock(text, name, block, add);
    return;
  }
  if (text[at] === '[' && quoteAt(text, skipSpaces(text, at + 1)) >= 0) {
    addList(text, at, name, add);
    return;
  }
  const quote = quoteAt(text, at);
  const quoted = quote < 0 ? null : readQuoted(text, quote, quote - at);
  if (name.kind === 'header') {
    if (tie === 'colon' || tie === 'assigned') addHeader(text, quoted?.start ?? at, quoted, add);
    return;
  }
  if (quoted === null && (opensObject(text, at) || opensPlainList(text, at))) return;
  const found = quoted ?? readUnquoted(text, name, tie, at);
  if (!isSecret(text, name, tie, found)) return;
  add(found.start, found.end);
  // A change, as a plan of Terraform shows it: "old" -> "new".
  const next = quoted === null ? -1 : matchEnd(arrow, text, found.end);
  if (next >= 0) addValue(text, name, tie, next, add);
};
