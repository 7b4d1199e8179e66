import type { AddSpan, Detector } from '../spans.ts';
import { quoteAt, readUnquotedValue, skipSpaces } from '../values.ts';
import { looksSecret } from '../words.ts';
import { addValue } from './add-value.ts';
import { addBelowHeading } from './below.ts';
import { isSecret } from './is-secret.ts';
import { endsLineAfter, matchEnd, startsLine } from './line.ts';
import { type Name, nextName } from './name.ts';
import { addFromSentence } from './sentence.ts';

const separator = /[*_]{0,3}[ \t]{0,40}(?:=>|:=|==?|:(?!:|\/\/)|%3[aAdD])/y;
const listElement = /\\{0,31}["'`][ \t]{0,4},\s{0,40}(?=\\{0,31}["'`])/y;
const flagGap = /(?:[ \t]{1,8}|,[ \t]{0,8})(?=\S)(?!--?[A-Za-z][\w-]{0,60}(?:[=\s,\]"']|$))/y;
const columnGap = /(?:[ \t]{2,200}|[ \t]{0,40}[|│][ \t]{0,40}|\t[ \t]{0,40})(?=[^\s|│])/y;
const sqlGap = /(?:[ \t]{1,8}|[ \t]?\([ \t]?)(?=["'`])/y;
const pairedValue =
  /\\{0,31}["']?(?:[ \t]{0,8},)?\s{0,80}\\{0,31}["']?(?:parameter)?value\\{0,31}["']?[ \t]{0,8}[:=][ \t]{0,8}(?=[^\s{[])/iy;
const xmlStart = /<[\w.-]*:?$/;
const xmlEnd = /(?:\s[^<>]{0,200})?>(?=[^<\s])/y;
/** The name of an element's value is in an attribute: `<entry key="db.password">x</entry>`. */
const namedElement = /<[\w.:-]{1,40}\s(?:[^<>]{0,200}\s)?(?:key|name|id)\s?=\s?\\{0,3}["']$/i;
const namedElementEnd = /\\{0,3}["'](?:\s[^<>]{0,200})?>(?:\s{0,40}<[\w.:-]{1,40}(?:\s[^<>]{0,200})?>)?(?=[^<\s])/y;
/** A call that sets something: `define('DB_PASSWORD', 'x')`, `headers.set("X-Token", "x")`. */
const settingCall =
  /\b(?:define|putenv|setenv|setItem|setProperty|set|put|append|add|add_?header|setRequestHeader|header|with_?header|cookie|setCookie)\(\s{0,8}\\{0,3}["'`]$/i;
/** What sets a variable without a sign between its name and its value. */
const setting =
  /(?:^|\n)[ \t]{0,20}(?:Step \d{1,3}\/\d{1,3} : |\[\d\/\d\] )?(?:ENV|setenv|setx|SetEnv|fastcgi_param)[ \t]{1,8}$/;
const settingGap = /[ \t]{1,8}(?=[^\s=])/y;
const parserError = /(?:unexpected|invalid|illegal|unknown)[ \t]{1,4}$/i;

/** `password=x`, `"password": "x"`, `password: x`, `password%3Dx`. */
const addAssigned = (text: string, name: Name, value: number, keyQuoted: boolean, add: AddSpan): void => {
  // Go's report of a test.
  if (text.startsWith('PASS', name.start) && text.startsWith('--- ', name.start - 4)) return;
  const sign = text[value - 1] as string;
  if (sign !== ':' || keyQuoted) {
    const tie = /[aAdD]/.test(sign) && text[value - 3] === '%' ? 'encoded' : 'assigned';
    addValue(text, name, tie, value, add);
    return;
  }
  // "Unexpected token: }" is a parser's.
  if (parserError.test(text.slice(Math.max(0, name.start - 20), name.start))) {
    const { start, end } = readUnquotedValue(text, skipSpaces(text, value));
    if (name.kind !== 'weak' && end - start <= 500 && looksSecret(text.slice(start, end), 16)) add(start, end);
    return;
  }
  addValue(text, name, 'colon', value, add);
};

/** `--password x`, and the list of words `"--password", "x"`. */
const addFlag = (text: string, name: Name, keyQuoted: boolean, add: AddSpan): void => {
  const next = matchEnd(keyQuoted ? listElement : flagGap, text, name.end);
  if (next >= 0) addValue(text, name, keyQuoted ? 'assigned' : 'flag', next, add);
};

/** `<Password>x</Password>`, `<entry key="password">x</entry>`. */
const addElement = (text: string, name: Name, add: AddSpan): void => {
  const before = text.slice(Math.max(0, name.start - 240), name.start);
  const start = xmlStart.test(before.slice(-40))
    ? matchEnd(xmlEnd, text, name.end)
    : namedElement.test(before)
      ? matchEnd(namedElementEnd, text, name.end)
      : -1;
  if (start < 0) return;
  const close = text.indexOf('<', start);
  const found = { start, end: close < 0 ? text.length : close, quoted: true };
  if (isSecret(text, name, 'assigned', found)) add(found.start, found.end);
};

const markup =
  /:?<\/[a-z]\w{0,10}>(?:\s{0,40}<\/?[a-z]\w{0,10}(?:\s[^<>]{0,100})?>){1,4}\s{0,40}([^<\s]{6,500})(?=\s{0,40}<)/iy;

/** `<th>Password</th><td>x</td>`. */
const addCell = (text: string, name: Name, add: AddSpan): void => {
  markup.lastIndex = name.end;
  const value = markup.exec(text)?.[1];
  if (value === undefined || !looksSecret(value, 6)) return;
  const end = name.end + (markup.lastIndex - name.end);
  add(end - value.length, end);
};

/** A value that no sign ties to its name: in XML, in a column, in SQL, in a sentence. */
const addUnbound = (text: string, name: Name, add: AddSpan): void => {
  if (text[name.end] === '>' || text[name.start - 1] === '<' || text[name.start - 1] === ':') {
    addElement(text, name, add);
    if (text[name.end] === '>') return;
  }
  const set = matchEnd(settingGap, text, name.end);
  if (set >= 0 && setting.test(text.slice(Math.max(0, name.start - 60), name.start))) {
    addValue(text, name, 'assigned', set, add);
    return;
  }
  const column = matchEnd(columnGap, text, name.end);
  if (column >= 0 && startsLine(text, name.start)) {
    const found = readUnquotedValue(text, column);
    const isLast = endsLineAfter(text, found.end) && isSecret(text, name, 'column', found);
    const isCell = /[|│]/.test(text.slice(name.end, column)) && looksSecret(text.slice(found.start, found.end), 6);
    if (name.kind !== 'weak' ? isLast || isCell : isLast) add(found.start, found.end);
    return;
  }
  if (startsLine(text, name.start)) addBelowHeading(text, name, add);
  addCell(text, name, add);
  addFromSentence(text, name, add);
  if (name.kind !== 'password') return;
  const sql = matchEnd(sqlGap, text, name.end);
  if (sql >= 0) addValue(text, name, 'assigned', sql, add);
};

const addValueOf = (text: string, name: Name, add: AddSpan): void => {
  const quote = quoteAt(text, name.end);
  let after = quote < 0 ? name.end : quote + 1;
  // params[password]=x
  if (text[after] === ']') after += 1;
  const assigned = matchEnd(separator, text, after);
  const paired = assigned < 0 ? matchEnd(pairedValue, text, name.end) : -1;
  if (paired >= 0) addValue(text, name, 'assigned', paired, add);
  else if (assigned >= 0) addAssigned(text, name, assigned, quote >= 0, add);
  else if (quote >= 0 && settingCall.test(text.slice(Math.max(0, name.start - 40), name.start)))
    addFlag(text, name, true, add);
  else if (name.flag) addFlag(text, name, quote >= 0, add);
  else if (quote < 0) addUnbound(text, name, add);
  else addElement(text, name, add);
};

/** Finds secrets by the name that is before them: in JSON, YAML, query strings, headers, variables, flags, XML, SQL. */
export const findNamed: Detector = (text, add) => {
  let masked = 0;
  const take: AddSpan = (start, end) => {
    masked = Math.max(masked, end);
    add(start, end);
  };
  for (let name = nextName(text, 0); name !== null; ) {
    addValueOf(text, name, take);
    // A masked value is not looked at again; one that was left alone may hold a name itself.
    name = nextName(text, Math.max(name.end, masked));
  }
};
