// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here

/** A text with the escapes of one encoding taken out, which knows where each character came from. */
export interface Decoded {
  readonly text: string;
  /** Where what is from `start` up to `end` is in the original text. */
  readonly toOriginal: (start: number, end: number) => { readonly start: number; readonly end: number };
}

/**
 * The pieces of the original text that became another text, in four numbers each, since there may be many: where the
 * replacement begins in the decoded text, its length, and where the original begins and ends.
 */
type Edits = readonly number[];

/** Characters that are not seen: soft hyphens, zero-width characters, marks of direction. */
const invisible = String.raw`[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+`;
/** CSI, and OSC up to its end (ECMA-48). */
const terminalSequence = String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)|\u001b[()][0-9A-Z]`;
/** A line break, also one after the backslash of a shell, with the margin of the next line. */
const lineBreak = String.raw`(?:\\?\r?\n[ \t>|│]{0,200}){1,200}`;

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

/** Where the last edit is that begins at or before a place of the decoded text; negative if there is none. */
const editBefore = (edits: Edits, place: number): number => {
  let low = 0;
  let high = edits.length / 4;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[4 * middle] as number) <= place) low = middle + 1;
    else high = middle;
  }
  return 4 * (low - 1);
};

const originalRange = (edits: Edits, place: number): { start: number; end: number } => {
  const edit = editBefore(edits, place);
  if (edit < 0) return { start: place, end: place + 1 };
  const [at, length, from, to] = edits.slice(edit, edit + 4) as [number, number, number, number];
  if (place < at + length) return { start: from, end: to };
  const start = to + (place - at - length);
  return { start, end: start + 1 };
};

const replaced = (text: string, pattern: RegExp, replace: (found: string) => string): Decoded => {
  const edits: number[] = [];
  let moved = 0;
  const decoded = text.replace(pattern, (found: string, ...rest: unknown[]) => {
    const replacement = replace(found);
    const from = rest.at(-2) as number;
    edits.push(from - moved, replacement.length, from, from + found.length);
    moved += found.length - replacement.length;
    return replacement;
  });
  return {
    text: decoded,
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
