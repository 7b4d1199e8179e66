import { mayReportError } from './error-scan.ts';
import { reportLimit } from './report.ts';

/** First lines whose report may be in a later line: a transcript, a usage text, a code frame, a list of findings. */
const laterOpening = /^(?:[*<>{}] |HTTP\/\d|usage|You|Sorry|Please|[FE.]{2,}\s|=)/i;
/** The place in a file, as the first line of a code frame. */
const place = /^\S{1,120}:\d+$/;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** How the lines begin that programs print before they say what failed; those that end in `...` aside. */
const noiseStart =
  /^(?:\W{0,3}(?:warn|note|hint|info|debug|notice|adver|aver)|npm |\(?retr|\[\w+\] retr|--|HTTP request|(?:SET|BEGIN|COMMIT|ROLLBACK|GRANT|REVOKE|DO|CREATE|ALTER|DROP|LOCK|TRUNCATE|INSERT|UPDATE|DELETE|SELECT|COPY)\b|resol|conect|conne|aufl|verb|[IWE]\d{4} |time="|Unable to find|remote: |Auto-merging|Collecting|Downloading|Looking in|Updating|Fetching|Pulling|Using default|Sending build|Already up|Everything up|saving|requesting|pushing|pulling|cloning|searching for|SQL\*|TNS Ping|Recovery M|Copyright|Version \d|attempting|checking|loading|preparing|initiali|To |From |\$ |[╷╵│=])/i;

/** A text of this length may be an error report as a whole, whatever its first line says. */
const shortLimit = 120;
/** What failed is at the beginning of a line, the cause at its end. */
const lineLimit = 120;
const lineEnd = 80;
const headLimit = 1_200;
const wholeLimit = 6_000;
const tailLimit = 160;
/** A last line this short is a bracket or the end of a list: the line before says more. */
const shortLine = 24;

const isNoise = (text: string, at: number, end: number): boolean =>
  end - at < 2 || text.endsWith('...', end) || text.endsWith('…', end) || noiseStart.test(text.slice(at, at + 40));

/** Whether the first line that says something, and the noise before it, lack every word of an error report. */
const linesLookHealthy = (text: string, first: number): boolean => {
  const { length } = text;
  if (length <= shortLimit) return !mayReportError(text, 0, length);
  let at = first;
  for (let lines = 0; lines < 60 && at < length; lines++) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? length : next;
    const near = Math.min(end, at + lineLimit);
    if (mayReportError(text, at, near) || mayReportError(text, Math.max(near, end - lineEnd), end)) return false;
    const line = text.slice(at, near);
    // The place is asked for last: in a long word it looks back from every character.
    if (laterOpening.test(line) || (isDigit(line.charCodeAt(line.length - 1)) && place.test(line))) {
      return !mayReportError(text, at, Math.min(length, at + headLimit));
    }
    if (!isNoise(text, at, end)) break;
    at = end + 1;
  }
  // A short text may report at its end what went wrong after all that it told before.
  if (length > wholeLimit) return true;
  const last = text.lastIndexOf('\n', length - shortLine);
  return !mayReportError(text, Math.max(at, last, length - tailLimit), length);
};

/** How the names of members begin of which every error body has at least one; a regular expression of plain words is fastest. */
const errorMembers =
  'Err err lastE stopp abort Message message msg Detail detail Title title Problem problem description reason Fault fault Code code ' +
  'Status" status stato statu stav" ok" success" isError text esito estado tulos resulta ergebnis wynik sonuc durum situa besked ' +
  'viesti zprava kod fehler fout blad hata meldung mens';
const errorMember = new RegExp(`"(?:${errorMembers.split(' ').sort().join('|')}|[^\\0-\\x7f])`);
const jsonArray = /^\[\s*(?:[[{"\]]|-?\d|true|false|null)/;
const jsonHead = 240;
const jsonTail = 160;

/** Error bodies are short, or begin or end with the error. */
const jsonLooksHealthy = (text: string): boolean => {
  const { length } = text;
  const head = Math.min(length, jsonHead);
  const tail = Math.max(head, length - jsonTail);
  return (
    !(errorMember.test(text.slice(0, head)) || errorMember.test(text.slice(tail))) ||
    !(mayReportError(text, 0, head) || mayReportError(text, tail, length))
  );
};

const textLooksHealthy = (text: string): boolean => {
  const { length } = text;
  if (length < 4 || length > reportLimit) return true;
  let first = 0;
  while (first < length && text.charCodeAt(first) <= 32 && text[first] !== '\u001b') first++;
  switch (text[first]) {
    case '{':
      return jsonLooksHealthy(text);
    case '[':
      return length > shortLimit && jsonArray.test(text.slice(first, first + 40))
        ? !text.slice(first, first + jsonHead).includes('rror')
        : linesLookHealthy(text, first);
    case '<':
    case '\u001b':
      return !mayReportError(text, first, Math.min(length, first + headLimit));
    default:
      return linesLookHealthy(text, first);
  }
};

type Loose = Record<string, unknown>;

const objectLooksHealthy = (value: Loose): boolean => {
  if (value instanceof Error) return false;
  const content = value.content;
  if (value.isError === true) return false;
  if (Array.isArray(content)) {
    for (let index = 0; index < content.length && index < 64; index++) {
      const item: unknown = content[index];
      if (typeof item === 'object' && item !== null) {
        const text = (item as Loose).text;
        if (typeof text === 'string' && !textLooksHealthy(text)) return false;
      }
    }
    const structured = value.structuredContent;
    return typeof structured !== 'object' || structured === null || bodyLooksHealthy(structured as Loose);
  }
  const structured = value.structuredContent;
  if (typeof structured === 'object' && structured !== null && !bodyLooksHealthy(structured as Loose)) return false;
  return bodyLooksHealthy(value);
};

/** Members of error bodies with other names, and those that wrap a body; asked about in small objects only. */
const otherMember =
  /^(?:err|fehler|fout|blad|hata|msg$|last_?error|esito|estado|stat[ou]|stav$|tulos|resulta|ergebnis|wynik|sonuc|durum|situa)|[^\0-\x7f]/i;
const envelope = /^(?:result|response|output|payload|reply|body)$/i;
/** How those begin. */
const firstLetters = 'efbhmlropstwdEFBHMLROPSTWD';
const smallObject = 8;

const otherMembersLookHealthy = (body: Loose): boolean => {
  let count = 0;
  let wrapped: unknown;
  for (const key in body) {
    if (++count > smallObject) return true;
    const first = key.charCodeAt(0);
    if (first < 128 && !firstLetters.includes(key[0] as string)) continue;
    const value = body[key];
    if (value === null || value === '' || value === 0 || value === false) continue;
    const isOther = typeof value === 'number' ? first > 127 || /^err/i.test(key) : otherMember.test(key);
    if (isOther) return false;
    if (count === 1 && typeof value === 'object' && envelope.test(key)) wrapped = value;
  }
  return (
    count > 1 ||
    typeof wrapped !== 'object' ||
    wrapped === null ||
    (bodyLooksHealthy(wrapped as Loose) && (wrapped as Loose).Error === undefined)
  );
};

const isFailing = (status: unknown): boolean =>
  typeof status === 'number'
    ? status >= 400 || status <= -32_000
    : status === 'error' || status === 'Failure' || status === 'fail' || status === 'failed' || status === 'failure';

/** Whether a body lacks every member of which error bodies have at least one. */
const bodyLooksHealthy = (body: Loose): boolean => {
  if (Array.isArray(body)) {
    const first: unknown = body[0];
    if (typeof first !== 'object' || first === null) return true;
    return (first as Loose).errorCode === undefined && (body.length > 1 || !(first as Loose).error);
  }
  return !(
    body.error ||
    body.errors ||
    body.ok === false ||
    body.success === false ||
    isFailing(body.status) ||
    body.statusCode !== undefined ||
    body.message !== undefined ||
    body.code !== undefined ||
    body.errorMessages !== undefined ||
    body.detail !== undefined ||
    body.fault !== undefined ||
    body.type === 'error' ||
    !otherMembersLookHealthy(body)
  );
};

/**
 * The gate for a returned value: `false` means that a diagnosis must look closer. Looks at the first line of a text
 * that says something, and at the ends of JSON, so it costs about a microsecond whatever the size. Never throws.
 */
export const looksHealthy = (value: unknown): boolean => {
  if (typeof value === 'string') return textLooksHealthy(value);
  if (typeof value !== 'object' || value === null) return true;
  try {
    return objectLooksHealthy(value as Loose);
  } catch {
    return false;
  }
};
