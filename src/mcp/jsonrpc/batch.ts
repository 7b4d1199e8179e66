import { withoutLineEnd } from './lines.ts';
import { type Message, readMessage } from './message.ts';
import { type Edit, elementsAt, type Span, skipWhitespace, splice } from './raw-json.ts';

const spansOf = (bytes: Buffer): Span[] => elementsAt(bytes, skipWhitespace(bytes, 0)) ?? [];

const readAt = (bytes: Buffer, { start, end }: Span): Message => readMessage(bytes.subarray(start, end));

/** The messages of a batch; none if it is not a complete array. */
export const batchMessages = (bytes: Buffer): Message[] => spansOf(bytes).map((span) => readAt(bytes, span));

/** An element of a batch whose bytes come later, or never. */
export interface HeldElement {
  replace(bytes: Buffer): void;
  /** An element that has not been replaced by now leaves the batch. */
  release(): void;
}

/**
 * One JSON-RPC batch on its way through a relay. Elements may be dropped, or held until they are replaced. The batch is
 * sent when no element is held any more; its order and all its other bytes are unchanged.
 *
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic#batching
 */
export class BatchEdit {
  /** The messages in it; none if it is not a complete array. */
  readonly parts: readonly Message[];
  readonly #bytes: Buffer;
  readonly #send: (bytes: Buffer) => void;
  readonly #spans: readonly Span[];
  readonly #changed = new Map<Message, Buffer | undefined>();
  /** One for the batch itself, until all elements have been read. */
  #held = 1;

  constructor(bytes: Buffer, send: (bytes: Buffer) => void) {
    this.#bytes = bytes;
    this.#send = send;
    this.#spans = spansOf(bytes);
    this.parts = this.#spans.map((span) => readAt(bytes, span));
  }

  /** Removes an element, unless it is held. */
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

  /** All elements have been read: the batch is sent as soon as no element is held. */
  end(): void {
    this.#release();
  }

  #release(): void {
    this.#held -= 1;
    if (this.#held > 0) return;
    const kept = this.parts.filter((part) => !this.#changed.has(part) || this.#changed.get(part) !== undefined);
    if (kept.length === this.parts.length) this.#send(splice(this.#bytes, this.#replacements()));
    else if (kept.length > 0) this.#send(splice(this.#bytes, [this.#replaceAllBy(kept)]));
  }

  #replacements(): Edit[] {
    return this.#spans.flatMap((span, index) => {
      const bytes = this.#changed.get(this.parts[index] as Message);
      return bytes === undefined ? [] : [{ ...span, bytes }];
    });
  }

  #replaceAllBy(kept: readonly Message[]): Edit {
    const { start } = this.#spans[0] as Span;
    const { end } = this.#spans.at(-1) as Span;
    const pieces = kept.flatMap((part) => [Buffer.from(','), this.#changed.get(part) ?? part.bytes]);
    return { start, end, bytes: Buffer.concat(pieces.slice(1)) };
  }
}

/**
 * Passes a batch on, each element on its own.
 *
 * @param take Takes an element; returns true if it is not passed on as it is.
 */
export const passBatch = (
  bytes: Buffer,
  take: (part: Message, hold: () => HeldElement) => boolean,
  send: (bytes: Buffer) => void,
): void => {
  const batch = new BatchEdit(bytes, send);
  for (const part of batch.parts) if (take(part, () => batch.hold(part))) batch.drop(part);
  batch.end();
};
