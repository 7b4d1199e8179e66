import { type Message, rawText } from '../jsonrpc/message.ts';
import { memberAt, parseSpan, type Span, splice } from '../jsonrpc/raw-json.ts';

/** The parts of a progress notification that healflow reads. */
export interface Progress {
  readonly token: Span;
  readonly value: number;
  readonly valueSpan: Span;
  readonly total: number | undefined;
  readonly totalSpan: Span | undefined;
}

/** Reads a `notifications/progress`; undefined if it does not look like one. */
export const readProgress = ({ bytes, params }: Message): Progress | undefined => {
  if (params === undefined) return undefined;
  const token = memberAt(bytes, params.start, 'progressToken');
  const valueSpan = memberAt(bytes, params.start, 'progress');
  if (token === undefined || valueSpan === undefined) return undefined;
  const value = parseSpan(bytes, valueSpan);
  if (typeof value !== 'number') return undefined;
  const totalSpan = memberAt(bytes, params.start, 'total');
  const total = parseSpan(bytes, totalSpan);
  return { token, value, valueSpan, total: typeof total === 'number' ? total : undefined, totalSpan };
};

const smallest = 0.001;

/** The next number that is distinct from `value`: a thousandth more, or the smallest possible step for a large number. */
const nextAbove = (value: number): number => value + Math.max(smallest, Math.abs(value) * 2 ** -51);

/**
 * The progress of one call that the client sees, over all its attempts. It only increases, as the protocol requires: each
 * attempt continues from the end of the one before, and healflow's own reports add next to nothing.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/progress
 */
export class CallProgress {
  /** The client's token, as it wrote it. */
  readonly rawToken: string;
  #shown: number | undefined;
  #reached = 0;
  #base = 0;

  constructor(rawToken: string) {
    this.rawToken = rawToken;
  }

  /** Records progress of the first attempt, which the client gets unchanged. */
  seen(value: number): void {
    this.#shown = Math.max(this.#shown ?? value, value);
    this.#reached = this.#shown;
  }

  /** The next attempt continues from the progress reached so far. */
  beginAttempt(): void {
    this.#base = this.#reached;
  }

  /** Rewrites a later attempt's notification for the client. */
  rewrite(message: Message, progress: Progress): Buffer {
    const value = this.#show(this.#base + progress.value);
    this.#reached = Math.max(this.#reached, value);
    const edits = [
      { ...progress.token, bytes: this.rawToken },
      { ...progress.valueSpan, bytes: String(value) },
    ];
    if (progress.totalSpan !== undefined && progress.total !== undefined) {
      edits.push({ ...progress.totalSpan, bytes: String(Math.max(value, this.#base + progress.total)) });
    }
    return splice(message.bytes, edits);
  }

  /** A notification of healflow's own: the call is still running, though the tool reports nothing. */
  report(text: string): Buffer {
    const progress = this.#show(this.#shown ?? 0);
    const rest = JSON.stringify({ progress, message: text }).slice(1);
    return Buffer.from(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${this.rawToken},${rest}}\n`,
    );
  }

  #show(wanted: number): number {
    const shown = this.#shown;
    this.#shown = shown === undefined || wanted > shown ? wanted : nextAbove(shown);
    return this.#shown;
  }
}

/** The raw progress token of a request; undefined if it asks for no progress. */
export const progressTokenOf = ({ bytes, params }: Message): Span | undefined => {
  if (params === undefined) return undefined;
  const meta = memberAt(bytes, params.start, '_meta');
  return meta === undefined ? undefined : memberAt(bytes, meta.start, 'progressToken');
};

/** The text of the token in a notification. */
export const tokenText = (message: Message, progress: Progress): string => rawText(message.bytes, progress.token);
