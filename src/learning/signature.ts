import { hash } from 'node:crypto';
import { detached } from '../text/detach.ts';
import { holeIn } from './holes.ts';
import { maskWord, type Neighbours } from './mask-word.ts';
import type { Signature } from './model.ts';

/** No line is looked at beyond this many characters: the summary of a diagnosis has at most 300. */
const maxRead = 600;
/** A signature ends here, at the end of a word: a long line that was cut has the same signature wherever it was cut. */
const maxLine = 160;
const maxQuoted = 300;

const windowsPath = /(?:[A-Za-z]:)?\\[^\s"'`<>|]+/y;
const uneven = /^\s|\s$|\s\s|[^\S ]/;
const urlEnd = /[^\s"'`<>]*/y;
const secret = /\[redacted(?::[a-z0-9-]{1,40})?\]/y;
const ownHole = new RegExp(holeIn.source, 'y');
const closing: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’', '«': '»' };

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
/** Members of an error body, and fields of a log line, whose text is the failure itself. */
const saysFailure = new Set(
  ['', 'error', 'err', 'fault', 'status', 'user']
    .flatMap((prefix) =>
      ['message', 'msg', 'reason', 'detail', 'details', 'description', 'summary', 'title', 'code', 'type', 'text'].map(
        (name) => prefix + name,
      ),
    )
    .concat('error', 'errors', 'err', 'cause', 'status', 'problem', 'failure'),
);

const isNameCharacter = (code: number): boolean => isLetter(code) || code === 0x5f;

/** The name that a value is written behind, as in `"message": ` or `err=`; and whether that is how a member or a field is written. */
const fieldBefore = (written: string): { readonly name: string; readonly isMember: boolean } | undefined => {
  let end = written.length;
  if (written.charCodeAt(end - 1) === 0x20) end -= 1;
  const sign = written.charAt(end - 1);
  if (sign !== ':' && sign !== '=') return undefined;
  end -= 1;
  if (written.charCodeAt(end - 1) === 0x20) end -= 1;
  const isQuoted = written.charAt(end - 1) === '"' || written.charAt(end - 1) === "'";
  if (isQuoted) end -= 1;
  let start = end;
  while (end - start < 30 && isNameCharacter(written.charCodeAt(start - 1))) start -= 1;
  const name = written.slice(start, end).toLowerCase().replaceAll('_', '');
  return { name, isMember: isQuoted || sign === '=' };
};

const failureWords =
  /\b(?:refused|denied|timed? ?out|expired|unauthori[sz]ed|forbidden|not found|unavailable|unreachable|reset|invalid|fail(?:ed|ure)|error|exceeded|closed|rejected|not (?:allowed|exist|ready|logged)|no such|cannot|unable)\b/i;

const hasWordBefore = (text: string, at: number): boolean => at > 0 && /[\p{L}\p{N}]/u.test(text.charAt(at - 1));

/** Where the quoted text that begins here ends; -1 if the mark is no quotation mark. */
const quotedEnd = (text: string, at: number): number => {
  const mark = text.charAt(at);
  const close = closing[mark];
  if (close === undefined || (mark === "'" && hasWordBefore(text, at))) return -1;
  for (let end = text.indexOf(close, at + 1); end !== -1 && end - at <= maxQuoted; end = text.indexOf(close, end + 1)) {
    if (text.charAt(end - 1) === '\\') continue;
    if (mark !== "'" || !/[\p{L}\p{N}]/u.test(text.charAt(end + 1))) return end;
  }
  return -1;
};

/** Whether a quoted text is part of the failure: the name of a member, the text of one, or words that tell of a failure. */
const isKept = (text: string, at: number, end: number, written: string): boolean => {
  const next = text.charAt(end + 1);
  if ((next === ':' || text.startsWith(' :', end + 1)) && /[{,]\s?$/.test(written)) return true;
  const inner = text.slice(at + 1, end);
  const field = fieldBefore(written);
  // A constant, as in `"issue":"ORDER_ALREADY_CAPTURED"`.
  if (field?.isMember && inner.includes('_') && /^[A-Z_]{4,60}$/.test(inner)) return true;
  // In prose, one name in quotes behind a colon is what the failure is about.
  if (field !== undefined && saysFailure.has(field.name) && (field.isMember || inner.includes(' '))) return true;
  return (
    inner.includes(' ') &&
    failureWords.test(inner) &&
    !/^\s*(?:select|insert|update|delete|with|create|alter|drop)\s/i.test(inner)
  );
};

const times =
  /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:<n>,? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6},? (?:<n>,? |<time> )?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} <n>,? (?:<n>,? )?)?<time>(?:[ ,.]{0,2}(?:<time>|GMT|UTC|AM|PM|[A-Z]{2,4}T\b)){0,4}(?:,<n>)?/g;
const durations = /<n> ?(?:milliseconds?|ms|us|secs?|seconds?|s|minutes?|mins?|m|hours?|hrs?|h|days?)(?![\w<])/gi;
const sizes = /<n> ?(?:bytes?|[kKMGTP]i?B)(?![\w<])/g;
const several = /(<(?:n|id|host|path|quoted|url|email|version)>)(?:(?:, ?| )\1)+/g;

/** The expressions that a line is held against as a whole. */
export const lineShapes: readonly RegExp[] = [uneven, failureWords, times, durations, sizes, several];

/** What ends a word; 1 at the code of each such character. Other quotation marks are beyond the table. */
const endsWord = new Uint8Array(128);
for (const character of ' "\'`()[]{}<>,;|=\\') endsWord[character.charCodeAt(0)] = 1;
const otherMarks = new Set([...'“”‘’«»'].map((mark) => mark.charCodeAt(0)));

/** `.`, `:`, `!`, `?` and `*`. */
const isTrailing = (code: number): boolean =>
  code === 0x2e || code === 0x3a || code === 0x21 || code === 0x3f || code === 0x2a;

/** Reads a line word by word, and writes it again with what varies masked. */
class LineMask {
  readonly #text: string;
  readonly #near: Neighbours;
  #at = 0;
  #out = '';
  /** Where a quoted text ends that is kept. */
  #keptEnd = -1;

  constructor(text: string) {
    this.#text = text;
    this.#near = { before: '', earlier: '', afterColon: false, afterTime: false, afterCode: false, text, end: 0 };
  }

  run(): string {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x20) this.#copy();
      else if ((code < 128 && endsWord[code] === 1) || otherMarks.has(code)) this.#mark();
      else this.#word();
    }
    return this.#out;
  }

  #copy(): void {
    this.#out += this.#text.charAt(this.#at);
    this.#at += 1;
  }

  #put(masked: string, original: string, end: number): void {
    const near = this.#near;
    this.#out += masked;
    near.earlier = near.before;
    near.before = original;
    near.afterColon = false;
    near.afterTime = masked.endsWith('<time>');
    near.afterCode = masked === original && /^-?\d/.test(masked);
    this.#at = end;
  }

  /** A quotation mark, a bracket or another sign. */
  #mark(): void {
    const text = this.#text;
    const at = this.#at;
    const char = text.charAt(at);
    if (char === '[') {
      secret.lastIndex = at;
      if (secret.test(text)) {
        this.#put('<secret>', '', secret.lastIndex);
        return;
      }
    } else if (char === '<') {
      // A tool that writes `<path>` itself must not make a variable part.
      ownHole.lastIndex = at;
      const own = ownHole.exec(text);
      if (own !== null) {
        this.#put(`‹${own[1]}›`, '', ownHole.lastIndex);
        return;
      }
    } else if (char === '\\') {
      const end = text.charAt(at + 1) === '"' ? text.indexOf('\\"', at + 2) : -1;
      if (end !== -1 && end - at <= maxQuoted) {
        this.#put('<quoted>', '', end + 2);
        return;
      }
      windowsPath.lastIndex = at;
      if (windowsPath.test(text)) {
        this.#put('<path>', '', windowsPath.lastIndex);
        return;
      }
    } else if (at !== this.#keptEnd) {
      const end = quotedEnd(text, at);
      if (end !== -1 && !isKept(text, at, end, this.#out)) {
        this.#put('<quoted>', '', end + 1);
        return;
      }
      if (end !== -1) this.#keptEnd = end;
    }
    this.#copy();
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    let isPlain = true;
    let hasScheme = false;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (isLetter(code)) continue;
      if (code < 128 ? endsWord[code] === 1 : otherMarks.has(code)) {
        const isApostrophe =
          code === 0x27 && end > start && isLetter(text.charCodeAt(end - 1)) && isLetter(text.charCodeAt(end + 1));
        if (!isApostrophe || end === this.#keptEnd) break;
      } else if (code !== 0x2d && code !== 0x5f) {
        isPlain = false;
        if (code === 0x2f && text.charCodeAt(end - 1) === 0x2f && text.charCodeAt(end - 2) === 0x3a) hasScheme = true;
      }
    }
    if (hasScheme) {
      urlEnd.lastIndex = end;
      urlEnd.test(text);
      end = urlEnd.lastIndex;
      while (end > start && ')]},;.:!'.includes(text.charAt(end - 1))) end -= 1;
    } else if (text.charCodeAt(end) === 0x5c && end === start + 2) {
      windowsPath.lastIndex = start;
      if (windowsPath.test(text)) {
        this.#put('<path>', '', windowsPath.lastIndex);
        return;
      }
    }
    if (!isPlain) while (end > start + 1 && isTrailing(text.charCodeAt(end - 1))) end -= 1;
    const core = text.slice(start, end);
    const near = this.#near;
    near.end = end;
    const isKnown =
      isPlain && core.length < 16 && core !== 'localhost' && near.before !== 'ENOTFOUND' && near.before !== 'EAI_AGAIN';
    this.#put(isKnown ? core : maskWord(core, near), core, end);
    if (text.charCodeAt(end) === 0x3a) {
      near.afterColon = true;
      this.#copy();
    }
  }
}

const maxIds = 1_000;
const ids = new Map<string, string>();

/** The digest of a masked line; those of the last ones are known, as failures of one kind come together. */
const idOf = (masked: string): string => {
  const known = ids.get(masked);
  if (known !== undefined) return known;
  if (ids.size >= maxIds) ids.clear();
  const id = hash('sha256', masked, 'hex').slice(0, 16);
  ids.set(detached(masked), id);
  return id;
};

const shorten = (line: string, wasCut: boolean): string => {
  if (line.length <= maxLine && !wasCut) return line;
  const end = line.lastIndexOf(' ', maxLine);
  return `${line.slice(0, end > 0 ? end : maxLine)} …`;
};

/** One failure is asked for several times in a row: by the log, by the watch and by what keeps the call. */
let last = { of: '', signature: { id: idOf(''), line: '' } };

/**
 * The signature of a failure, from the redacted line that its diagnosis has as `summary`.
 *
 * What differs from call to call is masked: URLs, paths, hosts, ids, quoted texts, numbers, times. What says which failure it is
 * stays: words, HTTP statuses, and codes of errors. It depends on the line alone.
 */
export const signatureOf = (line: string): Signature => {
  if (line === last.of) return last.signature;
  const read = line.length > maxRead ? line.slice(0, maxRead) : line;
  const text = uneven.test(read) ? read.replace(/\s+/g, ' ').trim() : read;
  const wasCut = text.endsWith('…') || line.length > maxRead;
  let masked = new LineMask(text.endsWith('…') ? text.slice(0, -1) : text).run();
  if (masked.includes('<time>')) masked = masked.replace(times, '<time>');
  if (masked.includes('<n>')) masked = masked.replace(durations, '<duration>').replace(sizes, '<size>');
  if (masked.includes('<')) masked = masked.replace(several, '$1');
  masked = shorten(masked, wasCut);
  last = { of: line, signature: { id: idOf(masked), line: masked } };
  return last.signature;
};
