import { type EditedRecordReader, loadHandReader } from './edited-record.ts';
import { NativeRecordReader, type RawRecord, recordStart } from './native-record.ts';

/** A piece of a file that holds no readable record. */
export interface DamagedRange {
  readonly file: string;
  /** The number of its first line, from 1. */
  readonly line: number;
  /** How many lines it takes. */
  readonly lines: number;
  readonly reason: string;
}

/** Where a piece is, in characters from the beginning of the file; in bytes if each byte was made a character. */
export interface PieceRange {
  readonly start: number;
  readonly end: number;
}

/** Longer pieces are neither kept nor looked into. */
const maxPieceCharacters = 65_536;

/**
 * A record start in the middle of a line, as it is left when a writer is stopped in its record and another goes
 * on behind it. No value can hold one: its quote would be escaped.
 */
const startInLine = (line: string): number => {
  for (const { index } of line.matchAll(/ {2}- timestamp: "\d{4}-/g)) {
    if (line.slice(0, index).trim() !== '') return index;
  }
  return -1;
};
const startOfLine = /^[ \t]*- timestamp:/;
const anyStart = /(?<=\n)[ \t]*- timestamp:| {2}- timestamp: "\d{4}-/g;
const maxStartLength = 64;
const dash = /^( *)-(?:\s|$)/;
/** What may be between records without being one. */
const ignorable = /^(?:\s*#.*|---.*|\.\.\.|%.*|\s*)$/;
const atMargin = /^[^\s#-]/;

const countNewlines = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

/**
 * Where at this place a record of healflow's own begins, else -1. There may be more blanks before it than it
 * has itself: all that is left of another record, whose writer was stopped.
 */
const ownStartAt = (text: string, at: number): number => {
  if (text.startsWith(recordStart, at)) return at;
  let start = at;
  while (text.startsWith('   ', start)) start += 1;
  return start > at && text.startsWith(recordStart, start) ? start : -1;
};

let handReader: EditedRecordReader | undefined;

/** Splits the text of one file, given in chunks, at record starts, and reads what lies between them. */
export class Splitter<T> {
  readonly #file: string;
  readonly #key: string;
  readonly #accept: (raw: RawRecord) => T | null;
  readonly #onDamage: (damage: DamagedRange, range: PieceRange) => void;
  readonly #strict: boolean;
  readonly #own = new NativeRecordReader();
  #rest = '';
  #line = 1;
  /** Where the rest begins in the file. */
  #offset = 0;
  /** Where a piece began that was too long to be kept; 0 if none is open. */
  #skippingFrom = 0;
  #skippingOffset = 0;
  /** Whether a header or a record has come. */
  #hasContent = false;
  #isEdited = false;
  /** Whether it has come to a piece that only the YAML parser reads, and that is not loaded. */
  #isStuck = false;

  /**
   * @param accept Makes of a record what is wanted; null if it is not a whole one.
   * @param strict Whether all counts as damage that keeps a YAML parser from reading the file as a whole.
   */
  constructor(
    file: string,
    key: string,
    accept: (raw: RawRecord) => T | null,
    onDamage: (damage: DamagedRange, range: PieceRange) => void,
    strict = false,
  ) {
    this.#file = file;
    this.#key = key;
    this.#accept = accept;
    this.#onDamage = onDamage;
    this.#strict = strict;
  }

  /** Whether a piece was read that is not in healflow's own form: a person has edited the file. */
  get isEdited(): boolean {
    return this.#isEdited;
  }

  /**
   * Takes the next chunk and returns the records that are now complete.
   *
   * @param last Whether it is the last one, or ends where a record begins.
   */
  async push(chunk: string, last: boolean): Promise<T[]> {
    const found: T[] = [];
    this.#split(chunk, last, found);
    while (this.#isStuck) {
      handReader ??= await loadHandReader();
      this.#split('', last, found);
    }
    return found;
  }

  #split(chunk: string, last: boolean, found: T[]): void {
    const text = this.#rest === '' ? chunk : this.#rest + chunk;
    this.#isStuck = false;
    let at = 0;
    while (at < text.length) {
      if (this.#skippingFrom > 0) {
        at = this.#skip(text, at, last);
        if (this.#skippingFrom > 0) break;
      } else {
        const next = this.#take(text, at, last, found);
        if (next === undefined) break;
        at = next;
      }
    }
    this.#rest = text.slice(at);
    this.#offset += at;
    if (this.#isStuck || this.#rest.length <= maxPieceCharacters || this.#skippingFrom > 0) return;
    this.#skippingFrom = this.#line;
    this.#skippingOffset = this.#offset;
  }

  /** Takes the piece at `at` and returns where it ends; undefined if that is not in the text yet. */
  #take(text: string, at: number, last: boolean, found: T[]): number | undefined {
    const start = ownStartAt(text, at);
    if (start !== -1) {
      const raw = this.#own.read(text, start, last);
      if (raw === undefined) return undefined;
      const record = raw === null ? null : this.#accept(raw);
      if (record !== null) {
        if (start > at && this.#strict) this.#damaged(this.#line, 1, at, start);
        found.push(record);
        this.#hasContent = true;
        this.#line += this.#own.lines;
        return this.#own.next;
      }
    }
    const end = this.#pieceEnd(text, at, last);
    if (end === undefined) return undefined;
    const isCut = text[end - 1] !== '\n' && !(last && end === text.length);
    return this.#read(text.slice(at, end), at, isCut, found) ? end : undefined;
  }

  /** Where the piece ends that begins at `start`: at the next record start, or where something else begins at the margin. */
  #pieceEnd(text: string, start: number, last: boolean): number | undefined {
    let indent: number | undefined;
    for (let lineStart = start; lineStart < text.length; ) {
      const newline = text.indexOf('\n', lineStart);
      if (newline === -1 && !last) return undefined;
      const end = newline === -1 ? text.length : newline;
      const line = text.slice(lineStart, end);
      const dashed = dash.exec(line)?.[1]?.length;
      if (lineStart === start) {
        indent = dashed ?? Number.POSITIVE_INFINITY;
        if (dashed === undefined && (ignorable.test(line) || this.#isHeader(line))) {
          return newline === -1 ? end : end + 1;
        }
      } else if ((dashed !== undefined && indent !== undefined && dashed <= indent) || startOfLine.test(line)) {
        return lineStart;
      } else if (this.#isHeader(line) || (indent !== Number.POSITIVE_INFINITY && atMargin.test(line))) {
        return lineStart;
      }
      const inLine = startInLine(line);
      if (inLine !== -1) return lineStart + inLine;
      if (newline === -1) return end;
      lineStart = newline + 1;
    }
    return last ? text.length : undefined;
  }

  #isHeader(line: string): boolean {
    return line.startsWith(this.#key) && /^:\s*(#.*)?$/.test(line.slice(this.#key.length));
  }

  /**
   * Reads a piece that is not in healflow's own form; false if it has to be read again.
   *
   * @param isCut Whether another record begins in its last line.
   */
  #read(piece: string, at: number, isCut: boolean, found: T[]): boolean {
    const line = this.#line;
    const newlines = countNewlines(piece);
    const texts = piece.split('\n');
    const isHeader = texts.some((text) => this.#isHeader(text));
    const isEmpty = texts.every((text) => ignorable.test(text) || this.#isHeader(text));
    const hopeless = piece.length > maxPieceCharacters || (/^[\s-]/.test(piece) && !piece.includes('timestamp'));
    if (!isEmpty && !hopeless && handReader === undefined) {
      this.#isStuck = true;
      return false;
    }
    this.#line += newlines;
    const lines = newlines + (piece.endsWith('\n') ? 0 : 1);
    const damaged = (): void => this.#damaged(line, lines, at, at + piece.length);
    if (isEmpty) {
      if (isHeader && this.#hasContent && this.#strict) damaged();
      this.#hasContent ||= isHeader;
      return true;
    }
    if (isCut && this.#strict) {
      damaged();
      return true;
    }
    const records = (hopeless ? null : handReader?.(piece, this.#key))?.map(this.#accept) ?? [null];
    const whole = records.filter((record) => record !== null);
    found.push(...whole);
    // A person's list with an unreadable record among others is nothing to set aside.
    if (this.#strict && whole.length === 0 && records.length > 0) damaged();
    else if (!this.#strict) for (const record of records) if (record === null) damaged();
    if (whole.length > 0 || records.length === 0) {
      this.#hasContent = true;
      this.#isEdited = true;
    }
    return true;
  }

  /** Passes over a piece that is too long, up to the next record start or to where one may begin. */
  #skip(text: string, at: number, last: boolean): number {
    anyStart.lastIndex = at + 1;
    const match = anyStart.exec(text);
    const end = match?.index ?? (last ? text.length : Math.max(at, text.length - maxStartLength));
    this.#line += countNewlines(text.slice(at, end));
    if (match !== null || last) {
      this.#damaged(this.#skippingFrom, this.#line - this.#skippingFrom, this.#skippingOffset - this.#offset, end);
      this.#skippingFrom = 0;
    }
    return end;
  }

  /** @param start Where the piece begins, counted from where the text begins that is being split. */
  #damaged(line: number, lines: number, start: number, end: number): void {
    const reason = 'an unfinished or unreadable record';
    this.#onDamage(
      { file: this.#file, line, lines: Math.max(1, lines), reason },
      { start: this.#offset + start, end: this.#offset + end },
    );
  }
}
