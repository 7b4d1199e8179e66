import { type Message, readMessage } from './message.ts';
import { elementsAt, type Span, skipWhitespace, splice } from './raw-json.ts';

/** An element of a batch whose bytes come later, or never. */
export interface HeldElement {
  replace(bytes: Buffer): void;
  /** Whatever has not been put by now leaves the batch. */
  release(): void;
}

/**
 * One JSON-RPC batch on its way through a relay. Elements may be left out, or held until there is something better to
 * put in their place; the batch goes on when none is held any more, with all its other bytes and its order as they were.
 *
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic#batching
 */
export class BatchEdit {
  /** The messages in it; none where it is no whole array. */
  readonly parts: readonly Message[];
  readonly #bytes: Buffer;
  readonly #send: (bytes: Buffer) => void;
  readonly #spans = new Map<Message, Span>();
  readonly #changed = new Map<Message, Buffer | undefined>();
  /** One for the batch itself, until it has been looked through. */
  #held = 1;

  constructor(bytes: Buffer, send: (bytes: Buffer) => void) {
    this.#bytes = bytes;
    this.#send = send;
    this.parts = (elementsAt(bytes, skipWhitespace(bytes, 0)) ?? []).map((span) => {
      const part = readMessage(bytes.subarray(span.start, span.end));
      this.#spans.set(part, span);
      return part;
    });
  }

  /** Leaves an element out, unless it is held. */
  drop(part: Message): void {
    if (!this.#changed.has(part)) this.#changed.set(part, undefined);
  }

  hold(part: Message): HeldElement {
    this.drop(part);
    this.#held += 1;
    return {
      replace: (bytes) => this.#changed.set(part, withoutLineEnd(bytes)),
      release: () => this.#release(),
    };
  }

  /** All elements have been looked at: the batch goes on as soon as it can. */
  end(): void {
    this.#release();
  }

  #release(): void {
    this.#held -= 1;
    if (this.#held > 0) return;
    const kept = this.parts.filter((part) => !this.#changed.has(part) || this.#changed.get(part) !== undefined);
    if (kept.length === this.parts.length) this.#send(this.#withReplacements());
    else if (kept.length > 0) this.#send(this.#anew(kept));
  }

  #withReplacements(): Buffer {
    if (this.#changed.size === 0) return this.#bytes;
    const edits = [...this.#changed].flatMap(([part, bytes]) => {
      const span = this.#spans.get(part);
      return span === undefined || bytes === undefined ? [] : [{ ...span, bytes }];
    });
    return splice(this.#bytes, edits);
  }

  #anew(kept: readonly Message[]): Buffer {
    const first = this.parts[0];
    const last = this.parts.at(-1);
    const start = (first && this.#spans.get(first)?.start) ?? 0;
    const end = (last && this.#spans.get(last)?.end) ?? 0;
    const pieces = kept.flatMap((part, index) => [
      ...(index === 0 ? [] : [Buffer.from(',')]),
      this.#changed.get(part) ?? part.bytes,
    ]);
    return Buffer.concat([this.#bytes.subarray(0, start), ...pieces, this.#bytes.subarray(end)]);
  }
}

/** A message that stood on a line of its own must not end the line that it is put into. */
const withoutLineEnd = (bytes: Buffer): Buffer => {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  return bytes.subarray(0, end);
};
