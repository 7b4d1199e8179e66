/** A piece of a buffer: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Bytes that replace a span; an empty span is an insertion. */
export interface Edit extends Span {
  readonly bytes: string | Buffer;
}

const quote = 0x22;
const backslash = 0x5c;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The first place from `at` on that is not white space. */
export const skipWhitespace = (bytes: Buffer, at: number): number => {
  let place = at;
  while (isSpace(bytes[place])) place += 1;
  return place;
};

/** Whether the byte at `at` is escaped: an odd number of backslashes is before it. */
const isEscaped = (bytes: Buffer, at: number): boolean => {
  let escaped = false;
  for (let place = at - 1; bytes[place] === backslash; place -= 1) escaped = !escaped;
  return escaped;
};

/** Number of bytes of a string that are read one by one, which is faster for short strings; a search reads the rest. */
const shortString = 32;

/** The place after the string that begins at `at`; -1 if it does not end. */
const skipString = (bytes: Buffer, at: number): number => {
  let place = at + 1;
  for (;;) {
    // Stryker disable next-line ArithmeticOperator,ConditionalExpression,EqualityOperator: equivalent: the search finds the same end
    for (const stop = place + shortString; place < stop; place += 1) {
      const byte = bytes[place];
      if (byte === quote) return place + 1;
      if (byte === backslash) place += 1;
    }
    const found = bytes.indexOf(quote, place);
    if (found === -1) return -1;
    if (!isEscaped(bytes, found)) return found + 1;
    place = found + 1;
  }
};

const skipNested = (bytes: Buffer, at: number): number => {
  let depth = 0;
  for (let place = at; ; place += 1) {
    switch (bytes[place]) {
      case undefined:
        return -1;
      case quote:
        // After a string without an end, the next place is -1, where no byte is.
        place = skipString(bytes, place) - 1;
        break;
      case 0x7b:
      case 0x5b:
        depth += 1;
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        if (depth === 0) return place + 1;
        break;
      default:
    }
  }
};

/** Whether a number or a literal ends before this byte; after the last byte it ends, too. */
const endsScalar = (byte: number | undefined): boolean =>
  byte === undefined || byte === 0x2c || byte === 0x7d || byte === 0x5d || isSpace(byte);

/** The place after the value that begins at `at`; -1 if there is none. Does not check its content. */
const skipValue = (bytes: Buffer, at: number): number => {
  const first = bytes[at];
  if (first === quote) return skipString(bytes, at);
  if (first === 0x7b || first === 0x5b) return skipNested(bytes, at);
  let place = at;
  while (!endsScalar(bytes[place])) place += 1;
  return place === at ? -1 : place;
};

const keyAt = (bytes: Buffer, start: number, end: number): string => {
  const text = bytes.toString('utf8', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    return text;
  }
};

/**
 * Visits the members of the object that begins at `at`, without reading their values. Returns the place after the object,
 * or -1 if it is not complete. The members before the break have then been visited, and the broken one as far as it goes.
 */
export const eachMember = (bytes: Buffer, at: number, visit: (key: string, value: Span) => void): number => {
  if (bytes[at] !== 0x7b) return -1;
  let place = skipWhitespace(bytes, at + 1);
  if (bytes[place] === 0x7d) return place + 1;
  for (;;) {
    if (bytes[place] !== quote) return -1;
    // No byte is at -1: what follows a key or a value without an end is neither a colon, a comma nor a bracket.
    const keyEnd = skipString(bytes, place);
    const colon = skipWhitespace(bytes, keyEnd);
    if (bytes[colon] !== 0x3a) return -1;
    const start = skipWhitespace(bytes, colon + 1);
    const end = skipValue(bytes, start);
    visit(keyAt(bytes, place, keyEnd), { start, end: end === -1 ? bytes.length : end });
    place = skipWhitespace(bytes, end);
    if (bytes[place] === 0x7d) return place + 1;
    if (bytes[place] !== 0x2c) return -1;
    place = skipWhitespace(bytes, place + 1);
  }
};

/** The value of the member `key` of the object at `at`: of the last one if there are several, as in JSON.parse. */
export const memberAt = (bytes: Buffer, at: number, key: string): Span | undefined => {
  let found: Span | undefined;
  const end = eachMember(bytes, at, (name, value) => {
    if (name === key) found = value;
  });
  return end === -1 ? undefined : found;
};

/** The elements of the array at `at`; undefined if it is no whole array. */
export const elementsAt = (bytes: Buffer, at: number): Span[] | undefined => {
  if (bytes[at] !== 0x5b) return undefined;
  const elements: Span[] = [];
  let place = skipWhitespace(bytes, at + 1);
  if (bytes[place] === 0x5d) return elements;
  for (;;) {
    const end = skipValue(bytes, place);
    elements.push({ start: place, end });
    // No byte is at -1, so nothing follows a value without an end.
    place = skipWhitespace(bytes, end);
    if (bytes[place] === 0x5d) return elements;
    if (bytes[place] !== 0x2c) return undefined;
    place = skipWhitespace(bytes, place + 1);
  }
};

/** The parsed value of a span; undefined if it is no JSON. */
export const parseSpan = (bytes: Buffer, span: Span | undefined): unknown => {
  try {
    if (span !== undefined) return JSON.parse(bytes.toString('utf8', span.start, span.end));
  } catch {} // It is no JSON.
  return undefined;
};

/** The bytes with some spans replaced. The edits do not overlap. */
export const splice = (bytes: Buffer, edits: readonly Edit[]): Buffer => {
  const pieces: Buffer[] = [];
  let place = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    pieces.push(bytes.subarray(place, edit.start));
    pieces.push(typeof edit.bytes === 'string' ? Buffer.from(edit.bytes) : edit.bytes);
    place = edit.end;
  }
  pieces.push(bytes.subarray(place));
  return Buffer.concat(pieces);
};
