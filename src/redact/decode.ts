// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here

/** A text with the escapes of one encoding taken out, which knows where each character came from. */
export interface Decoded {
  readonly text: string;
  /** Where what is from `start` up to `end` is in the original text. */
  readonly toOriginal: (start: number, end: number) => { readonly start: number; readonly end: number };
}

/** A piece of the original text that became another text. */
interface Edit {
  /** Where the replacement is in the decoded text. */
  readonly at: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/** Characters that are not seen: soft hyphens, zero-width characters, marks of direction. */
const invisible = String.raw`[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+`;
/** CSI, and OSC up to its end (ECMA-48). */
const terminalSequence = String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)|\u001b[()][0-9A-Z]`;
/** A line break, also one after the backslash of a shell, with the margin of the next line. */
const lineBreak = String.raw`\\?\r?\n[ \t>|│]{0,200}`;

const escapes = new RegExp(
  [
    invisible,
    terminalSequence,
    lineBreak,
    String.raw`'\\''`,
    String.raw`\\u\{[0-9a-fA-F]{1,6}\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\["'\x60\\/nrtbf]`,
    '(?:%[0-9a-fA-F]{2})+',
    '&(?:amp|lt|gt|quot|apos|sol|plus|equals|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});',
  ].join('|'),
  'g',
);
const hasEscapes = new RegExp(escapes.source);

const invisibles = new RegExp(`${invisible}|${terminalSequence}`, 'g');
const hasInvisibles = new RegExp(invisibles.source);

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  plus: '+',
  equals: '=',
};

const single: Readonly<Record<string, string>> = {
  '\\"': '"',
  "\\'": "'",
  '\\`': '`',
  '\\\\': '\\',
  '\\/': '/',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\b': '\b',
  '\\f': '\f',
  "'\\''": "'",
};

const characterOf = (code: number): string | undefined => (code <= 0x10ffff ? String.fromCodePoint(code) : undefined);

const percentDecoded = (run: string): string => {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
};

/** What an escape stands for; the escape itself if it is none. */
const decodeEscape = (found: string): string => {
  if (found[0] === '%') return percentDecoded(found);
  if (found[0] === '&') {
    const name = found.slice(1, -1);
    if (name[0] !== '#') return entities[name] ?? found;
    const isHex = /^#x/i.test(name);
    return characterOf(Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10)) ?? found;
  }
  const code = /^\\[ux]\{?([0-9a-fA-F]+)\}?$/.exec(found)?.[1];
  if (code !== undefined) return characterOf(Number.parseInt(code, 16)) ?? found;
  return single[found] ?? '';
};

/** The last edit that begins at or before a place of the decoded text. */
const editBefore = (edits: readonly Edit[], place: number): Edit | undefined => {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle] as Edit).at <= place) low = middle + 1;
    else high = middle;
  }
  return edits[low - 1];
};

const originalRange = (edits: readonly Edit[], place: number): { start: number; end: number } => {
  const edit = editBefore(edits, place);
  if (edit === undefined) return { start: place, end: place + 1 };
  if (place < edit.at + edit.length) return { start: edit.from, end: edit.to };
  const start = edit.to + (place - edit.at - edit.length);
  return { start, end: start + 1 };
};

const replaced = (text: string, pattern: RegExp, replace: (found: string) => string): Decoded => {
  const edits: Edit[] = [];
  let out = '';
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    const replacement = replace(found);
    out += text.slice(done, match.index);
    edits.push({ at: out.length, length: replacement.length, from: match.index, to: match.index + found.length });
    out += replacement;
    done = match.index + found.length;
  }
  return {
    text: out + text.slice(done),
    toOriginal: (start, end) => ({
      start: originalRange(edits, start).start,
      end: originalRange(edits, end - 1).end,
    }),
  };
};

/**
 * Takes one layer of encoding off: escapes of JSON, URLs and HTML, and what may be put into a value without being seen:
 * line breaks, invisible characters, sequences for a terminal. Null if there is nothing to decode.
 */
export const decode = (text: string): Decoded | null =>
  hasEscapes.test(text) ? replaced(text, escapes, decodeEscape) : null;

/** Takes out invisible characters and sequences for a terminal. Null if there are none. */
export const withoutInvisibles = (text: string): Decoded | null =>
  hasInvisibles.test(text) ? replaced(text, invisibles, () => '') : null;
