import { type SecretNameKind, secretNameKind } from './names.ts';
import type { AddSpan, Detector } from './spans.ts';
import { type FoundValue, quoteAt, readBare, readLine, readQuoted, skipSpaces } from './values.ts';
import { isOpaque, isPlaceholder, isProseWord, isSentence } from './words.ts';

/** A cheap net over all names that `secretNameKind` knows; what it catches is looked at by name. */
const nameNet =
  /pass|pwd|kennwort|contrase|senha|пароль|密码|secret|token|[a-z_-]key(?![a-z])|client-key-data|credential|creds?\b|authorization|cookie|auth\b|sess|sig\b|signature|\bsid\b|otp\b|jwt|mnemonic|dsn\b|csrf|xsrf|bearer\b|connection_?string/gi;

const isNameChar = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  (code > 127 && code !== 0x2026 && code !== 0xa0);

interface Name {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretNameKind;
  /** `-password` or `--password`. */
  readonly flag: boolean;
}

/** How the value is tied to its name. */
type Tie = 'assigned' | 'encoded' | 'colon' | 'flag' | 'column';

const nameAround = (text: string, hit: number, hitEnd: number): Name | null => {
  let start = hit;
  while (start > 0 && hit - start < 64 && isNameChar(text.charCodeAt(start - 1))) start -= 1;
  let end = hitEnd;
  while (end < text.length && end - hitEnd < 64 && isNameChar(text.charCodeAt(end))) end += 1;
  while (end > hitEnd && '.-'.includes(text[end - 1] as string)) end -= 1;
  // In text that was escaped for JSON, the letter of `\n` is no part of the name.
  if (text[start - 1] === '\\' && 'nrt'.includes(text[start] ?? '-')) start += 1;
  const name = text.slice(start, end);
  const kind = secretNameKind(name.replace(/^[-.]+/, ''));
  return kind === null ? null : { start, end, kind, flag: name.startsWith('-') };
};

const separator = /[ \t]{0,40}(?:=>|:=|==?|:(?!:|\/\/)|%3[aAdD])/y;
const listElement = /\\{0,31}["'`][ \t]{0,4},\s{0,40}(?=\\{0,31}["'`])/y;
const xmlEnd = /(?:\s[^<>]{0,100})?>(?=[^<\s])/y;
const sqlGap = /(?:[ \t]{1,8}|[ \t]?\([ \t]?)(?=["'`])/y;
const columnGap = /(?:[ \t]{2,200}|[ \t]{0,40}\|[ \t]{0,40}|\t[ \t]{0,40})(?=[^\s|])/y;
const flagGap = /(?:[ \t]{1,8}|,[ \t]{0,8})(?=[^\s-])/y;
const toldGap = /[ \t](?:is|was|to)[ \t](?=\S{6})/y;

const matchEnd = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

const startsLine = (text: string, at: number): boolean => {
  let index = at - 1;
  while (index >= 0 && at - index < 200 && ' \t-|"\''.includes(text[index] as string)) index -= 1;
  return index < 0 || text[index] === '\n' || text[index] === '\r';
};

const endsLineAfter = (text: string, at: number): boolean =>
  /^[ \t|]{0,200}(?:$|[\r\n#]|\\n)/.test(text.slice(at, at + 202));

/** Whether what stands at the value's place is a secret, and not a word about one. */
const isSecret = (text: string, name: Name, tie: Tie, found: FoundValue): boolean => {
  const value = text.slice(found.start, found.end);
  if (value.trim() === '' || isPlaceholder(value) || !/[\p{L}\p{N}]/u.test(value)) return false;
  if (name.kind === 'weak') return value.length >= 8 && !/\s/.test(value) && isOpaque(value) && !/^\d+$/.test(value);
  if (isProseWord(value)) return false;
  if (name.kind !== 'password' && /^\d{1,7}$/.test(value)) return false;
  if (/^(?:~|[A-Z]:)?[/\\](?:var|etc|run|home|usr|opt|tmp|root|mnt|srv|app|data|proc|Users|secrets)\b/.test(value))
    return false;
  // Long values are always masked: what is left alone is looked at again, and must be short.
  if (value.length > 500) return true;
  if (found.quoted) return !isSentence(value);
  // Code: a call, or the member of an object.
  if (/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\(/.test(value)) return false;
  if (
    /^(?:process\.env|os\.environ|import\.meta|config|this|self|options|args|env|settings|var|local|data|module)\./.test(
      value,
    )
  )
    return false;
  if (tie === 'flag') return !/^[A-Z][A-Z_]*$/.test(value);
  if (tie === 'colon') {
    const wholeLine = startsLine(text, name.start) && endsLineAfter(text, found.end);
    if (text[name.start - 1] === '/') return false;
    return isOpaque(value) || (wholeLine && (name.kind === 'password' || value.length >= 6));
  }
  return true;
};

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

const scheme = /(?:bearer|basic|token|negotiate|ntlm|apikey|api-key|key|bot|oauth|jwt|sso-key|ssws)[ \t]+(?=\S)/iy;

/** Masks what stands after `Authorization:` or `Cookie:`. */
const addHeader = (text: string, at: number, quoted: FoundValue | null, add: AddSpan): void => {
  const rest = quoted ?? readLine(text, at);
  const afterScheme = matchEnd(scheme, text, at);
  const start = afterScheme >= 0 && afterScheme < rest.end ? afterScheme : at;
  const end = start > at && quoted === null ? readBare(text, start).end : rest.end;
  const value = text.slice(start, end);
  if (value.trim() === '' || isProseWord(value) || isPlaceholder(value)) return;
  // A sentence: "authorization: not permitted for this user".
  if (start === at && /^[\p{L} ,.']+$/u.test(value) && value.includes(' ')) return;
  add(start, end);
};

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

const encodedEnd = /%(?:26|3[bB]|2[27])/;

const readUnquoted = (text: string, name: Name, tie: Tie, at: number): FoundValue => {
  if (tie === 'colon' && /passphrase|mnemonic/i.test(text.slice(name.start, name.end))) return readLine(text, at);
  const found = readBare(text, at);
  if (tie !== 'encoded') return found;
  const end = text.slice(at, found.end).search(encodedEnd);
  return end < 0 ? found : { ...found, end: at + end };
};

/** Masks the value that stands from `from` on, if it is a secret. */
const addValue = (text: string, name: Name, tie: Tie, from: number, add: AddSpan): void => {
  let at = skipSpaces(text, from);
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
  if (quoted === null && /[{(\n\r]/.test(text[at] ?? '\n')) return;
  const found = quoted ?? readUnquoted(text, name, tie, at);
  if (isSecret(text, name, tie, found)) add(found.start, found.end);
};

const xmlStart = /<[\w.-]*:?$/;

/** Masks the content of an XML element: `<Password>...</Password>`. */
const addElement = (text: string, name: Name, add: AddSpan): void => {
  if (!xmlStart.test(text.slice(Math.max(0, name.start - 40), name.start))) return;
  const start = matchEnd(xmlEnd, text, name.end);
  if (start < 0) return;
  const close = text.indexOf('<', start);
  const found = { start, end: close < 0 ? text.length : close, quoted: true };
  if (isSecret(text, name, 'assigned', found)) add(found.start, found.end);
};

const parserTalk = /(?:unexpected|invalid|illegal|unknown)[ \t]{1,4}$/i;

const addAssigned = (
  text: string,
  name: Name,
  after: number,
  value: number,
  keyQuoted: boolean,
  add: AddSpan,
): void => {
  const sign = text[value - 1] as string;
  if (sign !== ':' || keyQuoted) {
    addValue(text, name, /[aAdD]/.test(sign) && text[value - 3] === '%' ? 'encoded' : 'assigned', value, add);
  } else if (!parserTalk.test(text.slice(Math.max(0, after - 40), name.start))) {
    // "Unexpected token: }" is a parser's.
    addValue(text, name, 'colon', value, add);
  }
};

/** "password is hunter2": only what has letters and digits counts, so that a sentence stays one. */
const addTold = (text: string, from: number, add: AddSpan): void => {
  const { start, end } = readBare(text, from);
  const value = text.slice(start, Math.min(end, start + 65));
  if (value.length <= 64 && /[A-Za-z]/.test(value) && /\d/.test(value) && !/[-/]/.test(value)) add(start, end);
};

const addFlag = (text: string, name: Name, keyQuoted: boolean, add: AddSpan): void => {
  const next = matchEnd(keyQuoted ? listElement : flagGap, text, name.end);
  if (next >= 0) addValue(text, name, keyQuoted ? 'assigned' : 'flag', next, add);
};

/** Masks a value that no sign ties to its name: in XML, in a column, in SQL, in a sentence. */
const addUntied = (text: string, name: Name, add: AddSpan): void => {
  if (text[name.end] === '>') {
    addElement(text, name, add);
    return;
  }
  const column = matchEnd(columnGap, text, name.end);
  if (column >= 0 && startsLine(text, name.start)) {
    const found = readBare(text, column);
    if (endsLineAfter(text, found.end) && isSecret(text, name, 'column', found)) add(found.start, found.end);
    return;
  }
  if (name.kind !== 'password') return;
  const sql = matchEnd(sqlGap, text, name.end);
  if (sql >= 0) addValue(text, name, 'assigned', sql, add);
  const told = matchEnd(toldGap, text, name.end);
  if (told >= 0) addTold(text, told, add);
};

/** Looks at what follows a secret's name and masks its value. */
const addValueOf = (text: string, name: Name, add: AddSpan): void => {
  const { end } = name;
  const quote = quoteAt(text, end);
  let after = quote < 0 ? end : quote + 1;
  if (text[after] === ']') after += 1;
  const assigned = matchEnd(separator, text, after);
  if (assigned >= 0) addAssigned(text, name, after, assigned, quote >= 0, add);
  else if (name.flag) addFlag(text, name, quote >= 0, add);
  else if (quote < 0) addUntied(text, name, add);
};

/** Finds secrets by the name that stands before them: in JSON, YAML, query strings, headers, variables, flags, XML, SQL. */
export const findNamed: Detector = (text, add) => {
  let masked = 0;
  const take: AddSpan = (start, end) => {
    masked = Math.max(masked, end);
    add(start, end);
  };
  nameNet.lastIndex = 0;
  for (let hit = nameNet.exec(text); hit !== null; hit = nameNet.exec(text)) {
    const name = nameAround(text, hit.index, nameNet.lastIndex);
    if (name === null) continue;
    addValueOf(text, name, take);
    // A masked value is not looked at again; one that was left alone may hold a name itself.
    nameNet.lastIndex = Math.max(nameNet.lastIndex, name.end, masked);
  }
};
