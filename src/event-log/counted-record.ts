import { KnownTexts } from './known-texts.ts';
import { ownStart } from './native-record.ts';

/** What of a fix is counted. */
export interface CountedFix {
  readonly fix: string;
  readonly status?: string;
  readonly shared?: boolean;
}

/** What of an event is counted. */
export interface CountedEvent {
  readonly timestamp: string;
  readonly tool: string;
  /** Only whether there was one. */
  readonly error: string | null;
  readonly fix_applied: string | null;
  readonly result: string;
  readonly retry_count: number;
  readonly class?: string | null | undefined;
  readonly outcome?: string | undefined;
  readonly duration_ms?: number | undefined;
  readonly fixes?: readonly CountedFix[] | undefined;
  readonly refusal?: string | undefined;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const field = (name: string): Uint8Array => bytesOf(`    ${name}: `);

const fields = {
  tool: field('tool'),
  error: field('error'),
  fix_applied: field('fix_applied'),
  result: field('result'),
  retry_count: field('retry_count'),
  run_id: field('run_id'),
  class: field('class'),
  pattern: field('pattern'),
  outcome: field('outcome'),
  attempts: field('attempts'),
  duration_ms: field('duration_ms'),
  fixes: field('fixes'),
  refusal: field('refusal'),
  refusal_reason: field('refusal_reason'),
  pid: field('pid'),
  kind: field('kind'),
} as const;

const begin = bytesOf(ownStart.slice(0, -1));
const nextRecord = bytesOf('  - ');
const nothing = bytesOf('null');
const inFix = {
  fix: bytesOf('{"fix":'),
  status: bytesOf(',"status":'),
  ms: bytesOf(',"ms":'),
  shared: bytesOf(',"shared":true'),
  reason: bytesOf(',"reason":'),
};

const codeOf = (character: string): number => character.charCodeAt(0);
const [newline, blank, quote, comma] = [codeOf('\n'), codeOf(' '), codeOf('"'), codeOf(',')];
const [zero, bracket, backslash, closingBracket] = [codeOf('0'), codeOf('['), codeOf('\\'), codeOf(']')];
const [closingBrace, tilde] = [codeOf('}'), codeOf('~')];
const mostDigits = 15;
const results: ReadonlySet<string> = new Set(['success', 'failure', 'unknown']);
const escapeSequence = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/;

/**
 * Reads what is counted of a record straight from the bytes of a file, where the record is as healflow writes it: its
 * fields in their order, and nothing else. Whatever it does not take, `OwnRecordReader` and `toEvent` have to judge; what it
 * takes, they would read as the same event.
 */
export class CountedReader {
  /** Where the last record ended. */
  next = 0;
  /** How many lines it took. */
  lines = 0;

  readonly #texts = new KnownTexts();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where the last string stands, without its quotes. */
  #from = 0;
  #to = 0;
  /** Whether everything so far was as healflow writes it. */
  #isUsual = true;

  /**
   * Returns null where the record is not as usual, or where its end is not certain.
   *
   * @param isWhole Whether the bytes end where a record ends.
   */
  read(bytes: Buffer, start: number, isWhole: boolean): CountedEvent | null {
    this.#bytes = bytes;
    this.#at = start;
    this.#isUsual = true;
    this.lines = 0;
    if (!this.#passes(begin)) return null;
    const timestamp = this.#timestamp();
    if (!this.#passes(fields.tool)) return null;
    const tool = this.#text();
    if (!this.#passes(fields.error)) return null;
    const error = this.#passTextOrNull() ? '' : null;
    if (!this.#passes(fields.fix_applied)) return null;
    const fix_applied = this.#textOrNull();
    if (!this.#passes(fields.result)) return null;
    const result = this.#text();
    if (!this.#passes(fields.retry_count)) return null;
    const retry_count = this.#number();

    const isFramed = this.#passes(fields.run_id);
    if (isFramed) this.#passText();
    const of = this.#passes(fields.class) ? this.#textOrNull() : undefined;
    if (this.#passes(fields.pattern)) this.#passTextOrNull();
    const outcome = this.#passes(fields.outcome) ? this.#text() : undefined;
    if (this.#passes(fields.attempts)) this.#number();
    const duration_ms = this.#passes(fields.duration_ms) ? this.#number() : undefined;
    const fixes = this.#passes(fields.fixes) ? this.#fixes() : undefined;
    const refusal = this.#passes(fields.refusal) ? this.#text() : undefined;
    if (this.#passes(fields.refusal_reason)) this.#passText();
    if (this.#passes(fields.pid)) this.#number();
    const isClosed = this.#passes(fields.kind);
    if (isClosed) this.#passText();

    if (!this.#isUsual || isFramed !== isClosed || !results.has(result) || !this.#isAtEnd(isWhole)) return null;
    this.next = this.#at;
    return {
      timestamp,
      tool,
      error,
      fix_applied,
      result,
      retry_count,
      class: of,
      outcome,
      duration_ms,
      fixes,
      refusal,
    };
  }

  #isAtEnd(isWhole: boolean): boolean {
    return this.#at === this.#bytes.length ? isWhole : this.#passes(nextRecord, false);
  }

  /** Passes over these bytes where they come next. */
  #passes(expected: Uint8Array, moves = true): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const { length } = expected;
    if (at + length > bytes.length) return false;
    for (let index = 0; index < length; index += 1) if (bytes[at + index] !== expected[index]) return false;
    if (moves) this.#at = at + length;
    return true;
  }

  #lineEnds(): void {
    if (this.#bytes[this.#at] !== newline) this.#isUsual = false;
    this.#at += 1;
    this.lines += 1;
  }

  /** Few come twice, so that there is no use in looking whether one is known. */
  #timestamp(): string {
    const start = this.#at + 1;
    this.#passText();
    const bytes = this.#bytes;
    for (let at = start; at < this.#to; at += 1) {
      const code = bytes[at] as number;
      if (code === backslash || code > tilde) this.#isUsual = false;
    }
    return bytes.toString('latin1', start, this.#to);
  }

  #text(): string {
    this.#passText();
    return this.#lastText();
  }

  #textOrNull(): string | null {
    return this.#passTextOrNull() ? this.#lastText() : null;
  }

  /** The string that was passed last; nothing is made of one in a record that is not taken. */
  #lastText(): string {
    return this.#isUsual ? this.#texts.of(this.#bytes, this.#from, this.#to) : '';
  }

  #passText(): void {
    this.#string();
    this.#lineEnds();
  }

  #passTextOrNull(): boolean {
    const isText = !this.#passes(nothing);
    if (isText) this.#string();
    this.#lineEnds();
    return isText;
  }

  #number(): number {
    const number = this.#digits();
    this.#lineEnds();
    return number;
  }

  /** A JSON string. */
  #string(): void {
    const bytes = this.#bytes;
    const { length } = bytes;
    let at = this.#at;
    if (bytes[at] !== quote) this.#isUsual = false;
    at += 1;
    this.#from = at;
    while (at < length) {
      const code = bytes[at] as number;
      if (code === quote) break;
      if (code === backslash) {
        const escaped = escapeSequence.exec(bytes.toString('latin1', at, at + 6));
        if (escaped === null) this.#isUsual = false;
        at += escaped?.[0].length ?? 1;
      } else {
        if (code < blank) this.#isUsual = false;
        at += 1;
      }
    }
    this.#to = at;
    this.#at = at + 1;
  }

  /** A number that is whole and not negative. */
  #digits(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let number = 0;
    for (let digit = (bytes[at] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - zero) {
      number = number * 10 + digit;
      at += 1;
    }
    this.#at = at;
    const isPlain = at > start && at - start <= mostDigits && (bytes[start] !== zero || at - start === 1);
    if (!isPlain) this.#isUsual = false;
    return number;
  }

  #fixes(): readonly CountedFix[] {
    const fixes: CountedFix[] = [];
    if (this.#bytes[this.#at] !== bracket) this.#isUsual = false;
    this.#at += 1;
    if (this.#bytes[this.#at] !== closingBracket) {
      for (;;) {
        fixes.push(this.#fix());
        if (!this.#isUsual || this.#bytes[this.#at] !== comma) break;
        this.#at += 1;
      }
    }
    if (this.#bytes[this.#at] !== closingBracket) this.#isUsual = false;
    this.#at += 1;
    this.#lineEnds();
    return fixes;
  }

  #fix(): CountedFix {
    this.#must(inFix.fix);
    this.#string();
    const fix = this.#lastText();
    this.#must(inFix.status);
    this.#string();
    const status = this.#lastText();
    this.#must(inFix.ms);
    this.#digits();
    const shared = this.#passes(inFix.shared);
    if (this.#passes(inFix.reason)) this.#string();
    if (this.#bytes[this.#at] !== closingBrace) this.#isUsual = false;
    this.#at += 1;
    return { fix, status, shared };
  }

  #must(expected: Uint8Array): void {
    if (!this.#passes(expected)) this.#isUsual = false;
  }
}
