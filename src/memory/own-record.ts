/** The fields of a record as read, before anyone has looked whether they make sense. */
export type RawRecord = Record<string, unknown>;

/** How every record begins that healflow wrote. */
export const ownStart = '  - timestamp: "';

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

/** Reads one JSON value that must fill the text from `start` to `end`. */
const valueAt = (text: string, start: number, end: number): unknown => {
  const first = text.charCodeAt(start);
  if (first === 0x22) {
    // A quote before the last character is an escaped one, or the line is two torn ones.
    const closing = text.indexOf('"', start + 1);
    const inner = text.slice(start + 1, end - 1);
    return closing === end - 1 && !inner.includes('\\') ? inner : parseJson(text.slice(start, end));
  }
  if (first === 0x6e && end - start === 4 && text.startsWith('null', start)) return null;
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9) || at - start > 14) return parseJson(text.slice(start, end));
    number = number * 10 + digit;
  }
  return start === end || (first === 0x30 && end - start > 1) ? notAValue : number;
};

/** Reads records in the exact form that healflow writes; much faster than a YAML parser, and stricter. */
export class OwnRecordReader {
  /** Where the last record ended. */
  next = 0;
  /** How many lines the last record took. */
  lines = 0;

  /**
   * Reads the record that begins at `start` with `ownStart`.
   *
   * Returns undefined where its end is not in the text yet, null where it is not in healflow's own form.
   *
   * @param last Whether nothing comes after the text.
   */
  read(text: string, start: number, last: boolean): RawRecord | null | undefined {
    const record: RawRecord = {};
    let usual = 0;
    let at = start + 4;
    // What comes behind the closing field may be of another record, whose begin is lost.
    let closedAt = 0;
    let closedLines = 0;
    const broken = (): RawRecord | null => {
      if (closedAt === 0) return null;
      this.next = closedAt;
      this.lines = closedLines;
      return record;
    };
    for (this.lines = 1; ; this.lines += 1) {
      const newline = text.indexOf('\n', at);
      if (newline === -1 && !last) return undefined;
      const end = newline === -1 ? text.length : newline;
      let name: string | undefined;
      let valueStart = 0;
      for (let position = usual; position < usualOrder.length; position += 1) {
        const candidate = usualOrder[position];
        if (candidate === undefined || !text.startsWith(candidate.prefix, at)) continue;
        name = candidate.name;
        valueStart = at + candidate.prefix.length;
        usual = position + 1;
        break;
      }
      if (name === undefined) {
        name = otherName.exec(text.slice(at, Math.min(end, at + 64)))?.[1];
        if (name === undefined || name in record) return broken();
        valueStart = at + name.length + 2;
      }
      const value = valueAt(text, valueStart, end);
      if (value === notAValue) return broken();
      record[name] = value;

      const following = newline === -1 ? text.length : newline + 1;
      this.next = following;
      if (name === closingField) {
        closedAt = following;
        closedLines = this.lines;
      }
      if (following + ownStart.length > text.length && !last) return undefined;
      if (following === text.length) return record;
      const isField = text.startsWith('    ', following);
      if (!isField) {
        const ends = text.startsWith('  - ', following) || !/[\s#]/.test(text.charAt(following));
        return ends ? record : broken();
      }
      at = following + 4;
    }
  }
}
