/** The fields of a record as read, before anyone has looked whether they make sense. */
export type RawRecord = Record<string, unknown>;

/** How every record begins that healflow wrote. */
export const recordStart = '  - timestamp: "';

/** The names as `encodeEvent` and the call counts order them; others are read too, only more slowly. */
const usualOrder = [
  'timestamp',
  'calls',
  'tool',
  'error',
  'fix_applied',
  'result',
  'retry_count',
  'run_id',
  'class',
  'pattern',
  'sig',
  'outcome',
  'attempts',
  'duration_ms',
  'fixes',
  'refusal',
  'refusal_reason',
  'pid',
  'kind',
].map((name) => ({ name, prefix: `${name}: ` }));

/** The last field of an event that healflow wrote; without it, an event of its own is not whole. */
export const closingField = 'kind';

const otherName = /^([a-z][a-z_0-9]*): /;
const notAValue = Symbol('not a value');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return notAValue;
  }
};

const quote = 0x22;
const backslash = 0x5c;
const newlineCode = 0x0a;

/** Reads records in the exact form that healflow writes; much faster than a YAML parser, and stricter. */
export class NativeRecordReader {
  /** Where the last record ended. */
  next = 0;
  /** How many lines the last record took. */
  lines = 0;

  /** Where the line of the last value ended. */
  #lineEnd = 0;

  /**
   * Reads the record that begins at `start` with `ownStart`.
   *
   * Returns undefined if its end is not in the text yet, null if it is not in healflow's own form.
   *
   * @param last Whether nothing comes after the text, or only another record.
   */
  read(text: string, start: number, last: boolean): RawRecord | null | undefined {
    const record: RawRecord = {};
    let usual = 0;
    let at = start + 4;
    // What comes behind the closing field may be of another record, whose begin is lost.
    let closedAt = 0;
    let closedLines = 0;
    for (this.lines = 1; ; this.lines += 1) {
      let name: string | undefined;
      for (let position = usual; position < usualOrder.length; position += 1) {
        const candidate = usualOrder[position];
        if (candidate === undefined || !text.startsWith(candidate.prefix, at)) continue;
        name = candidate.name;
        at += candidate.prefix.length;
        usual = position + 1;
        break;
      }
      if (name === undefined) {
        name = otherName.exec(text.slice(at, at + 64))?.[1];
        if (name !== undefined && !(name in record)) at += name.length + 2;
        else if (!last && text.indexOf('\n', at) === -1) return undefined;
        else break;
      }
      const value = this.#value(text, at);
      if (this.#lineEnd === text.length && !last) return undefined;
      if (value === notAValue) break;
      record[name] = value;

      const following = Math.min(this.#lineEnd + 1, text.length);
      this.next = following;
      if (name === closingField) {
        closedAt = following;
        closedLines = this.lines;
      }
      if (following + recordStart.length > text.length && !last) return undefined;
      if (following === text.length) return record;
      if (!text.startsWith('    ', following)) {
        if (text.startsWith('  - ', following) || !/[\s#]/.test(text.charAt(following))) return record;
        break;
      }
      at = following + 4;
    }
    if (closedAt === 0) return null;
    this.next = closedAt;
    this.lines = closedLines;
    return record;
  }

  /** Reads one JSON value that must fill the rest of its line. */
  #value(text: string, start: number): unknown {
    const first = text.charCodeAt(start);
    let at = start;
    if (first === quote) {
      let code = 0;
      do {
        at += 1;
        code = text.charCodeAt(at);
      } while (code !== quote && code !== backslash && code > newlineCode);
      const next = text.charCodeAt(at + 1);
      if (code === quote && (next === newlineCode || at + 1 === text.length)) {
        this.#lineEnd = at + 1;
        return text.slice(start + 1, at);
      }
    } else {
      let number = 0;
      let digit = first - 0x30;
      for (; digit >= 0 && digit <= 9 && at - start < 15; digit = text.charCodeAt(at) - 0x30) {
        number = number * 10 + digit;
        at += 1;
      }
      if (at > start && digit + 0x30 === newlineCode && (first !== 0x30 || at - start === 1)) {
        this.#lineEnd = at;
        return number;
      }
    }
    const newline = text.indexOf('\n', at);
    this.#lineEnd = newline === -1 ? text.length : newline;
    return parseJson(text.slice(start, this.#lineEnd));
  }
}
